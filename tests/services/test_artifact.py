"""Versions: what a draft and a commit promise."""

import hashlib
from typing import Any

import pytest

from graph_api import errors
from graph_api.models.artifact import Artifact
from graph_api.models.manifest import Entry
from graph_api.models.page import Stretch, Window
from graph_api.models.viewer import Viewer
from graph_api.services import alias, artifact, edge
from tests.services.world import HOUR, LIMITS, World, entry


async def version(world: World, id: str) -> Artifact:
    return await artifact.checked(world.graph, world.viewer, id)


async def aliases(world: World, id: str) -> tuple[str, ...]:
    (names,) = await alias.by_artifacts(world.graph, world.viewer, [id])
    return names


async def test_a_committed_version_is_numbered_and_says_what_it_holds(world: World) -> None:
    made = await world.log("data", {"a.txt": b"one", "b/c.txt": b"three"}, metadata={"k": 1})

    found = await version(world, made.id)

    assert made.created
    assert (found.name, found.index, found.version, found.state) == ("data", 0, "v0", "COMMITTED")
    assert (found.size, found.file_count, found.metadata) == (8, 2, {"k": 1})


async def test_a_version_gives_back_exactly_the_bytes_that_were_sent(world: World) -> None:
    files = {"a.txt": b"one", "b/ü.bin": bytes(range(256)) * 300, "empty": b""}
    made = await world.log("data", files)

    assert await world.download(made.id) == files


async def test_equal_content_answers_the_latest_version(world: World) -> None:
    first = await world.log("data", {"a": b"1"}, metadata={"kept": True})
    again = await world.log("data", {"a": b"1"}, metadata={"kept": False})
    other = await world.log("data", {"a": b"2"})
    back = await world.log("data", {"a": b"1"})

    assert (again.id, again.created) == (first.id, False)
    assert (await version(world, first.id)).metadata == {"kept": True}
    assert other.created
    assert back.created
    assert (await version(world, back.id)).index == 2


async def test_a_version_of_ones_own_is_always_created(world: World) -> None:
    first = await world.log("data", {"a": b"1"})
    chosen = await world.log("data", {"a": b"1"}, version="2.0.0")
    forced = await world.log("data", {"a": b"1"}, deduplicate=False)

    versions = [(await version(world, made.id)).version for made in (first, chosen, forced)]
    assert versions == ["v0", "2.0.0", "v2"]


async def test_equal_content_makes_its_run_a_producer_too(world: World) -> None:
    first, second = await world.run(), await world.run()
    made = await world.log("data", {"a": b"1"}, run_id=first)
    again = await world.log("data", {"a": b"1"}, run_id=second, aliases=("best",), tags=("t",))

    producers = edge.Neighbourhood(edge.PRODUCERS, Stretch(None, None, 9))
    (rows,) = await producers(world.graph, world.viewer, [made.id])

    assert again.id == made.id
    assert {(row.entity.id, row.reused) for row in rows.items} == {
        (first, False),
        (second, True),
    }
    found = await version(world, made.id)
    assert (found.tags, await aliases(world, made.id)) == (("t",), ("best",))
    assert await edge.first_producers(world.graph, world.viewer, [made.id]) == [first]


async def test_a_commit_again_answers_the_same(world: World) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"1"})
    first = await world.commit(draft)
    before = await world.snapshot()

    assert await world.commit(draft) == first
    assert await world.snapshot() == before


async def test_an_alias_points_at_one_version_at_a_time(world: World) -> None:
    first = await world.log("data", {"a": b"1"}, aliases=("best", "best", "old"))
    second = await world.log("data", {"a": b"2"}, aliases=("best",))

    assert await aliases(world, first.id) == ("old",)
    assert await aliases(world, second.id) == ("best",)


async def test_a_name_and_a_version_alias_or_latest_find_the_version(world: World) -> None:
    first = await world.log("data", {"a": b"1"}, aliases=("best",))
    second = await world.log("data", {"a": b"2"}, version="2.0.0")
    collection = await world.collection("data")

    found = {
        name: (await artifact.by_version(world.graph, world.viewer, collection, name)).id
        for name in ("v0", "best", "2.0.0", "latest")
    }

    assert found == {"v0": first.id, "best": first.id, "2.0.0": second.id, "latest": second.id}
    with pytest.raises(errors.UnknownVersion, match="'data' has no version or alias 'worst'"):
        await artifact.by_version(world.graph, world.viewer, collection, "worst")


async def test_a_draft_is_not_listed_and_has_no_content(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    draft = await world.draft("data")
    collection = await world.collection("data")

    page = await artifact.versions(world.graph, world.viewer, collection.id, Window())

    assert [row.id for row in page.items] == [made.id]
    with pytest.raises(errors.NotCommitted, match="is PENDING"):
        await artifact.files(world.graph, world.blobs, world.viewer, draft, Window())


async def test_lists_page_without_gap_or_repeat(world: World) -> None:
    made = [(await world.log("data", {"a": str(n).encode()})).id for n in range(5)]
    collection = await world.collection("data")
    seen: list[str] = []
    after: str | None = None
    while True:
        page = await artifact.versions(world.graph, world.viewer, collection.id, Window(2, after))
        seen += [row.id for row in page.items]
        if not await page.has_next():
            break
        after = page.cursors[-1]

    assert seen == made


async def test_files_are_added_before_the_commit_only(world: World) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"1"})
    await world.commit(draft)
    before = await world.snapshot()

    with pytest.raises(errors.NotADraft, match="is COMMITTED; this can be done to a draft only"):
        await world.upload(draft, {"b": b"2"})
    assert await world.snapshot() == before


async def test_a_commit_names_the_files_that_have_not_arrived(world: World) -> None:
    draft = await world.draft("data")
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, [entry("a/b.txt", b"never")], HOUR
    )

    with pytest.raises(errors.NeedsUpload, match=r"1 of the draft's files .*'a/b.txt'") as caught:
        await world.commit(draft)
    assert caught.value.paths == ["a/b.txt"]
    await world.upload(draft, {"a/b.txt": b"never"})
    assert (await world.commit(draft)).created


async def test_a_version_without_files_can_be_committed(world: World) -> None:
    found = await version(world, (await world.log("data", {})).id)

    assert (found.size, found.file_count) == (0, 0)
    assert found.digest == hashlib.sha256(b"1\n").hexdigest()


BAD_DRAFTS: list[tuple[dict[str, object], type[errors.GraphApiError], str]] = [
    ({"name": "n" * 101}, errors.BadName, "has 101 characters; the limit is 100"),
    ({"name": "a/b"}, errors.BadName, "contains '/'"),
    ({"name": "a:b"}, errors.BadName, "contains ':'"),
    ({"name": "a\x00b"}, errors.BadName, "control character"),
    ({"name": ""}, errors.BadName, "is empty"),
    ({"project": "p" * 101}, errors.BadName, "has 101 characters"),
    ({"metadata": {str(n): n for n in range(101)}}, errors.BadMetadata, "101 top-level keys"),
    ({"metadata": {"x": float("nan")}}, errors.BadMetadata, "not JSON"),
    ({"metadata": {"x": "y" * 2**20}}, errors.BadMetadata, "1,048,584 bytes"),
    ({"aliases": ("latest",)}, errors.BadAlias, "highest index"),
    ({"aliases": ("v3",)}, errors.BadAlias, "looks like a version"),
    ({"version": "latest"}, errors.BadVersion, "highest index"),
    ({"run_id": "run_01h455vb4pex5vsknk084sn02q"}, errors.UnknownId, "No Run has the id"),
    ({"run_id": "model_01h455vb4pex5vsknk084sn02q"}, errors.WrongKind, "of kind Model"),
]


@pytest.mark.parametrize(
    ("new", "error", "message"), BAD_DRAFTS, ids=[error.__name__ for _, error, _ in BAD_DRAFTS]
)
async def test_a_bad_draft_is_refused_and_leaves_nothing(
    world: World, new: dict[str, object], error: type[Exception], message: str
) -> None:
    before = await world.snapshot()

    with pytest.raises(error, match=message):
        await world.draft(**{"name": "data", "project": "new", **new})  # pyright: ignore[reportArgumentType]  # bad on purpose
    assert await world.snapshot() == before


def file(**values: Any) -> Entry:
    return entry("a", b"1").model_copy(update=values)


BAD_FILES: list[tuple[list[Entry], type[errors.GraphApiError], str]] = [
    ([file(path="../a")], errors.BadPath, r"has the part '\.\.'"),
    ([file(path="a/../b")], errors.BadPath, r"has the part '\.\.'"),
    ([file(path="/etc/passwd")], errors.BadPath, "is absolute"),
    ([file(path="")], errors.BadPath, "is empty"),
    ([file(path="a\\b")], errors.BadPath, "backslash"),
    (
        [entry("caf\u00e9", b"1"), entry("cafe\u0301", b"2")],
        errors.PathTaken,
        "given twice with different content",
    ),
    ([entry("a", b"1"), entry("a/b", b"1")], errors.PathTaken, "as a file and as a folder"),
    ([file(sha256="abc")], errors.BadDigest, "64 lower-case hexadecimal digits"),
    ([file(sha256="A" * 64)], errors.BadDigest, "64 lower-case hexadecimal digits"),
    ([file(size=None)], errors.BadInput, "needs its size"),
    ([file(size=-1)], errors.BadInput, "-1 bytes"),
    ([file(sha256=None)], errors.BadInput, "either a sha256 or a reference"),
    ([file(metadata={"x": float("inf")})], errors.BadMetadata, "not JSON"),
    ([entry(str(n), b"") for n in range(1001)], errors.BadInput, "at most 1,000"),
]


@pytest.mark.parametrize(
    ("files", "error", "message"), BAD_FILES, ids=[error.__name__ for _, error, _ in BAD_FILES]
)
async def test_bad_files_are_refused_and_leave_nothing(
    world: World, files: list[Entry], error: type[Exception], message: str
) -> None:
    draft = await world.draft("data")
    before = await world.snapshot()

    with pytest.raises(error, match=message):
        await artifact.request_uploads(
            world.graph, world.blobs, world.viewer, LIMITS, draft, files, HOUR
        )
    assert await world.snapshot() == before


async def test_names_that_differ_only_in_case_are_different_files(world: World) -> None:
    made = await world.log("data", {"README": b"1", "readme": b"2"})

    assert await world.download(made.id) == {"README": b"1", "readme": b"2"}


COMMITS: list[tuple[dict[str, object], type[errors.GraphApiError], str]] = [
    ({"version": "v7"}, errors.BadVersion, "the next one of 'data' is 'v1'"),
    ({"version": "v0"}, errors.VersionTaken, "already has a version 'v0'"),
    ({"version": "best"}, errors.VersionTaken, "already has an alias 'best'"),
    ({"version": "x", "aliases": ("x",)}, errors.VersionTaken, "already has an alias 'x'"),
]


@pytest.mark.parametrize(
    ("new", "error", "message"), COMMITS, ids=[message for _, _, message in COMMITS]
)
async def test_a_version_that_cannot_be_chosen_leaves_the_draft_as_it_was(
    world: World, new: dict[str, object], error: type[Exception], message: str
) -> None:
    await world.log("data", {"a": b"1"}, aliases=("best",))
    draft = await world.draft("data", **new)
    await world.upload(draft, {"a": b"2"})

    with pytest.raises(error, match=message):
        await world.commit(draft)
    assert (await version(world, draft)).state == "PENDING"
    assert (await version(world, draft)).digest is None
    assert [row.version for row in await world.versions("data")] == ["v0"]


async def test_the_version_that_comes_next_can_be_chosen(world: World) -> None:
    await world.log("data", {"a": b"1"})

    made = await world.log("data", {"a": b"2"}, version="v1")

    assert (await version(world, made.id)).version == "v1"


async def test_an_alias_cannot_take_the_name_of_a_version(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, version="2.0.0")

    with pytest.raises(errors.BadAlias, match="has a version of this name"):
        await artifact.add_aliases(world.graph, world.viewer, LIMITS, made.id, ["2.0.0"])
    assert await aliases(world, made.id) == ()


async def test_a_name_is_bound_to_the_type_of_its_first_version(world: World) -> None:
    await world.log("data", {"a": b"1"}, type="dataset")
    before = await world.snapshot()

    with pytest.raises(errors.WrongType, match="'data' holds artifacts of type 'dataset'"):
        await world.draft("data", type="model")
    assert await world.snapshot() == before


async def test_what_is_said_of_a_version_can_change(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, metadata={"x": 1, "deep": {"y": "z"}})
    await artifact.update(
        world.graph,
        world.viewer,
        LIMITS,
        made.id,
        description="words",
        metadata={"x": 2},
        add_tags=["b", "a"],
    )
    await artifact.update(world.graph, world.viewer, LIMITS, made.id, remove_tags=["b"])

    found = await version(world, made.id)

    assert (found.description, found.metadata, found.tags) == ("words", {"x": 2}, ("a",))
    assert await world.properties(made.id, "meta.") == {"meta.x": 2}
    await artifact.update(world.graph, world.viewer, LIMITS, made.id, description="")
    assert (await version(world, made.id)).description is None


async def test_aliases_can_be_added_and_removed(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, aliases=("x",))
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, made.id, ["y", "z"])
    await artifact.remove_aliases(world.graph, world.viewer, made.id, ["x", "unknown"])

    assert await aliases(world, made.id) == ("y", "z")


async def test_a_version_remembers_who_changed_it_last(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, aliases=("x",))
    other = await world.log("data", {"a": b"2"})
    assert (await version(world, made.id)).updated_by == world.viewer.user

    def by(user: str) -> Viewer:
        return world.viewer.model_copy(update={"user": user})

    graph = world.graph
    await artifact.update(graph, by("words"), LIMITS, made.id, description="Words.")
    assert (await version(world, made.id)).updated_by == "words"
    await artifact.update(graph, by("tags"), LIMITS, made.id, add_tags=["t"])
    assert (await version(world, made.id)).updated_by == "tags"
    await artifact.add_aliases(graph, by("taker"), LIMITS, other.id, ["x"])
    assert (await version(world, made.id)).updated_by == "taker"
    await artifact.remove_aliases(graph, by("remover"), other.id, ["x"])
    assert (await version(world, other.id)).updated_by == "remover"
    assert (await version(world, made.id)).created_by == world.viewer.user
