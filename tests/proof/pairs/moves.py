"""Pairs of which one moves a collection to another project."""

from dataclasses import replace

from graph_api.services import artifact, artifact_collection, deletion, entity
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, filled, on, pair, version
from tests.services.world import LIMITS, World


async def moved(world: World, to: str = "letters") -> Operation:
    """The move of the collection ``a`` to another project."""
    await world.project(to)
    id = (await world.collection("a")).id

    async def work(w: World) -> object:
        return await artifact_collection.move(w.graph, w.viewer, id, to)

    return on(world, work)


async def staying(world: World) -> World:
    """For someone who sees nothing of another project."""
    digits = (await world.project(),)
    return replace(world, viewer=world.viewer.model_copy(update={"projects": digits}))


@pair("artifact_collection.move", "artifact.commit.commit")
async def a_move_and_a_commit(world: World) -> Two:
    await version(world, "a", b"1", aliases=("best",))
    draft = await filled(world, "a", b"2", aliases=("best",))
    return await moved(world), on(world, lambda w: w.commit(draft))


@pair("artifact_collection.move", "artifact.commit.commit")
async def a_move_out_of_sight_and_a_commit(world: World) -> Two:
    # A commit that is refused late has stored its page, which is there already.
    await version(world, "b", b"1")
    draft = await filled(world, "a", b"1")
    return await moved(world), on(await staying(world), lambda w: w.commit(draft))


@pair("artifact_collection.move", "artifact.draft.create_draft")
async def a_move_and_a_draft(world: World) -> Two:
    await version(world, "a", b"1")
    return await moved(world), on(world, lambda w: w.draft("a"))


@pair("artifact_collection.move", "artifact.change.add_aliases")
async def a_move_out_of_sight_and_an_alias(world: World) -> Two:
    id = await version(world, "a", b"1")

    async def name(w: World) -> object:
        return await artifact.add_aliases(w.graph, w.viewer, LIMITS, id, ["best"])

    return await moved(world), on(await staying(world), name)


@pair("artifact_collection.move")
async def two_moves(world: World) -> Two:
    await version(world, "a", b"1")
    return await moved(world), await moved(world, "signs")


@pair("artifact_collection.move", "entity.update")
async def a_move_and_a_rename(world: World) -> Two:
    await version(world, "a", b"1")
    id = (await world.collection("a")).id

    async def rename(w: World) -> object:
        return await artifact_collection.update(w.graph, w.viewer, LIMITS, id, name="b")

    return await moved(world), on(world, rename)


@pair("artifact_collection.move", "entity.create_named")
async def a_move_and_a_creation_under_the_name(world: World) -> Two:
    await version(world, "a", b"1")
    return await moved(world), on(world, lambda w: w.draft("a", project="letters", type="model"))


@pair("artifact_collection.move", "entity.set_read_only")
async def a_move_out_of_sight_and_a_lock(world: World) -> Two:
    await version(world, "a", b"1")
    id = (await world.collection("a")).id

    async def lock(w: World) -> object:
        return await entity.set_read_only(w.graph, w.viewer, id, read_only=True)

    return await moved(world), on(await staying(world), lock)


@pair("artifact_collection.move", "deletion.trash.delete")
async def a_move_out_of_sight_and_a_deletion_of_what_it_came_of(world: World) -> Two:
    raw, made = await version(world, "raw", b"1"), await version(world, "a", b"2")
    await world.link(raw, made)

    async def delete(w: World) -> object:
        await deletion.delete(
            w.graph, w.blobs, w.viewer, [raw], force=False, trash_seconds=60, seconds=30
        )
        return "deleted"

    return await moved(world), on(await staying(world), delete)
