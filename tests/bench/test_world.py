"""What is promised of the bench's world is so."""

from bench.world import SMALL, World, id_of
from graph_api.models.entity import kind_of


def downstream(world: World, root: int) -> set[int]:
    """All that an artifact flowed into, itself included, by looking at every edge."""
    found = {root}
    # Things are numbered in the order of creation, so one pass meets all.
    for number, maker in enumerate(world.makers):
        if maker in found or found.intersection(world.used.get(number, ())):
            found.add(number)
    return found


def test_equal_plans_make_equal_worlds() -> None:
    one, other = World(SMALL), World(SMALL)

    assert one.makers == other.makers
    assert one.used == other.used
    assert one.some(10) == other.some(10)


def test_a_world_has_as_many_nodes_as_planned() -> None:
    assert len(World(SMALL).makers) == SMALL.nodes


def test_the_hub_is_used_by_so_many_runs_that_logged_so_many_artifacts() -> None:
    world = World(SMALL)

    runs = {run for run, used in world.used.items() if world.hub in used}

    assert len(runs) == SMALL.hub_runs
    assert sum(maker in runs for maker in world.makers) == SMALL.hub_logged


def test_closures_have_the_sizes_they_are_named_for() -> None:
    world = World(SMALL)

    sizes = {name: len(downstream(world, root)) for name, root in world.roots.items()}

    assert sizes == {"100 nodes": 100, "1,000 nodes": 1_000, "chain of 100 runs": 201}


def test_ids_sort_by_number_and_name_their_kind() -> None:
    ids = [id_of("artifact", number) for number in (1, 9, 10, 999_999)]

    assert ids == sorted(ids)
    assert {kind_of(id) for id in ids} == {"Artifact"}
