"""Histories: who changed what of an entity, and what it was before and after."""

from typing import Any

import pytest

from graph_api.models.artifact import Artifact
from graph_api.models.entity import new_id
from graph_api.models.model import Model
from graph_api.models.page import Stretch
from graph_api.models.revision import Entry
from graph_api.services import (
    artifact,
    artifact_collection,
    deletion,
    entity,
    expiry,
    ledger,
    membership,
    model,
    revision,
    run,
)
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

ALL = Stretch(None, None, 100)


async def history(world: World, *ids: str, projects: tuple[str, ...] | None = None) -> list[Entry]:
    """The changes of some entities, one after the other, as who sees these projects is told."""
    viewer = world.viewer.model_copy(update={"projects": projects})
    found = await revision.HistoryOf(ALL)(world.graph, viewer, [*ids])
    return [entry for listed in found for entry in listed.items]


def told(entries: list[Entry]) -> list[tuple[str | None, dict[str, tuple[Any, Any]]]]:
    """What was done, and of each field that was overwritten what it was and became."""
    return [
        (entry.what, {it.field: (it.before, it.after) for it in entry.overwritten})
        for entry in entries
    ]


async def test_each_change_of_a_version_is_told_with_what_it_overwrote(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    id = (await world.log("data", {"a": b"1"}, description="first", tags=("x",))).id
    await artifact.update(
        graph,
        viewer.model_copy(update={"user": "bob"}),
        LIMITS,
        id,
        description="",
        metadata={"n": 1},
        add_tags=["z", "y"],
        remove_tags=["x", "none"],
    )
    await artifact.update(graph, viewer, LIMITS, id, metadata={}, system_metadata={"s": [1]})
    await artifact.add_aliases(graph, viewer, LIMITS, id, ["best"])
    await expiry.set_time_to_live(graph, viewer, id, 60)
    # The same content again, with another tag.
    await world.log("data", {"a": b"1"}, tags=("w",))
    await deletion.delete(
        graph, world.blobs, viewer, [id], force=True, trash_seconds=60, seconds=60
    )
    await deletion.restore(graph, viewer, [id])

    found = await history(world, id)

    assert told(found) == [
        ("Artifact committed", {}),
        (
            "Artifact updated: description, metadata, tags",
            {
                "description": ("first", None),
                "metadata": ({}, {"n": 1}),
                "tags": (["x"], ["y", "z"]),
            },
        ),
        (
            "Artifact updated: metadata, system_metadata",
            {"metadata": ({"n": 1}, {}), "system_metadata": ({}, {"s": [1]})},
        ),
        ("Aliases added: best", {}),
        ("Time to live set: 60 s", {"time_to_live": (None, 60)}),
        ("Artifact logged again", {"tags": (["y", "z"], ["w", "y", "z"])}),
        ("Artifact deleted", {"state": ("COMMITTED", "DELETED")}),
        ("Artifact restored", {"state": ("DELETED", "COMMITTED")}),
    ]
    assert [entry.by for entry in found] == ["ada", "bob", *["ada"] * 6]
    assert sorted({entry.seq for entry in found}) == [entry.seq for entry in found]
    now = await artifact.checked(graph, viewer, id)
    assert (now.tags, now.description, now.metadata) == (("w", "y", "z"), None, {})


async def test_names_statuses_and_locks_are_told(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    svm, train = await world.model("svm"), await world.run(key="train")
    await model.update(graph, viewer, LIMITS, svm, name="forest")
    await entity.set_read_only(graph, viewer, svm, read_only=True)
    await run.log_parameters(graph, viewer, LIMITS, train, {"C": 1})
    await run.finish(graph, viewer, train, "FAILED", "no memory")
    ended_at = (await run.checked(graph, viewer, train)).ended_at
    assert ended_at

    assert told(await history(world, svm)) == [
        ("Model created", {}),
        ("Model updated: name", {"name": ("svm", "forest")}),
        ("Model made read-only", {"read_only": (False, True)}),
    ]
    assert told(await history(world, train)) == [
        ("Run started", {}),
        (
            "Run FAILED",
            {
                "ended_at": (None, ended_at.isoformat()),
                "reason": (None, "no memory"),
                "status": ("RUNNING", "FAILED"),
            },
        ),
    ]


async def test_what_a_change_says_of_what_is_hidden_is_not_told(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    id = (await world.log("data", {"a": b"1"})).id
    here = await world.project("digits")
    there = await world.project("secret")
    await membership.register(graph, viewer, LIMITS, "secret", "m", id, None)
    collection = (await world.collection("data")).id
    await artifact_collection.move(graph, viewer, collection, "secret")
    await artifact_collection.move(graph, viewer, collection, "digits")

    seen = await history(world, id, projects=(here,))
    moves = (await history(world, collection, projects=(here,)))[-2:]
    all_seen = (await history(world, collection))[-2:]

    assert [(entry.by, entry.what) for entry in seen] == [
        ("ada", "Artifact committed"),
        (None, None),
    ]
    assert told(all_seen) == [
        ("ArtifactCollection moved", {"project": (here, there)}),
        ("ArtifactCollection moved", {"project": (there, here)}),
    ]
    assert told(moves) == [(None, {"project": (here, None)}), (None, {"project": (None, here)})]
    assert [(entry.seq, entry.at) for entry in moves] == [(it.seq, it.at) for it in all_seen]


@pytest.fixture
def names(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the statements that run."""
    found: list[str] = []
    fetch = world.graph.fetch

    async def counted(query: Any, **parameters: Any) -> Any:
        found.append(query.name)
        return await fetch(query, **parameters)

    monkeypatch.setattr(world.graph, "fetch", counted)
    return found


async def test_a_page_is_read_for_many_by_two_statements(world: World, names: list[str]) -> None:
    ids = [await world.model(f"m{number}") for number in range(3)]
    await world.link(ids[0], ids[1])
    names.clear()

    page = Stretch(None, None, 2, backward=True)
    found = await revision.HistoryOf(page)(world.graph, world.viewer, [*ids[1:], ids[0]])

    await revision.HistoryOf(page)(world.graph, world.viewer, ids[1:])

    # What else changes are about is asked for once.
    assert names == ["revision/history", "revision/history", "entity/locate"]
    assert [[it.what for it in listed.items] for listed in found] == [
        ["Linked as input", "Model created"],
        ["Model created"],
        ["Linked as input", "Model created"],
    ]


async def test_a_version_had_the_name_and_the_project_that_its_collection_had(world: World) -> None:
    graph, viewer = world.graph, world.viewer
    here, there = await world.project("digits"), await world.project("other")
    id = (await world.log("data", {"a": b"1"})).id
    collection = (await world.collection("data")).id
    await artifact_collection.update(graph, viewer, LIMITS, collection, name="rows")
    await artifact_collection.move(graph, viewer, collection, "other")
    newest = (await ledger.now(graph, viewer)).seq

    found = [
        [row and (row.name, row.project_id) for row in rows if not row or isinstance(row, Artifact)]
        for seq in range(newest - 3, newest + 1)
        for rows in [await revision.Past(seq)(graph, viewer, [id])]
    ]

    assert found == [[None], [("data", here)], [("rows", here)], [("rows", there)]]


async def test_however_often_it_was_overwritten_the_past_is_what_it_was(
    world: World, names: list[str]
) -> None:
    graph, viewer = world.graph, world.viewer
    ids = [await world.model(f"m{number}", metadata={"n": 0}) for number in range(2)]
    then = (await ledger.now(graph, viewer)).seq
    for number in range(45):
        await model.update(graph, viewer, LIMITS, ids[0], metadata={"n": number + 1})
    await model.update(graph, viewer, LIMITS, ids[0], name="new", description="new")
    await model.update(graph, viewer, LIMITS, ids[1], description="new")
    names.clear()

    first, second, hidden = await revision.Past(then)(graph, viewer, [*ids, new_id("Model")])
    few = [*names]
    half, _ = await revision.Past(then + 20)(graph, viewer, ids)

    assert isinstance(first, Model)
    assert isinstance(second, Model)
    assert isinstance(half, Model)
    assert (first.name, first.metadata, first.description) == ("m0", {"n": 0}, None)
    assert (second.name, second.metadata, second.description) == ("m1", {"n": 0}, None)
    assert (half.name, half.metadata) == ("m0", {"n": 20})
    assert hidden is None
    # Twenty of each at once.
    assert few == ["entity/by_ids", "revision/after", "revision/after", "revision/after"]
    limited = viewer.model_copy(update={"projects": ()})
    assert await revision.Past(then)(graph, limited, ids) == [None, None]
