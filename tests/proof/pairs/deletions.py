"""Pairs of deletions with what needs the same versions, and with each other."""

from graph_api.services import artifact, deletion, edge, expiry, membership
from graph_api.settings import Settings
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, filled, on, pair, version
from tests.services.test_sweep import later
from tests.services.world import LIMITS, World

DELETE = "deletion.trash.delete"
PURGE = "deletion.purge._purge"
RESTORE = "deletion.trash.restore"


def deleted(world: World, *ids: str, force: bool = False, trash_seconds: int = 60) -> Operation:
    """A deletion; when the bytes would go is not compared."""

    async def work(w: World) -> object:
        plan = await deletion.delete(
            w.graph, w.blobs, w.viewer, ids, force=force, trash_seconds=trash_seconds, seconds=30
        )
        return len(plan.artifacts), plan.freed

    return on(world, work)


def restored(world: World, id: str) -> Operation:
    return on(world, lambda w: deletion.restore(w.graph, w.viewer, [id]))


def purged(world: World) -> Operation:
    async def work(w: World) -> None:
        await deletion.purge(w.graph, w.blobs, later(days=30))

    return on(world, work)


async def trashed(world: World, name: str, data: bytes, **new: object) -> str:
    """A version that is deleted already."""
    id = await version(world, name, data, **new)
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [id], force=True, trash_seconds=60, seconds=30
    )
    return id


@pair(DELETE)
async def two_deletions_of_a_version(world: World) -> Two:
    id = await version(world, "a", b"1")
    return deleted(world, id), deleted(world, id)


@pair(DELETE, "artifact.change.add_aliases")
async def a_deletion_and_an_alias(world: World) -> Two:
    id = await version(world, "a", b"1")

    async def work(w: World) -> object:
        return await artifact.add_aliases(w.graph, w.viewer, LIMITS, id, ["gold"])

    return deleted(world, id), on(world, work)


@pair(DELETE, "run.use")
async def a_deletion_and_a_run_that_begins_to_use_it(world: World) -> Two:
    id, run_id = await version(world, "a", b"1"), await world.run()
    return deleted(world, id), on(world, lambda w: w.use(run_id, id))


@pair(DELETE, "artifact.commit.commit")
async def a_deletion_of_the_latest_and_a_commit_of_the_same(world: World) -> Two:
    id = await version(world, "a", b"1")
    draft = await filled(world, "a", b"1")
    return deleted(world, id), on(world, lambda w: w.commit(draft))


@pair(DELETE, "membership.add")
async def a_deletion_and_a_registration(world: World) -> Two:
    id, container = await version(world, "a", b"1"), await world.model("m")

    async def work(w: World) -> object:
        return await membership.add(w.graph, w.viewer, LIMITS, container, id, "version", None)

    return deleted(world, id), on(world, work)


@pair(DELETE, "edge.link")
async def a_deletion_and_a_link_to_a_model(world: World) -> Two:
    id, container = await version(world, "a", b"1"), await world.model("m")

    async def work(w: World) -> object:
        return await edge.link(w.graph, w.viewer, LIMITS, id, container, "data")

    return deleted(world, id), on(world, work)


def expired(world: World) -> Operation:
    """A sweep in two hours; how many versions went."""

    async def work(w: World) -> object:
        now = later(hours=2)
        return (await expiry.expire(w.graph, w.blobs, w.viewer, Settings(), now)).deleted

    return on(world, work)


async def short_lived(world: World, **new: object) -> str:
    """A version that lives for an hour."""
    id = await version(world, "a", b"1", **new)
    await expiry.set_time_to_live(world.graph, world.viewer, id, 3_600)
    return id


@pair(DELETE, "run.use")
async def an_expiry_and_a_run_that_begins_to_use_it(world: World) -> Two:
    id, run_id = await short_lived(world), await world.run()
    return expired(world), on(world, lambda w: w.use(run_id, id))


@pair(DELETE, "expiry.set_time_to_live")
async def an_expiry_and_a_longer_life(world: World) -> Two:
    id = await short_lived(world)

    async def work(w: World) -> object:
        return await expiry.set_time_to_live(w.graph, w.viewer, id, 86_400)

    return expired(world), on(world, work)


@pair(DELETE, "artifact.change.protect_aliases")
async def an_expiry_and_the_protection_of_its_alias(world: World) -> Two:
    await short_lived(world, aliases=("best",))
    id = (await world.collection("a")).id

    async def work(w: World) -> object:
        return await artifact.protect_aliases(
            w.graph, w.viewer, LIMITS, id, ["best"], protected=True
        )

    return expired(world), on(world, work)


@pair("expiry.expire", "expiry.set_time_to_live")
async def what_is_needed_still_and_a_longer_life(world: World) -> Two:
    id = await short_lived(world)
    await world.use(await world.run(), id)

    async def work(w: World) -> object:
        return await expiry.set_time_to_live(w.graph, w.viewer, id, 86_400)

    return expired(world), on(world, work)


@pair(DELETE, RESTORE)
async def a_deletion_and_a_restoration(world: World) -> Two:
    id = await trashed(world, "a", b"1", aliases=("gold",))
    return deleted(world, id, force=True), restored(world, id)


@pair(RESTORE, "artifact.change.add_aliases")
async def a_restoration_and_its_alias_on_another(world: World) -> Two:
    id, other = await trashed(world, "a", b"1", aliases=("x",)), await version(world, "a", b"2")

    async def work(w: World) -> object:
        return await artifact.add_aliases(w.graph, w.viewer, LIMITS, other, ["x"])

    return restored(world, id), on(world, work)


@pair(RESTORE, PURGE)
async def a_restoration_and_a_purge(world: World) -> Two:
    id = await trashed(world, "a", b"1")
    return restored(world, id), purged(world)


@pair(PURGE)
async def two_purges(world: World) -> Two:
    await trashed(world, "a", b"1")
    return purged(world), purged(world)


@pair(PURGE, "artifact.commit.commit")
async def a_purge_and_a_commit_of_the_same_content(world: World) -> Two:
    await trashed(world, "a", b"1")
    draft = await filled(world, "b", b"1")
    return purged(world), on(world, lambda w: w.commit(draft))
