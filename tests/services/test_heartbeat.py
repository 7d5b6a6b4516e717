"""Heartbeats: runs that fall silent crash, and come back when they are heard of."""

import asyncio
import re

import pytest

from graph_api.errors import RunEnded, UnknownId, WrongKind
from graph_api.models.entity import new_id
from graph_api.models.run import NewRun, Run, Status
from graph_api.services import heartbeat, ledger, run
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.parametrize("byte_store", ["folder"], indirect=True)


async def read(world: World, id: str) -> Run:
    return await run.checked(world.graph, world.viewer, id)


async def crash_silent(world: World, seconds: float) -> list[str]:
    return await heartbeat.crash_silent(world.graph, world.viewer, seconds)


async def changes(world: World) -> list[str]:
    return [row.what for row in await ledger.changes(world.graph, world.viewer, 0, 1000)]


async def crashed(world: World, **new: object) -> str:
    """A run that fell silent."""
    id = await world.run(heartbeats=True, **new)
    assert await crash_silent(world, 0) == [id]
    return id


async def test_a_run_that_fell_silent_is_crashed_with_the_reason(world: World) -> None:
    silent, other = await world.run(heartbeats=True), await world.run()

    assert await crash_silent(world, 60) == []
    assert await crash_silent(world, 0) == [silent]
    assert await crash_silent(world, 0) == []

    found = await read(world, silent)
    assert found.status == "CRASHED"
    assert found.ended_at
    assert re.fullmatch(
        r"No heartbeat for 0 seconds; the last came at [0-9T:-]{19}\+00:00\.", found.reason or ""
    )
    assert (await read(world, other)).status == "RUNNING"
    assert await changes(world) == [
        "Project created",
        "Run started",
        "Run started",
        "Run CRASHED",
    ]


async def test_a_heartbeat_keeps_a_run_and_leaves_no_change(world: World) -> None:
    id = await world.run()
    before = await world.snapshot()
    await heartbeat.beat(world.graph, world.viewer, id)
    await asyncio.sleep(1)
    await heartbeat.beat(world.graph, world.viewer, id)

    assert await crash_silent(world, 0.8) == []
    assert await world.snapshot() == before
    await asyncio.sleep(1)
    assert await crash_silent(world, 0.8) == [id]


async def test_a_crashed_run_that_is_heard_of_goes_on(world: World) -> None:
    id = await crashed(world)

    await heartbeat.beat(world.graph, world.viewer, id)

    found = await read(world, id)
    assert (found.status, found.reason, found.ended_at) == ("RUNNING", None, None)
    assert (await changes(world))[-1] == "Run heard of again"
    assert await crash_silent(world, 60) == []
    assert await crash_silent(world, 0) == [id]


async def test_a_crashed_run_may_end_after_all(world: World) -> None:
    id = await crashed(world)

    await run.finish(world.graph, world.viewer, id, "COMPLETED", None)

    found = await read(world, id)
    assert (found.status, found.reason) == ("COMPLETED", None)


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "KILLED"])
async def test_a_run_that_ended_is_not_heard_of_again(world: World, status: Status) -> None:
    id = await world.run(heartbeats=True)
    await run.finish(world.graph, world.viewer, id, status, None)
    before = await world.snapshot()

    with pytest.raises(RunEnded, match=rf"^Run '{id}' is {status} already"):
        await heartbeat.beat(world.graph, world.viewer, id)

    assert await world.snapshot() == before
    assert await crash_silent(world, 0) == []
    assert await world.properties(id, "heartbeat") == {}


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "KILLED", "CRASHED", "RUNNING"])
async def test_a_run_resumes_from_every_status_and_keeps_what_it_is(
    world: World, status: Status
) -> None:
    await world.run()
    id = await world.run(key="k", name="train", parameters={"C": 1}, heartbeats=True)
    if status == "CRASHED":
        assert await crash_silent(world, 0) == [id]
    elif status != "RUNNING":
        await run.finish(world.graph, world.viewer, id, status, "why")
    before = await read(world, id)

    resumed = await run.start(
        world.graph, world.viewer, LIMITS, NewRun(project="digits", key="k", resume=True)
    )

    kept = before.model_copy(update={"status": "RUNNING", "reason": None, "ended_at": None})
    assert (resumed.id, resumed.created) == (id, False)
    assert await read(world, id) == kept
    assert (kept.number, kept.key, kept.name, kept.parameters) == (2, "k", "train", {"C": 1})


async def test_one_sweep_of_many_crashes_a_silent_run(world: World) -> None:
    ids = sorted([await world.run(heartbeats=True) for _ in range(3)])

    found = await asyncio.gather(*(crash_silent(world, 0) for _ in range(4)))

    assert sorted(id for each in found for id in each) == ids
    assert (await changes(world)).count("Run CRASHED") == 3


async def test_a_heartbeat_beside_the_end_never_leaves_an_ended_run_with_one(world: World) -> None:
    for _ in range(20):
        id = await world.run(heartbeats=True)
        await asyncio.gather(
            heartbeat.beat(world.graph, world.viewer, id),
            run.finish(world.graph, world.viewer, id, "COMPLETED", None),
            return_exceptions=True,
        )
        assert (await read(world, id)).status == "COMPLETED"
        assert await world.properties(id, "heartbeat") == {}


async def test_only_a_run_that_the_viewer_sees_has_heartbeats(world: World) -> None:
    id = await world.run()
    stranger = world.viewer.model_copy(update={"projects": ()})

    with pytest.raises(UnknownId):
        await heartbeat.beat(world.graph, stranger, id)
    with pytest.raises(UnknownId):
        await heartbeat.beat(world.graph, world.viewer, new_id("Run"))
    with pytest.raises(WrongKind):
        await heartbeat.beat(world.graph, world.viewer, new_id("Model"))
    assert await world.properties(id, "heartbeat") == {}
