"""Aliases: names that move from version to version."""

import pytest

from graph_api.graph import Query
from graph_api.services import alias, artifact
from tests.services.world import LIMITS, Properties, World

pytestmark = pytest.mark.no_bytes

WAS = Query(
    "tests/was",
    "MATCH (:Alias {name: $name})-[w:WAS]->(a) RETURN {at: a.id, until: w.until} AS of",
    Properties,
)


async def names(world: World, *ids: str) -> list[tuple[str, ...]]:
    return await alias.by_artifacts(world.graph, world.viewer, list(ids))


async def test_the_names_of_each_version_come_sorted_in_the_order_asked(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("z", "b"))
    two = await world.log("data", {"a": b"2"})

    assert await names(world, two.id, one.id) == [(), ("b", "z")]


async def test_an_alias_that_moves_remembers_where_it_was(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    two = await world.log("data", {"a": b"2"}, aliases=("best",))
    seq = (await world.snapshot())["seq"][0]

    assert await names(world, one.id, two.id) == [(), ("best",)]
    assert [row.of for row in await world.graph.fetch(WAS, name="best")] == [
        {"at": one.id, "until": seq}
    ]


async def test_to_point_again_where_it_points_is_no_move(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))

    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one.id, ["best", "best"])

    assert await names(world, one.id) == [("best",)]
    assert await world.graph.fetch(WAS, name="best") == []


async def test_an_alias_is_taken_off_the_version_it_points_at_only(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("old",))
    two = await world.log("data", {"a": b"2"}, aliases=("best",))

    await artifact.remove_aliases(world.graph, world.viewer, one.id, ["old", "best", "unknown"])

    assert await names(world, one.id, two.id) == [(), ("best",)]


async def test_collections_have_aliases_of_their_own(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    other = await world.log("labels", {"a": b"1"}, aliases=("best",))

    assert await names(world, one.id, other.id) == [("best",), ("best",)]
