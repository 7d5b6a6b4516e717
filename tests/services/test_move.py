"""Collections that move to another project: what goes along, who may do so, what is told of it."""

import pytest

from graph_api.errors import (
    AliasProtected,
    Forbidden,
    GraphApiError,
    NameTaken,
    NotFound,
    ReadOnly,
    UnknownId,
    UnknownName,
    WrongKind,
)
from graph_api.graph import Query
from graph_api.models.entity import new_id
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.services import (
    alias,
    artifact,
    artifact_collection,
    doctor,
    entity,
    ledger,
    lineage,
    project,
    search,
    storage,
)
from graph_api.services.lineage import Kept
from tests.services.test_sweep import later
from tests.services.world import LIMITS, Properties, World

REVISIONS = Query(
    "tests/revisions",
    "MATCH (r:Revision)-[:REVISES]->({id: $id}) WITH r ORDER BY r.until "
    "RETURN {until: r.until, by: r.by, before: r.before} AS of",
    Properties,
)


async def move(world: World, id: str, to: str, viewer: Viewer | None = None) -> None:
    await artifact_collection.move(world.graph, viewer or world.viewer, id, to)


async def of_projects(world: World, **scopes: str) -> Viewer:
    """Someone with these rights in these projects, and nothing elsewhere."""
    ids = {await world.project(name): scope for name, scope in scopes.items()}
    return world.viewer.model_copy(
        update={
            "projects": tuple(ids),
            "writable": tuple(id for id, scope in ids.items() if scope != "read"),
            "administered": tuple(id for id, scope in ids.items() if scope == "admin"),
        }
    )


async def test_all_of_a_collection_moves_and_not_a_byte_of_its_content(world: World) -> None:
    first = await world.log("data", {"a": b"1"}, aliases=("best",))
    second = await world.log("data", {"a": b"1", "b": b"2"}, tags=("x",))
    await world.log("other", {"a": b"1"})
    collection = await world.collection("data")
    letters = await world.project("letters")
    objects = await world.blobs.sizes("")

    await move(world, collection.id, "letters")

    moved = await world.collection("data", "letters")
    assert moved == collection.model_copy(update={"project_id": letters})
    rows = [await artifact.checked(world.graph, world.viewer, it.id) for it in (first, second)]
    assert [(row.project_id, row.name, row.version) for row in rows] == [
        (letters, "data", "v0"),
        (letters, "data", "v1"),
    ]
    best = await artifact.by_version(world.graph, world.viewer, moved, "best")
    assert best.id == first.id
    scope = await project.scope(world.graph, world.viewer, "digits")
    with pytest.raises(UnknownName, match=r"^Project 'digits' has no ArtifactCollection named 'd"):
        await artifact_collection.named(world.graph, world.viewer, scope, "data")
    assert await world.blobs.sizes("") == objects
    assert await world.download(second.id) == {"a": b"1", "b": b"2"}
    of_projects = await storage.held(world.graph, world.viewer, [scope.id, letters])
    of_names = [(await world.collection("other")).id, collection.id]
    assert of_projects == [
        row.model_copy(update={"id": id})
        for row, id in zip(
            await storage.held(world.graph, world.viewer, of_names),
            [scope.id, letters],
            strict=True,
        )
    ]
    found = doctor.examine(world.graph, world.blobs, later(), read=True)
    assert [finding async for finding in found] == []


@pytest.mark.no_bytes
async def test_a_move_is_one_change_and_a_revision_of_where_it_was(world: World) -> None:
    await world.log("data", {"a": b"1"})
    id, digits = (await world.collection("data")).id, await world.project()
    letters = await world.project("letters")
    (before,) = (await world.snapshot())["seq"]

    await move(world, id, "letters")
    # Where it is already, nothing changes; whoever repeats the call need not be let out again.
    await move(world, id, "letters", await of_projects(world, digits="read", letters="write"))

    (told,) = await ledger.changes(world.graph, world.viewer, before, 9)
    assert (told.what, told.by) == ("ArtifactCollection moved", "ada")
    assert told.subjects == (id, digits, letters)
    assert [row.of for row in await world.graph.fetch(REVISIONS, id=id)] == [
        {"until": told.seq, "by": "ada", "before": f'{{"project_id":"{digits}"}}'}
    ]
    assert await world.properties(id, "updated") == {"updated_at": told.at, "updated_by": "ada"}


@pytest.mark.no_bytes
@pytest.mark.parametrize(
    ("scopes", "says"),
    [
        ({"digits": "write", "letters": "admin"}, "takes the scope 'admin' in {digits}"),
        ({"digits": "admin", "letters": "read"}, "takes the scope 'write' in {letters}"),
        ({"digits": "admin"}, "The organization has no Project named 'letters'."),
        ({"letters": "admin"}, "No ArtifactCollection has the id '{id}'."),
    ],
)
async def test_to_move_takes_administering_what_it_leaves_and_writing_to_where_it_comes(
    world: World, scopes: dict[str, str], says: str
) -> None:
    await world.log("data", {"a": b"1"})
    id, digits = (await world.collection("data")).id, await world.project()
    letters = await world.project("letters")
    before = await world.snapshot()

    with pytest.raises((Forbidden, NotFound)) as refused:
        await move(world, id, "letters", await of_projects(world, **scopes))

    assert says.format(id=id, digits=digits, letters=letters) in str(refused.value)
    assert await world.snapshot() == before
    assert (await world.collection("data")).id == id
    await move(world, id, "letters", await of_projects(world, digits="admin", letters="write"))
    assert (await world.collection("data", "letters")).id == id


@pytest.mark.no_bytes
async def test_what_cannot_be_moved_changes_nothing(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    await world.log("data", {"a": b"2"}, project="letters")
    await world.log("locked", {"a": b"3"})
    await world.project("else")
    id, locked = (await world.collection("data")).id, (await world.collection("locked")).id
    await entity.set_read_only(world.graph, world.viewer, locked, read_only=True)
    model, unknown = await world.model("m"), new_id("ArtifactCollection")
    before = await world.snapshot()

    taken = r"^Project 'letters' already has a ArtifactCollection named 'data'\.$"
    refusals: list[tuple[str, str, type[GraphApiError], str]] = [
        (id, "letters", NameTaken, taken),
        (id, "nowhere", UnknownName, r"^The organization has no Project named 'nowhere'\.$"),
        (locked, "else", ReadOnly, "ArtifactCollection 'locked' is read-only"),
        (unknown, "else", UnknownId, unknown),
        (made.id, "else", WrongKind, made.id),
        (model, "else", WrongKind, model),
    ]
    for of, to, error, says in refusals:
        with pytest.raises(error, match=says):
            await move(world, of, to)

    assert await world.snapshot() == before
    assert [row.id for row in await world.versions("data")] == [made.id]


@pytest.mark.no_bytes
async def test_a_project_that_is_hidden_answers_like_one_that_is_not_there(world: World) -> None:
    await world.log("data", {"a": b"1"})
    await world.project("hidden")
    id = (await world.collection("data")).id
    viewer = await of_projects(world, digits="admin")

    told: list[str] = []
    for name in ("hidden", "absent"):
        with pytest.raises(NotFound) as refused:
            await move(world, id, name, viewer)
        told.append(str(refused.value).replace(name, "?"))

    assert told == ["The organization has no Project named '?'."] * 2


async def test_a_draft_of_before_is_committed_where_its_collection_is_now(world: World) -> None:
    await world.log("data", {"a": b"1"})
    id, letters = (await world.collection("data")).id, await world.project("letters")
    draft = await world.draft("data", aliases=("best",))
    await world.upload(draft, {"a": b"2"})
    await move(world, id, "letters")

    both = world.viewer
    for scopes, error in (
        ({"digits": "admin"}, UnknownId),
        ({"digits": "admin", "letters": "read"}, Forbidden),
    ):
        world.viewer = await of_projects(world, **scopes)
        for work in (world.commit(draft), world.upload(draft, {"b": b"3"})):
            with pytest.raises(error):
                await work
        with pytest.raises(error):
            await artifact.delete_draft(world.graph, world.viewer, draft)
        world.viewer = both
    world.viewer = await of_projects(world, letters="write")
    await world.upload(draft, {"b": b"3"})
    made = await world.commit(draft)

    assert made.id == draft
    row = await artifact.checked(world.graph, world.viewer, draft)
    assert (row.project_id, row.version) == (letters, "v1")
    listed = await artifact.page(world.graph, world.viewer, letters, Window())
    assert [it.version for it in listed.items] == ["v0", "v1"]
    assert await world.download(draft) == {"a": b"2", "b": b"3"}


@pytest.mark.no_bytes
async def test_a_name_that_a_move_left_is_free(world: World) -> None:
    moved = await world.log("data", {"a": b"1"})
    await world.project("letters")
    old = (await world.collection("data")).id
    await move(world, old, "letters")

    new = await world.log("data", {"a": b"1"}, type="model")

    assert new.created
    assert new.id != moved.id
    collection = await world.collection("data")
    assert (collection.id != old, collection.type) == (True, "model")
    with pytest.raises(NameTaken, match=r"^Project 'digits' already has"):
        await move(world, old, "digits")
    await artifact_collection.update(world.graph, world.viewer, LIMITS, old, name="data a|b")
    await move(world, old, "digits")
    assert [row.id for row in await world.versions("data a|b")] == [moved.id]


@pytest.mark.no_bytes
async def test_what_moved_is_found_where_it_is_by_those_who_see_it_there(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, tags=("amber",))
    id = (await world.collection("data")).id
    run = await world.run(used=(made.id,))
    letters, digits = await world.project("letters"), await world.project()
    await move(world, id, "letters")
    old, new = await of_projects(world, digits="admin"), await of_projects(world, letters="read")

    async def hits(viewer: Viewer, within: str | None = None) -> list[str]:
        page = await search.page(world.graph, viewer, "data", None, within, Window())
        return sorted(hit.id for hit in page.items)

    assert await hits(world.viewer, digits) == await hits(old) == []
    assert await hits(world.viewer, letters) == await hits(new) == sorted([id, made.id])
    with pytest.raises(UnknownId):
        await artifact.checked(world.graph, old, made.id)
    walk = await lineage.lineage(world.graph, old, [run], "UPSTREAM", seconds=30)
    assert (list(walk.depths), walk.incomplete_because) == ([run], ["PERMISSION"])
    assert [(region.sources, region.targets) for region in walk.hidden] == [((), (run,))]


@pytest.mark.no_bytes
async def test_a_kept_answer_of_before_is_none_for_who_sees_less_by_now(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    run = await world.run(used=(made.id,))
    await world.project("letters")
    viewer, kept = await of_projects(world, digits="read"), Kept()
    moment = await ledger.now(world.graph, viewer)

    async def upstream() -> set[str]:
        found = await lineage.lineage(
            world.graph, viewer, [run], "UPSTREAM", as_of=moment.seq, seconds=30, kept=kept
        )
        return set(found.depths)

    assert await upstream() == {run, made.id}
    await move(world, (await world.collection("data")).id, "letters")
    assert await upstream() == {run}


@pytest.mark.no_bytes
async def test_a_protected_alias_is_as_hard_to_move_in_its_new_project(world: World) -> None:
    """Whoever could take a collection out and back in could move what they may not."""
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    two = await world.log("data", {"a": b"2"})
    id = (await world.collection("data")).id
    await artifact.protect_aliases(world.graph, world.viewer, LIMITS, id, ["best"], protected=True)
    await world.project("letters")
    with pytest.raises(Forbidden):
        await move(world, id, "letters", await of_projects(world, digits="write", letters="admin"))
    await move(world, id, "letters")
    writer = await of_projects(world, letters="write")

    with pytest.raises(AliasProtected):
        await artifact.add_aliases(world.graph, writer, LIMITS, two.id, ["best"])

    names = await alias.by_artifacts(world.graph, world.viewer, [one.id, two.id])
    assert names == [("best",), ()]
