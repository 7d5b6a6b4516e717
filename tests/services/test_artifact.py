"""Versions: what a commit promises."""

from graph_api.services import artifact
from tests.services.world import World


async def test_a_committed_version_is_numbered_and_says_what_it_holds(world: World) -> None:
    made = await world.log("data", {"a.txt": b"one", "b/c.txt": b"three"})

    (found,) = await artifact.by_ids(world.graph, world.viewer, [made.id])

    assert made.created
    assert found
    assert (found.name, found.index, found.version, found.state) == ("data", 0, "v0", "COMMITTED")
    assert (found.size, found.file_count) == (8, 2)


async def test_equal_content_answers_the_latest_version(world: World) -> None:
    first = await world.log("data", {"a": b"1"})
    again = await world.log("data", {"a": b"1"})
    other = await world.log("data", {"a": b"2"})
    back = await world.log("data", {"a": b"1"})

    assert (again.id, again.created) == (first.id, False)
    assert other.created
    assert back.created
    assert back.id not in (first.id, other.id)
