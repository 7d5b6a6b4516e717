"""Pairs that start jobs, do them and end them."""

from graph_api.services import job
from graph_api.services.job import end, turn
from graph_api.settings import Settings
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, filled, on, pair, version
from tests.proof.pairs.deletions import deleted
from tests.services.test_sweep import later
from tests.services.world import World

BEGIN = "job.begin.delete_collection"
SLICE = (
    *("job.turn.take_turn", "job.deletion.go_on", "job.slice.advance", "job.end.end"),
    "deletion.trash.delete",
)


async def begun(world: World, name: str = "a") -> str:
    """A job that deletes a collection."""
    id = (await world.collection(name)).id
    return await job.delete_collection(
        world.graph, world.viewer, id, sure=True, really=True, force=False
    )


def started(world: World) -> Operation:
    async def work(w: World) -> object:
        row = await job.checked(w.graph, w.viewer, await begun(w))
        return row.total, row.spec

    return on(world, work)


def slice(world: World, id: str, slices: int = 1) -> Operation:
    """So many turns; how far each comes depends on the other's."""

    async def work(w: World) -> None:
        for _ in range(slices):
            await job.take_turn(w.graph, w.blobs, Settings(trash_seconds=60), id)

    return on(world, work)


def cancelled(world: World, id: str) -> Operation:
    return on(world, lambda w: job.cancel(w.graph, w.viewer, id))


@pair(BEGIN, "artifact.commit.commit")
async def a_collection_that_begins_to_go_and_a_commit_to_it(world: World) -> Two:
    await version(world, "a", b"1")
    draft = await filled(world, "a", b"2")
    return started(world), on(world, lambda w: w.commit(draft))


@pair("job.begin.verify_artifact", "deletion.trash.delete")
async def a_verification_that_begins_and_a_deletion(world: World) -> Two:
    id = await version(world, "a", b"1")

    async def work(w: World) -> object:
        return bool(await job.verify_artifact(w.graph, w.viewer, id))

    return on(world, work), deleted(world, id)


@pair(*SLICE)
async def two_sweepers_that_find_one_job(world: World) -> Two:
    await version(world, "a", b"1")
    id = await begun(world)
    return slice(world, id, 2), slice(world, id, 2)


@pair(*SLICE)
async def two_jobs_that_delete_one_collection(world: World) -> Two:
    await version(world, "a", b"1")
    one, two = await begun(world), await begun(world)
    return slice(world, one, 2), slice(world, two, 2)


@pair("job.deletion.go_on", "deletion.trash.delete")
async def a_job_and_a_deletion_of_what_it_comes_to(world: World) -> Two:
    id = await version(world, "a", b"1")
    return slice(world, await begun(world), 2), deleted(world, id)


@pair("job.end.cancel", *SLICE)
async def a_slice_and_the_end_of_its_job(world: World) -> Two:
    await version(world, "a", b"1")
    id = await begun(world)
    return slice(world, id), cancelled(world, id)


@pair("job.end.cancel")
async def two_that_cancel_a_job(world: World) -> Two:
    await version(world, "a", b"1")
    id = await begun(world)
    return cancelled(world, id), cancelled(world, id)


@pair("job.end.forget")
async def two_sweeps_that_forget_a_job(world: World) -> Two:
    await version(world, "a", b"1")
    id = await begun(world)
    await job.cancel(world.graph, world.viewer, id)

    async def work(w: World) -> None:
        await job.forget(w.graph, later(days=31))

    return on(world, work), on(world, work)


@pair("job.turn._keep", "job.end.end")
async def a_lease_that_is_renewed_and_the_end_of_the_job(world: World) -> Two:
    await version(world, "a", b"1")
    id = await begun(world)
    held = {"id": id, "lease": "x", "microseconds": 1}
    await world.graph.write(turn.CLAIM, now=0, **held)

    async def work(w: World) -> object:
        return len(await w.graph.write(turn.RENEW, **held)) <= 1

    async def ended(w: World) -> None:
        await end.end(w.graph, id, "COMPLETED", lease="x")

    return on(world, work), on(world, ended)


@pair("job.turn._given_back", "job.end.cancel")
async def a_job_that_is_given_back_and_its_end(world: World) -> Two:
    await version(world, "a", b"1")
    id = await begun(world)
    await world.graph.write(turn.CLAIM, now=0, id=id, lease="x", microseconds=1)
    later_on = {"tries": 1, "microseconds": 60_000_000}

    async def work(w: World) -> object:
        return len(await w.graph.write(turn.GIVE_BACK, id=id, lease="x", **later_on)) <= 1

    return on(world, work), cancelled(world, id)
