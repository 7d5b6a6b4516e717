"""Datasets: registered under a name of their project."""

import pytest

from graph_api.errors import (
    BadMetadata,
    BadName,
    Forbidden,
    NameTaken,
    UnknownId,
    UnknownName,
)
from graph_api.models.dataset import Dataset
from graph_api.models.page import Stretch, Window
from graph_api.models.viewer import Viewer
from graph_api.services import (
    dataset,
    deletion,
    entity,
    idempotency,
    ledger,
    lineage,
    membership,
)
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def test_a_dataset_is_found_by_id_and_by_name(world: World) -> None:
    id = await world.dataset("digits-svm", description="Ten classes.", metadata={"classes": 10})
    scope = await world.project("digits")

    found = await dataset.checked(world.graph, world.viewer, id)

    assert found == await dataset.by_name(world.graph, world.viewer, scope, "digits-svm")
    assert (found.name, found.project_id) == ("digits-svm", scope)
    assert (found.description, found.metadata) == ("Ten classes.", {"classes": 10})
    assert await dataset.by_name(world.graph, world.viewer, scope, "digits") is None


async def test_a_name_is_given_once(world: World) -> None:
    id = await world.dataset("m")
    before = await world.snapshot()

    with pytest.raises(NameTaken, match=r"^Project 'digits' already has a Dataset named 'm'\.$"):
        await world.dataset("m", description="Another.")

    assert await world.dataset("m", exists_ok=True) == id
    assert await world.snapshot() == before


async def test_datasets_list_by_age_in_pages(world: World) -> None:
    ids = [await world.dataset(name) for name in ("b", "c", "a")]
    scope = await world.project("digits")

    first = await dataset.page(world.graph, world.viewer, scope, Window(2))
    rest = await dataset.page(world.graph, world.viewer, scope, Window(2, first.cursors[-1]))

    assert [row.id for row in first.items] == ids[:2]
    assert [row.id for row in rest.items] == ids[2:]


async def test_an_empty_description_removes_it(world: World) -> None:
    id = await world.dataset("m", description="Words.", metadata={"a": 1})

    await dataset.update(world.graph, world.viewer, LIMITS, id, description="")

    found = await dataset.checked(world.graph, world.viewer, id)
    assert (found.description, found.metadata) == (None, {"a": 1})


async def test_metadata_that_is_no_json_changes_nothing(world: World) -> None:
    id = await world.dataset("m", metadata={"a": 1})
    before = await world.snapshot()

    with pytest.raises(BadMetadata):
        await dataset.update(world.graph, world.viewer, LIMITS, id, metadata={"a": float("nan")})

    assert (await dataset.checked(world.graph, world.viewer, id)).metadata == {"a": 1}
    assert await world.snapshot() == before


async def snapshots(world: World, id: str, viewer: Viewer | None = None) -> dict[int, str]:
    """The artifacts of a dataset's snapshots, by index."""
    of = membership.MembersOf(Stretch(None, None, 100))
    (members,) = await of(world.graph, viewer or world.viewer, [id])
    return {member.index: member.artifact_id for member in members.items}


async def test_a_clone_has_the_snapshots_that_are_there_and_its_source(world: World) -> None:
    g, v = world.graph, world.viewer
    ids = [(await world.log("data", {"a": str(number).encode()})).id for number in range(4)]
    hidden = (await world.log("far", {"a": b"9"}, project="hidden")).id
    source = await world.dataset("d", description="Words.", metadata={"a": 1})
    for id in (*ids[:3], hidden):
        await membership.add(g, v, LIMITS, source, id, "snapshot", None)
    await deletion.delete(g, world.blobs, v, [ids[1]], force=True, trash_seconds=9, seconds=9)
    seen = v.model_copy(update={"projects": (await world.project(),)})
    call = idempotency.call("k", "clone")

    made = [await dataset.clone(g, seen, LIMITS, source, "e", call=call) for _ in range(2)]

    clone = made[0]
    assert made == [clone, clone]
    row = await dataset.checked(g, v, clone)
    assert (row.name, row.description, row.metadata) == ("e", "Words.", {"a": 1})
    assert await snapshots(world, clone) == {0: ids[0], 2: ids[2]}
    assert await snapshots(world, source) == {0: ids[0], 1: ids[1], 2: ids[2], 3: hidden}
    seq = (await ledger.now(g, v)).seq
    (told,) = await ledger.changes(g, v, seq - 1, 1)
    assert (told.what, told.subjects[:2]) == ("Dataset cloned", (clone, source))
    assert sorted(told.subjects[2:]) == sorted([ids[0], ids[2]])
    walk = await lineage.lineage(g, v, [clone], "UPSTREAM", seconds=30)
    assert [(edge.source, edge.target, edge.role) for edge in walk.edges] == [
        (source, clone, "source dataset")
    ]
    # The numbers go on where they were; neither is the other's from now on.
    joined = await membership.add(g, v, LIMITS, clone, ids[3], "snapshot", None)
    assert (joined.index, joined.created) == (4, True)
    assert ids[3] not in (await snapshots(world, source)).values()


async def test_a_clone_in_another_project_takes_writing_there_alone(world: World) -> None:
    id = await world.dataset("d", metadata={"a": 1})
    mine, theirs = await world.project("mine"), await world.project()
    rights = {"projects": (mine, theirs), "writable": (mine,)}
    writer = world.viewer.model_copy(update=rights)
    before = await world.snapshot()

    for name, within, error in (
        ("e", None, Forbidden),
        ("e", "new", UnknownName),
        ("a/b", "mine", BadName),
    ):
        with pytest.raises(error):
            await dataset.clone(world.graph, writer, LIMITS, id, name, within)
    with pytest.raises(NameTaken, match=r"^Its project already has a Dataset named 'd'\.$"):
        await dataset.clone(world.graph, world.viewer, LIMITS, id, "d")
    assert await world.snapshot() == before

    made = await dataset.clone(world.graph, writer, LIMITS, id, "d", "mine", with_metadata=False)
    found = await dataset.by_name(world.graph, writer, mine, "d")
    assert found
    assert (found.id, found.metadata) == (made, {})


async def test_who_may_not_see_its_project_finds_none(world: World) -> None:
    id = await world.dataset("m")
    stranger = world.viewer.model_copy(update={"projects": ()})

    assert await entity.by_ids(world.graph, stranger, Dataset, [id]) == [None]
    with pytest.raises(UnknownId):
        await dataset.update(world.graph, stranger, LIMITS, id, description="Mine.")
