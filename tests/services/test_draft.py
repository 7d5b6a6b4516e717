"""Drafts: files that are given again, versions that are answered by others, calls refused whole."""

import pytest

from graph_api import errors
from graph_api.models.artifact import NewArtifact
from graph_api.models.manifest import Entry
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, project
from tests.services.world import HOUR, LIMITS, World, entry


def given(path: str, content: bytes | None = b"1", **fields: object) -> artifact.Given:
    values = {"path": path, "size": None, **fields}
    return artifact.Given(entry=Entry.model_validate(values), content=content)


async def log(world: World, *files: artifact.Given, **new: object) -> None:
    values = {"project": "new", "name": "data", "type": "dataset", **new}
    await artifact.log(
        world.graph,
        world.blobs,
        world.viewer,
        LIMITS,
        NewArtifact.model_validate(values),
        list(files),
    )


async def test_a_path_that_is_given_again_is_the_later_file(world: World) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"first", "b": b"kept"})
    await world.upload(draft, {"a": b"second"})

    assert await world.download((await world.commit(draft)).id) == {"a": b"second", "b": b"kept"}


async def test_a_draft_that_another_version_answers_for_takes_no_files(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"1"})
    assert (await world.commit(draft)).id == made.id
    before = await world.snapshot()

    with pytest.raises(errors.NotADraft, match=f"is answered by '{made.id}'"):
        await world.upload(draft, {"b": b"2"})
    assert await world.snapshot() == before


@pytest.mark.parametrize(
    ("files", "new", "error"),
    [
        ((given("../x"),), {}, errors.BadPath),
        ((given("a"), given("a", b"2")), {}, errors.PathTaken),
        ((given("a"),), {"version": "v7"}, errors.BadVersion),
        ((given("a"),), {"version": ""}, errors.BadName),
        ((given("a", None, reference="s3://a/b", size=2**53),), {}, errors.BadInput),
        ((given("a", b"x" * 65537),), {}, errors.BadInput),
        ((given("a", None),), {}, errors.BadInput),
    ],
)
async def test_a_version_that_is_refused_leaves_nothing_at_all(
    world: World,
    files: tuple[artifact.Given, ...],
    new: dict[str, object],
    error: type[errors.GraphApiError],
) -> None:
    before = await world.snapshot()

    with pytest.raises(error):
        await log(world, *files, **new)
    assert await world.snapshot() == before


async def test_a_version_that_is_refused_at_the_commit_leaves_no_draft(world: World) -> None:
    await log(world, given("a"))
    before = await world.snapshot()

    with pytest.raises(errors.VersionTaken):
        await log(world, given("a", b"2"), version="v0")
    after = await world.snapshot()
    # The page, the bytes that nothing lists and what the draft was given are for the sweep.
    kept = [[node for node in found["nodes"] if "Entity" in node[0]] for found in (before, after)]
    assert kept[0] == kept[1]
    assert after["seq"] == before["seq"]


async def test_a_version_can_have_the_name_of_an_alias_that_was_removed(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, aliases=("2.0.0",))
    await artifact.remove_aliases(world.graph, world.viewer, made.id, ["2.0.0"])

    assert (await world.log("data", {"a": b"2"}, version="2.0.0")).created


async def test_aliases_that_stand_already_leave_no_change(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, aliases=("best",))
    before = (await world.snapshot())["seq"]

    await artifact.add_aliases(world.graph, world.viewer, LIMITS, made.id, ["best"])
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, made.id, [])
    await artifact.remove_aliases(world.graph, world.viewer, made.id, ["never"])

    assert (await world.snapshot())["seq"] == before


async def test_an_alias_or_tag_moves_the_time_of_the_last_change(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    times = [(await artifact.checked(world.graph, world.viewer, made.id)).updated_at]
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, made.id, ["best"])
    times.append((await artifact.checked(world.graph, world.viewer, made.id)).updated_at)
    await artifact.update(world.graph, world.viewer, LIMITS, made.id, add_tags=["t"])
    times.append((await artifact.checked(world.graph, world.viewer, made.id)).updated_at)

    assert times == sorted(set(times))


async def test_versions_are_listed_in_the_order_of_their_commits(world: World) -> None:
    early = await world.draft("early")
    late = await world.log("late", {"a": b"1"})
    await world.upload(early, {"a": b"2"})
    await world.commit(early)

    page = await artifact.page(world.graph, world.viewer, await world.project(), Window())

    assert [row.id for row in page.items] == [late.id, early]


async def test_who_sees_only_some_projects_makes_none_and_learns_of_none(world: World) -> None:
    await world.log("secret", {"a": b"1"}, project="theirs")
    eve = Viewer(user="eve", organization_id=world.viewer.organization_id, projects=())
    before = await world.snapshot()

    for name in ("theirs", "nobodys"):
        with pytest.raises(errors.UnknownName, match=f"has no Project named '{name}'"):
            await project.create(world.graph, eve, LIMITS, name, exists_ok=True)
        with pytest.raises(errors.Forbidden, match="in the organization"):
            await project.create(world.graph, eve, LIMITS, name)
    assert await world.snapshot() == before


async def test_a_size_that_no_json_reader_agrees_on_is_refused(world: World) -> None:
    draft = await world.draft("data")
    huge = entry("a", b"").model_copy(update={"size": 2**53})

    with pytest.raises(errors.BadInput, match="is said to have 9007199254740992 bytes"):
        await artifact.request_uploads(
            world.graph, world.blobs, world.viewer, LIMITS, draft, [huge], HOUR
        )
