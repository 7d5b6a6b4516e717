"""Aliases: names that move from version to version."""

import pytest

from graph_api.graph import Query
from graph_api.services import alias, artifact, ledger
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


async def told(world: World, after: int) -> list[tuple[str, tuple[str, ...]]]:
    """What the ledger says since a place, and of whom."""
    changes = await ledger.changes(world.graph, world.viewer, after, 100)
    return [(change.what, change.subjects) for change in changes]


async def test_the_ledger_names_the_versions_that_an_alias_left(world: World) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best", "first"))
    two = await world.log("data", {"a": b"2"}, aliases=("second",))
    three = await world.log("data", {"a": b"3"})
    start = (await world.snapshot())["seq"][0]

    wanted = ["best", "first", "second", "third"]
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, three.id, wanted)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, three.id, wanted)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one.id, ["best"])

    assert await told(world, start) == [
        ("Aliases added: best, first, second, third", (three.id, one.id, two.id)),
        ("Aliases added: best", (one.id, three.id)),
    ]


async def test_the_ledger_names_the_version_that_a_commit_takes_an_alias_from(
    world: World,
) -> None:
    one = await world.log("data", {"a": b"1"}, aliases=("best",))
    run = await world.run()
    start = (await world.snapshot())["seq"][0]

    two = await world.log("data", {"a": b"2"}, aliases=("best",), run_id=run)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one.id, ["best"])
    again = await world.log("data", {"a": b"2"}, aliases=("best",))
    await world.log("data", {"a": b"2"}, aliases=("best",))

    assert (again.id, again.created) == (two.id, False)
    assert await told(world, start) == [
        ("Artifact committed", (two.id, run, one.id)),
        ("Aliases added: best", (one.id, two.id)),
        ("Artifact logged again", (two.id, one.id)),
        ("Artifact logged again", (two.id,)),
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
