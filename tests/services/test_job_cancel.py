"""Jobs that are cancelled: what they had done stays, and is told as it is."""

import asyncio
from typing import Any

import pytest

from graph_api.graph import Transaction
from graph_api.models import instant
from graph_api.models.deletion import Plan
from graph_api.services import job
from graph_api.services.deletion import trash
from graph_api.services.job import deletion as slices
from graph_api.services.job import turn as turns
from graph_api.services.job.slice import ADVANCE
from tests.services.work import deletion_of, logged, read, states, told, turn
from tests.services.world import World

pytestmark = pytest.mark.no_bytes


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions a slice."""
    monkeypatch.setattr(slices, "_AT_ONCE", 2)


async def test_a_cancelled_job_does_no_more(world: World) -> None:
    ids = await logged(world, 3)
    id = await deletion_of(world)
    await turn(world, id)

    await job.cancel(world.graph, world.viewer, id)

    row = await turn(world, id)
    assert told(row) == ("CANCELLED", 2, 3, "CANCELLED")
    assert row.error_message == (
        "ada cancelled it; what was done by then stays, 2 of 3. Start it again to go on."
    )
    assert await states(world, ids) == ["COMMITTED", "DELETED", "DELETED"]
    assert await job.due(world.graph, 9) == []
    await job.cancel(world.graph, world.viewer, id)
    assert await read(world, id) == row


async def test_a_job_that_is_cancelled_in_the_midst_of_a_slice_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await logged(world, 2)
    id = await deletion_of(world)
    planned = trash.plan

    async def beside(*args: Any, **kwargs: Any) -> Plan:
        found = await planned(*args, **kwargs)
        await job.cancel(world.graph, world.viewer, id)
        return found

    monkeypatch.setattr(trash, "plan", beside)

    assert told(await turn(world, id)) == ("CANCELLED", 0, 2, "CANCELLED")
    assert await states(world, ids) == ["COMMITTED"] * 2


async def test_a_cancellation_tells_what_a_slice_has_done_that_ends_meanwhile(
    world: World,
) -> None:
    await logged(world, 3)
    id = await deletion_of(world)
    held = {"id": id, "lease": "mine"}
    await world.graph.write(turns.CLAIM, now=0, microseconds=instant.SECOND, **held)
    written, ended = asyncio.Event(), asyncio.Event()

    async def slice(tx: Transaction) -> None:
        await tx.write(ADVANCE, done=2, position=2, result=None, **held)
        written.set()
        await ended.wait()

    slicing = asyncio.create_task(world.graph.in_transaction(slice))
    await written.wait()
    cancelling = asyncio.create_task(job.cancel(world.graph, world.viewer, id))
    # What it could read without the lock it has read by then.
    await asyncio.sleep(0.3)
    ended.set()
    await asyncio.gather(slicing, cancelling)

    row = await read(world, id)
    assert told(row) == ("CANCELLED", 2, 3, "CANCELLED")
    assert row.error_message == (
        "ada cancelled it; what was done by then stays, 2 of 3. Start it again to go on."
    )
