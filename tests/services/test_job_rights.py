"""Jobs: they do what who started them may do at the time; who sees them sees their subject."""

import asyncio

import pytest

from graph_api.errors import Forbidden, NotSure, UnknownId
from graph_api.graph import Transaction
from graph_api.models.viewer import Scope, Viewer
from graph_api.services import api_key, artifact_collection, entity, job
from graph_api.services.api_key import authenticate
from graph_api.services.job import deletion as slices
from graph_api.settings import Limits
from tests.services.work import deletion_of, jobs_of, logged, read, states, told, turn
from tests.services.world import World

pytestmark = pytest.mark.no_bytes


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions a slice."""
    monkeypatch.setattr(slices, "_AT_ONCE", 2)


async def key_of(world: World, **projects: Scope) -> tuple[str, Viewer]:
    """A new key, and who comes by it."""
    made = await api_key.create(world.graph, world.viewer, Limits(), "grace", projects=projects)
    viewer = await authenticate(world.graph, world.viewer.organization_id, made.secret)
    return made.id, viewer


async def test_a_key_that_is_revoked_ends_its_job(world: World) -> None:
    ids = await logged(world, 3)
    key, grace = await key_of(world, digits="write")
    id = await deletion_of(world, viewer=grace)
    assert told(await turn(world, id, keys=True)) == ("RUNNING", 2, 3, None)

    await api_key.revoke(world.graph, world.viewer, key)

    row = await turn(world, id, keys=True)
    assert told(row) == ("FAILED", 2, 3, "FORBIDDEN")
    assert row.error_message == (
        "Whoever started this may not do it any more; what was done by then stays. Start it again "
        "with a key that may to go on."
    )
    assert await states(world, ids) == ["COMMITTED", "DELETED", "DELETED"]


async def test_what_was_started_without_a_key_ends_where_keys_are_needed(world: World) -> None:
    ids = await logged(world, 1)
    id = await deletion_of(world)

    assert told(await turn(world, id, keys=True)) == ("FAILED", 0, 1, "FORBIDDEN")

    assert await states(world, ids) == ["COMMITTED"]


async def test_a_deletion_takes_the_right_to_write_and_to_administer_where_forced(
    world: World,
) -> None:
    await logged(world, 1)
    _, reader = await key_of(world, digits="read")
    _, writer = await key_of(world, digits="write")
    before = await world.snapshot()

    for viewer, force in ((reader, False), (writer, True)):
        with pytest.raises(Forbidden):
            await deletion_of(world, viewer=viewer, force=force)
    assert await world.snapshot() == before

    id = await deletion_of(world, viewer=writer)
    with pytest.raises(Forbidden):
        await job.cancel(world.graph, reader, id)
    assert await jobs_of(world, reader) == [id]
    await job.cancel(world.graph, writer, id)
    assert told(await read(world, id)) == ("CANCELLED", 0, 1, "CANCELLED")


async def test_a_collection_that_moved_out_of_reach_takes_its_jobs_along(world: World) -> None:
    await logged(world, 3)
    await world.project("elsewhere")
    _, writer = await key_of(world, digits="write")
    id = await deletion_of(world, viewer=writer)
    await turn(world, id, keys=True)
    collection = (await world.collection("data")).id
    await artifact_collection.move(world.graph, world.viewer, collection, "elsewhere")

    assert told(await turn(world, id, keys=True)) == ("FAILED", 2, 3, "NOT_FOUND")
    assert await job.by_ids(world.graph, writer, [id]) == [None]
    assert (await jobs_of(world), await jobs_of(world, writer)) == ([id], [])
    with pytest.raises(UnknownId):
        await job.cancel(world.graph, writer, id)


async def test_who_may_not_delete_a_collection_does_not_wait_for_its_lock(world: World) -> None:
    await logged(world, 1)
    id = (await world.collection("data")).id
    _, reader = await key_of(world, digits="read")
    _, stranger = await key_of(world, elsewhere="write")
    locked, ended = asyncio.Event(), asyncio.Event()

    async def hold(tx: Transaction) -> None:
        await tx.write(entity.LOCK, id=id)
        locked.set()
        await ended.wait()

    holding = asyncio.create_task(world.graph.in_transaction(hold))
    await locked.wait()
    try:
        async with asyncio.timeout(20):
            for viewer, sure, error in (
                (reader, True, Forbidden),
                (stranger, True, UnknownId),
                (world.viewer, False, NotSure),
            ):
                with pytest.raises(error):
                    await job.delete_collection(
                        world.graph, viewer, id, sure=sure, really=True, force=False
                    )
    finally:
        ended.set()
        await holding
