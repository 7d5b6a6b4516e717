"""Pairs that draw links and add members."""

from graph_api.services import (
    edge,
    membership,
)
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, on, pair, version
from tests.services.world import LIMITS, World


def linked(world: World, source: str, target: str) -> Operation:
    return on(world, lambda w: edge.link(w.graph, w.viewer, LIMITS, source, target, "teacher"))


def joined(world: World, container: str, id: str, stage: str | None) -> Operation:
    async def work(w: World) -> object:
        return await membership.add(w.graph, w.viewer, LIMITS, container, id, "version", stage)

    return on(world, work)


@pair("edge.link")
async def two_links_of_a_cycle(world: World) -> Two:
    one, two = await version(world, "a", b"1"), await version(world, "b", b"2")
    return linked(world, one, two), linked(world, two, one)


@pair("edge.link")
async def two_times_one_link(world: World) -> Two:
    one, two = await version(world, "a", b"1"), await version(world, "b", b"2")
    return linked(world, one, two), linked(world, one, two)


@pair("membership.add")
async def two_versions_of_a_model(world: World) -> Two:
    one, two = await version(world, "a", b"1"), await version(world, "a", b"2")
    id = await world.model("m")
    return joined(world, id, one, None), joined(world, id, two, "STAGING")


@pair("membership.add")
async def two_stages_of_a_version(world: World) -> Two:
    one, id = await version(world, "a", b"1"), await world.model("m")
    return joined(world, id, one, "STAGING"), joined(world, id, one, "PRODUCTION")


@pair("run.use", "membership.add")
async def a_use_of_a_model_and_its_next_version(world: World) -> Two:
    one, two = await version(world, "a", b"1"), await version(world, "a", b"2")
    id, container = await world.run(), await world.model("m")
    await membership.add(world.graph, world.viewer, LIMITS, container, one, "version", None)
    return on(world, lambda w: w.use(id, container)), joined(world, container, two, None)
