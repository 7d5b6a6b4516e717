"""Metrics: appended in chunks, read back in order."""

from graph_api.models.metric import Point
from graph_api.services import metric
from tests.services.world import LIMITS, World


async def log(world: World, run: str, *points: Point, key: str | None = None) -> None:
    await metric.log(world.graph, world.viewer, LIMITS, run, list(points), key)


async def test_points_of_many_calls_are_one_series(world: World) -> None:
    run, other = await world.run(), await world.run()
    await log(world, run, Point(key="loss", value=3), Point(key="acc", value=0.5))
    await log(world, run, Point(key="loss", value=1.5), Point(key="loss", value="NaN", step=9))

    mine, none = await metric.by_runs(world.graph, world.viewer, [run, other])

    assert none == []
    assert [(m.key, m.count, m.last, m.min, m.max) for m in mine] == [
        ("acc", 1, "0.5", 0.5, 0.5),
        ("loss", 3, '"NaN"', 1.5, 3.0),
    ]
    points = await metric.points(world.graph, world.viewer, mine[1])
    assert [(point.value, point.step) for point in points] == [(3.0, 0), (1.5, 1), ("NaN", 9)]


async def test_the_same_call_again_under_its_key_changes_nothing(world: World) -> None:
    run = await world.run()
    await log(world, run, Point(key="loss", value=3), key="k")
    before = await world.snapshot()

    await log(world, run, Point(key="loss", value=3), key="k")

    assert await world.snapshot() == before


async def test_metrics_leave_no_change_in_the_ledger(world: World) -> None:
    run = await world.run()
    before = (await world.snapshot())["seq"]

    await log(world, run, Point(key="loss", value=3))

    assert (await world.snapshot())["seq"] == before
