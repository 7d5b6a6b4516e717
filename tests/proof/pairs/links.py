"""Pairs that draw links and add members."""

from graph_api.services import dataset, edge, membership
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


@pair("dataset.clone", "membership.add")
async def a_clone_and_a_snapshot(world: World) -> Two:
    one, two = await version(world, "a", b"1"), await version(world, "a", b"2")
    id = await world.dataset("d")
    await membership.add(world.graph, world.viewer, LIMITS, id, one, "snapshot", None)
    clone = on(world, lambda w: dataset.clone(w.graph, w.viewer, LIMITS, id, "e"))
    return clone, on(
        world, lambda w: membership.add(w.graph, w.viewer, LIMITS, id, two, "snapshot", None)
    )


@pair("dataset.clone")
async def two_clones_under_one_name(world: World) -> Two:
    one, two = await world.dataset("d", description="x"), await world.dataset("e")

    def cloned(id: str) -> Operation:
        return on(world, lambda w: dataset.clone(w.graph, w.viewer, LIMITS, id, "new"))

    return cloned(one), cloned(two)


@pair("run.use", "membership.add")
async def a_use_of_a_model_and_its_next_version(world: World) -> Two:
    one, two = await version(world, "a", b"1"), await version(world, "a", b"2")
    id, container = await world.run(), await world.model("m")
    await membership.add(world.graph, world.viewer, LIMITS, container, one, "version", None)
    return on(world, lambda w: w.use(id, container)), joined(world, container, two, None)


@pair("membership.roll_back", "membership.add")
async def a_stage_that_is_rolled_back_and_given(world: World) -> Two:
    model, two = await in_production(world)
    return rolled_back(world, model), joined(world, model, two, "STAGING")


@pair("membership.roll_back")
async def two_roll_backs_of_a_stage(world: World) -> Two:
    model, _ = await in_production(world)
    return rolled_back(world, model), rolled_back(world, model)


async def in_production(world: World) -> tuple[str, str]:
    """A model whose second version has taken the first one's stage; its id, and that artifact's."""
    one, two = await version(world, "a", b"1"), await version(world, "a", b"2")
    model = await world.model("m")
    for id, stage in ((one, "PRODUCTION"), (two, "PRODUCTION"), (one, "DEPRECATED")):
        await membership.add(world.graph, world.viewer, LIMITS, model, id, "version", stage)
    return model, two


def rolled_back(world: World, model: str) -> Operation:
    async def work(w: World) -> object:
        return await membership.roll_back(w.graph, w.viewer, model, "PRODUCTION", 1, None)

    return on(world, work)
