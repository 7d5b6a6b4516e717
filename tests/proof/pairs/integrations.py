"""Pairs that store, change and remove credentials."""

from graph_api.models.integration import Options
from graph_api.services import integration
from graph_api.services.keyring import Keyring
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, on, pair
from tests.services.world import LIMITS, World

OLD, NEW = Keyring((b"o" * 32,), None), Keyring((b"n" * 32, b"o" * 32), None)


def options(prefix: str = "", secret: str = "secret") -> Options:
    return Options.checked("lake", prefix, None, "us-east-1", f"access-of-{secret}", secret)


async def created(w: World, name: str, prefix: str = "") -> str:
    return await integration.create(w.graph, OLD, w.viewer, LIMITS, "digits", name, options(prefix))


def updated(world: World, id: str, name: str | None, new: Options | None = None) -> Operation:
    async def work(w: World) -> object:
        await integration.update(w.graph, OLD, w.viewer, LIMITS, id, name, new)
        return await signed(w)

    return on(world, work)


async def signed(w: World) -> object:
    """By which keys a reference is signed: with a secret that opens."""
    scope = (await integration.by_projects(w.graph, w.viewer, [await w.project()]))[0]
    for row in scope:
        assert row.access_key == f"access-of-{NEW.open(row.sealed, row.id)}"
    return None


@pair("integration.create")
async def two_credentials_of_one_name(world: World) -> Two:
    await world.project()
    return (
        on(world, lambda w: created(w, "a", "one/")),
        on(world, lambda w: created(w, "a", "two/")),
    )


@pair("integration.create", "integration.update")
async def a_credential_and_another_that_comes_to_its_place(world: World) -> Two:
    id = await created(world, "a", "one/")
    return on(world, lambda w: created(w, "b", "two/")), updated(world, id, None, options("two/"))


@pair("integration.update")
async def two_changes_of_a_credential(world: World) -> Two:
    id = await created(world, "a")
    return updated(world, id, "b", options("one/", "one")), updated(world, id, "c")


@pair("integration.update", "integration.delete")
async def a_change_of_a_credential_and_its_end(world: World) -> Two:
    id = await created(world, "a")

    async def work(w: World) -> object:
        return await integration.delete(w.graph, w.viewer, id, sure=True, really=True)

    return updated(world, id, "b"), on(world, work)


@pair("integration.update", "integration.reseal")
async def a_new_secret_and_the_old_one_sealed_anew(world: World) -> Two:
    id = await created(world, "a")

    async def work(w: World) -> object:
        await integration.reseal(w.graph, NEW)
        return await signed(w)

    return updated(world, id, None, options(secret="other")), on(world, work)
