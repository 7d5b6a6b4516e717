"""Edges: what a run used and logged, and what is linked."""

import pytest

from graph_api.errors import BadRole, UnknownId, WouldCloseCycle
from graph_api.models.entity import new_id
from graph_api.models.page import Cut, Stretch, Window
from graph_api.models.viewer import Viewer
from graph_api.models.where import Related, Where
from graph_api.services import edge, membership, model, run
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def neighbours(
    world: World, along: edge.Along, id: str
) -> list[tuple[str, str | None, bool | None, str | None]]:
    batch = edge.Neighbourhood(along, Stretch(None, None, 9))
    (rows,) = await batch(world.graph, world.viewer, [id])
    return [(row.entity.id, row.via, row.reused, row.role) for row in rows.items]


async def test_a_use_is_seen_from_both_ends(world: World) -> None:
    data, train = await world.log("data", {"a": b"1"}), await world.run()

    await world.use(train, data.id)
    await world.use(train, data.id)

    assert await neighbours(world, edge.CONSUMERS, data.id) == [(train, None, None, None)]
    assert await neighbours(world, edge.USED, train) == [(data.id, None, None, None)]
    assert await neighbours(world, edge.LOGGED, train) == []


async def test_a_log_is_seen_from_both_ends(world: World) -> None:
    train, model = await world.run(), await world.model("m")

    await run.log(world.graph, world.viewer, train, [model])
    await run.log(world.graph, world.viewer, train, [model])

    assert await neighbours(world, edge.PRODUCERS, model) == [(train, None, False, None)]
    assert await neighbours(world, edge.LOGGED, train) == [(model, None, False, None)]


async def test_a_link_has_a_role_and_is_drawn_once(world: World) -> None:
    data, model = await world.log("data", {"a": b"1"}), await world.model("m")

    assert await world.link(data.id, model, "training dataset") == "training dataset"
    before = await world.snapshot()
    await world.link(data.id, model, "training dataset")

    assert await world.snapshot() == before
    assert await neighbours(world, edge.LINKS_OUT, data.id) == [
        (model, None, None, "training dataset")
    ]
    assert await neighbours(world, edge.LINKS_IN, model) == [
        (data.id, None, None, "training dataset")
    ]
    assert await neighbours(world, edge.LINKS_OUT, model) == []


async def test_a_link_that_would_close_a_cycle_names_it_and_is_not_drawn(world: World) -> None:
    a, b, c = [await world.model(name) for name in "abc"]
    await world.link(a, b)
    await world.link(b, c)
    before = await world.snapshot()

    with pytest.raises(WouldCloseCycle) as refused:
        await world.link(c, a)
    with pytest.raises(WouldCloseCycle):
        await world.link(a, a)

    assert str(refused.value) == f"The link would close the cycle {c} → {a} → {b} → {c}."
    assert await world.snapshot() == before


async def test_the_roles_of_members_and_unknown_ends_are_refused(world: World) -> None:
    a, b, unknown = await world.model("a"), await world.model("b"), new_id("Model")
    before = await world.snapshot()

    for role in ("version", "snapshot"):
        with pytest.raises(BadRole, match=f"^The role '{role}' is kept for members"):
            await world.link(a, b, role)
    with pytest.raises(UnknownId, match=f"^No Model has the id '{unknown}'"):
        await world.link(a, unknown)

    assert await world.snapshot() == before


async def test_neighbours_are_read_in_stretches_from_either_end_for_each_entity(
    world: World,
) -> None:
    data, other = await world.log("data", {"a": b"1"}), await world.log("other", {"a": b"2"})
    a, b, c, d = [await world.run(used=(data.id,)) for _ in range(4)]

    async def found(stretch: Stretch) -> list[list[str]]:
        batch = edge.Neighbourhood(edge.CONSUMERS, stretch)
        rows = await batch(world.graph, world.viewer, [data.id, other.id])
        return [[row.entity.id for row in some.items] for some in rows]

    assert await found(Stretch(None, None, 3)) == [[a, b, c], []]
    assert await found(Stretch(None, None, 3, backward=True)) == [[d, c, b], []]
    assert await found(Stretch(Cut(a, past=True), Cut(d, past=False), 9)) == [[b, c], []]
    assert await found(Stretch(Cut(a, past=False), Cut(d, past=True), 9)) == [[a, b, c, d], []]


async def test_what_is_hidden_is_neither_a_way_nor_a_first(world: World) -> None:
    data = await world.log("data", {"a": b"1"})
    secret = await world.log("secret", {"a": b"2"}, project="theirs")
    limited = world.viewer.model_copy(update={"projects": (await world.project(),)})
    hidden_model = await model.create(world.graph, world.viewer, LIMITS, "theirs", "hidden")
    shown_model = await world.model("shown")
    for container, member in ((hidden_model, data.id), (shown_model, secret.id)):
        await membership.add(world.graph, world.viewer, LIMITS, container, member, "version", None)
    first, second = await world.run(project="theirs"), await world.run()
    train = await world.run(used=(hidden_model, shown_model))
    for id in (first, second):
        await run.log(world.graph, world.viewer, id, [shown_model])

    async def uses(viewer: Viewer) -> list[str]:
        where = Where(Related("uses", shown_model), 1)
        found = await run.page(world.graph, viewer, await world.project(), Window(), where=where)
        return [row.id for row in found.items]

    ways: list[list[tuple[str, str | None]]] = []
    for viewer in (limited, world.viewer):
        for query, id in ((edge.USED, train), (edge.CONSUMERS, data.id)):
            (found,) = await edge.Neighbourhood(query, Stretch(None, None, 9))(
                world.graph, viewer, [id]
            )
            ways.append([(row.entity.id, row.via) for row in found.items])
    assert ways[:2] == [[(data.id, None)], [(train, None)]]
    assert sorted(ways[2]) == sorted([(data.id, hidden_model), (secret.id, shown_model)])
    assert ways[3] == [(train, hidden_model)]
    assert await edge.first_producers(world.graph, limited, [shown_model]) == [second]
    assert await edge.first_producers(world.graph, world.viewer, [shown_model]) == [first]
    assert (await uses(limited), await uses(world.viewer)) == ([], [train])
