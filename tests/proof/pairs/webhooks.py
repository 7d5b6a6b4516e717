"""Pairs that make, change, deliver and remove webhooks. What they tell is refused by egress."""

from graph_api.egress import Egress
from graph_api.models import instant
from graph_api.services import webhook
from graph_api.services.keyring import Keyring
from graph_api.services.notice import Closures
from graph_api.services.webhook import turn
from graph_api.settings import Settings
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, on, pair
from tests.services.world import LIMITS, World

OLD, NEW = Keyring((b"o" * 32,), None), Keyring((b"n" * 32, b"o" * 32), None)
TURN = ("webhook.turn.take_turn", "webhook.turn._give_back")


async def created(w: World) -> str:
    id, _ = await webhook.create(
        w.graph, OLD, w.viewer, LIMITS, "digits", "https://127.0.0.1/", ["stage.changed"]
    )
    return id


def making(world: World) -> Operation:
    async def work(w: World) -> object:
        return bool(await created(w))

    return on(world, work)


def updated(world: World, id: str, url: str) -> Operation:
    return on(world, lambda w: webhook.update(w.graph, w.viewer, id, url=url))


def rotated(world: World, id: str) -> Operation:
    async def work(w: World) -> object:
        return bool(await webhook.rotate_secret(w.graph, OLD, w.viewer, id))

    return on(world, work)


def removed(world: World, id: str) -> Operation:
    return on(world, lambda w: webhook.delete(w.graph, w.viewer, id))


def replayed(world: World, id: str) -> Operation:
    return on(world, lambda w: webhook.replay(w.graph, w.viewer, id, 1))


def turning(world: World, id: str) -> Operation:
    async def work(w: World) -> None:
        courier = webhook.Courier(w.graph, Egress(), OLD, Settings(), Closures())
        await webhook.take_turn(courier, id)

    return on(world, work)


@pair("webhook.change.create")
async def two_webhooks_of_one_address(world: World) -> Two:
    await world.project()
    return making(world), making(world)


@pair("webhook.change.update")
async def two_changes_of_a_webhook(world: World) -> Two:
    id = await created(world)
    return updated(world, id, "https://one.test/"), updated(world, id, "https://two.test/")


@pair("webhook.change.rotate_secret", "webhook.seal.reseal")
async def a_secret_that_is_rotated_and_sealed_anew(world: World) -> Two:
    id = await created(world)

    async def work(w: World) -> object:
        await webhook.reseal(w.graph, NEW)
        row = await webhook.checked(w.graph, w.viewer, id)
        return NEW.open(row.sealed, id) is not None

    return rotated(world, id), on(world, work)


@pair("webhook.change.rotate_secret", "webhook.change.delete")
async def a_secret_that_is_rotated_and_the_end_of_its_webhook(world: World) -> Two:
    id = await created(world)
    return rotated(world, id), removed(world, id)


@pair("webhook.change.replay", *TURN)
async def a_replay_and_a_delivery(world: World) -> Two:
    id = await created(world)
    return replayed(world, id), turning(world, id)


@pair(*TURN)
async def two_sweepers_that_find_one_webhook(world: World) -> Two:
    id = await created(world)
    await world.project("other")
    return turning(world, id), turning(world, id)


@pair("webhook.turn._advance", "webhook.turn._keep", "webhook.change.update")
async def a_delivery_that_goes_on_and_a_change_of_its_webhook(world: World) -> Two:
    id = await created(world)
    held = {"id": id, "lease": "x"}
    await world.graph.write(turn.CLAIM, microseconds=60 * instant.SECOND, **held)

    async def work(w: World) -> object:
        later = {"seq": 2, "status": None, "at": None}
        renewed = await w.graph.write(turn.RENEW, microseconds=60 * instant.SECOND, **held)
        advanced = await w.graph.write(turn.ADVANCE, **later, **held)
        return len(advanced) <= len(renewed) <= 1

    return on(world, work), updated(world, id, "https://one.test/")
