"""Pairs that create and change what has a name of its own."""

from typing import Any

from graph_api.services import (
    api_key,
    entity,
    experiment,
    idempotency,
    membership,
    model,
    note,
    organization,
    withdrawal,
)
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, filled, on, pair, version
from tests.services.world import LIMITS, World


def renamed(world: World, id: str, **changes: Any) -> Operation:
    return on(world, lambda w: experiment.update(w.graph, w.viewer, LIMITS, id, **changes))


@pair("entity.update")
async def two_renames(world: World) -> Two:
    id = await world.experiment("a")
    return renamed(world, id, name="b"), renamed(world, id, name="c")


@pair("entity.update")
async def two_renames_to_one_name(world: World) -> Two:
    one, two = await world.experiment("a"), await world.experiment("b")
    return renamed(world, one, name="c"), renamed(world, two, name="c")


@pair("entity.update", "entity.create_named")
async def a_rename_and_a_creation_under_the_name(world: World) -> Two:
    id = await world.experiment("a")
    return renamed(world, id, name="b"), on(world, lambda w: w.experiment("b"))


@pair("entity.update", "entity.create_named")
async def a_rename_and_a_creation_under_the_old_name(world: World) -> Two:
    id = await world.experiment("a")
    return renamed(world, id, name="b"), on(world, lambda w: w.experiment("a", exists_ok=True))


@pair("entity.update")
async def two_revisions_of_metadata(world: World) -> Two:
    id = await world.experiment("a", metadata={"x": 1, "y": 1})
    return (
        renamed(world, id, metadata={"x": 2}, description="x"),
        renamed(world, id, metadata={"y": 2}, description="y"),
    )


@pair("entity.create_named")
async def two_creations_under_one_name(world: World) -> Two:
    return on(world, lambda w: w.model("a", description="x")), on(world, lambda w: w.model("a"))


@pair("entity.create_named")
async def two_creations_of_one_where_one_is_enough(world: World) -> Two:
    one = on(world, lambda w: w.model("a", description="x", exists_ok=True))
    return one, on(world, lambda w: w.model("a", description="y", exists_ok=True))


@pair("entity.create_named", "idempotency.once")
async def two_times_one_call_under_a_key(world: World) -> Two:
    call = idempotency.call("k", ["createModel", "a"])
    one = on(world, lambda w: model.create(w.graph, w.viewer, LIMITS, "digits", "a", call=call))
    return one, one


@pair("idempotency.once", "idempotency.forget")
async def a_call_and_the_end_of_its_record(world: World) -> Two:
    call = idempotency.call("k", ["createModel", "a"])
    await model.create(world.graph, world.viewer, LIMITS, "digits", "a", call=call)

    async def work(w: World) -> str:
        return await model.create(w.graph, w.viewer, LIMITS, "digits", "a", call=call)

    return on(world, work), on(world, lambda w: idempotency.forget(w.graph, 2**60))


@pair("organization.ensure_default")
async def two_first_starts(world: World) -> Two:
    async def work(w: World) -> str:
        return (await organization.ensure_default(w.graph)).name

    return on(world, work), on(world, work)


@pair("api_key.create", "api_key.revoke")
async def a_new_key_and_the_end_of_another(world: World) -> Two:
    old = await api_key.create(world.graph, world.viewer, LIMITS, "ada", everywhere="read")

    async def make(w: World) -> str:
        await api_key.create(w.graph, w.viewer, LIMITS, "grace", everywhere="write")
        return "made"

    return on(world, make), on(world, lambda w: api_key.revoke(w.graph, w.viewer, old.id))


@pair("entity.set_read_only", "artifact.commit.commit")
async def a_lock_and_a_commit(world: World) -> Two:
    await version(world, "a", b"1")
    draft, id = await filled(world, "a", b"2"), (await world.collection("a")).id

    async def work(w: World) -> object:
        return await entity.set_read_only(w.graph, w.viewer, id, read_only=True)

    return on(world, work), on(world, lambda w: w.commit(draft))


@pair("entity.set_read_only")
async def a_lock_and_its_end(world: World) -> Two:
    id = await world.model("m")

    def locked(*, read_only: bool) -> Operation:
        async def work(w: World) -> object:
            return await entity.set_read_only(w.graph, w.viewer, id, read_only=read_only)

        return on(world, work)

    return locked(read_only=True), locked(read_only=False)


@pair("note.add")
async def a_note_that_comes_twice(world: World) -> Two:
    id = await world.model("m")
    call = idempotency.call("k", ["addNote"])

    async def work(w: World) -> object:
        return await note.add(w.graph, w.viewer, LIMITS, id, "text", "key", call)

    return on(world, work), on(world, work)


def withdrawn(world: World, id: str, reason: str) -> Operation:
    return on(world, lambda w: withdrawal.withdraw(w.graph, w.viewer, id, reason))


def cleared(world: World, bad: str, id: str) -> Operation:
    return on(world, lambda w: withdrawal.clear(w.graph, w.viewer, bad, id, "It was looked at."))


@pair("withdrawal.withdraw")
async def two_withdrawals_for_two_reasons(world: World) -> Two:
    id = await world.model("m")
    return withdrawn(world, id, "one"), withdrawn(world, id, "two")


@pair("withdrawal.clear")
async def a_clearance_and_the_end_of_a_withdrawal(world: World) -> Two:
    bad, good = await world.model("m"), await world.model("n")
    await withdrawal.withdraw(world.graph, world.viewer, bad, "one")
    return cleared(world, bad, good), cleared(world, bad, bad)


@pair("withdrawal.withdraw", "membership.add")
async def a_withdrawal_and_a_promotion_of_what_came_of_it(world: World) -> Two:
    raw, made = [await version(world, name, b"x") for name in ("raw", "made")]
    await world.link(raw, made)
    return withdrawn(world, raw, "one"), on(
        world,
        lambda w: membership.register(
            w.graph, w.viewer, LIMITS, "digits", "svm", made, "PRODUCTION"
        ),
    )
