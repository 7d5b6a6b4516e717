"""Runs: begun, resumed, ended; what they say about themselves."""

import asyncio

import pytest

from graph_api.errors import BadParameter, NameTaken, RunEnded, UnknownId
from graph_api.graph import Transaction
from graph_api.models.entity import new_id
from graph_api.models.page import Stretch
from graph_api.models.run import NewRun, Run
from graph_api.services import edge, membership, run
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def read(world: World, id: str) -> Run:
    return await run.checked(world.graph, world.viewer, id)


async def test_a_run_that_begins_has_a_number_a_key_and_a_name(world: World) -> None:
    first, second = await world.run(), await world.run(key="k", name="Train: svm/C=10")
    other = await world.run(project="letters")

    found = [await read(world, id) for id in (first, second, other)]

    assert [row.number for row in found] == [1, 2, 1]
    assert [row.name for row in found] == ["run-1", "Train: svm/C=10", "run-1"]
    assert [row.key for row in found] == [first.rpartition("_")[2], "k", other.rpartition("_")[2]]
    assert {(row.status, row.reason, row.ended_at) for row in found} == {("RUNNING", None, None)}


async def test_runs_that_begin_at_once_have_distinct_numbers(world: World) -> None:
    await world.project()
    ids = await asyncio.gather(*(world.run() for _ in range(8)))

    assert sorted([(await read(world, id)).number for id in ids]) == list(range(1, 9))


async def test_a_key_is_taken_unless_the_run_goes_on(world: World) -> None:
    id = await world.run(key="k")
    await run.finish(world.graph, world.viewer, id, "FAILED", "out of memory")
    before = await world.snapshot()

    with pytest.raises(NameTaken, match=r"^Project 'digits' already has a Run named 'k'\.$"):
        await world.run(key="k")
    assert await world.snapshot() == before

    resumed = await run.start(
        world.graph, world.viewer, LIMITS, NewRun(project="digits", key="k", resume=True)
    )
    found = await read(world, id)
    assert (resumed.id, resumed.created) == (id, False)
    assert (found.status, found.reason, found.ended_at) == ("RUNNING", None, None)


async def test_a_run_ends_once(world: World) -> None:
    id = await world.run()
    await run.finish(world.graph, world.viewer, id, "COMPLETED", None)
    before = await world.snapshot()

    await run.finish(world.graph, world.viewer, id, "COMPLETED", None)
    with pytest.raises(RunEnded, match=rf"^Run '{id}' is COMPLETED already"):
        await run.finish(world.graph, world.viewer, id, "FAILED", "late")

    found = await read(world, id)
    assert (found.status, found.reason) == ("COMPLETED", None)
    assert found.ended_at
    assert found.ended_at >= found.created_at
    assert await world.snapshot() == before


async def test_to_use_a_model_is_to_use_its_newest_version(world: World) -> None:
    made = await world.log("svm", {"a": b"1"})
    model = await world.model("digits")
    await membership.add(world.graph, world.viewer, LIMITS, model, made.id, "version", None)

    id = await world.run(used=(model,))

    used = edge.Neighbourhood(edge.USED, Stretch(None, None, 9))
    (rows,) = await used(world.graph, world.viewer, [id])
    assert [(row.entity.id, row.via) for row in rows.items] == [(made.id, model)]


async def test_a_run_that_used_something_unknown_does_not_begin(world: World) -> None:
    before = await world.snapshot()
    unknown = new_id("Artifact")

    with pytest.raises(UnknownId, match=unknown):
        await world.run(used=(unknown,))

    assert await world.snapshot() == before


async def test_parameters_are_scalars_and_the_last_one_counts(world: World) -> None:
    id = await world.run(parameters={"C": 1, "kernel": "rbf"})

    await run.log_parameters(world.graph, world.viewer, LIMITS, id, {"C": 10.5, "shrinking": True})
    with pytest.raises(BadParameter, match="'layers' is of type list"):
        await run.log_parameters(world.graph, world.viewer, LIMITS, id, {"gamma": 2, "layers": [1]})

    parameters = {"C": 10.5, "kernel": "rbf", "shrinking": True}
    assert (await read(world, id)).parameters == parameters
    assert await world.properties(id, "parameter.") == {
        f"parameter.{key}": value for key, value in parameters.items()
    }


async def test_a_run_is_locked_by_one_transaction_at_a_time(world: World) -> None:
    id = await world.run()
    order: list[str] = []

    async def work(name: str) -> None:
        async def locked(tx: Transaction) -> None:
            await run.locked(tx, world.viewer, id)
            order.append(name)
            await asyncio.sleep(0.05)
            order.append(name)

        await world.graph.in_transaction(locked)

    await asyncio.gather(work("a"), work("b"))

    assert order in (["a", "a", "b", "b"], ["b", "b", "a", "a"])
