"""Metrics: appended in chunks on levels, read back in pages or thinned."""

import math

import pytest

from graph_api.errors import BadCursor, BadInput, TooManyPoints
from graph_api.graph import Query
from graph_api.models import metric as models
from graph_api.models.metric import Metric, Point
from graph_api.models.page import Window, cursor
from graph_api.services import idempotency, metric
from graph_api.settings import Limits
from tests.environment import environment
from tests.services.world import LIMITS, Properties, World

pytestmark = pytest.mark.parametrize("byte_store", ["folder"], indirect=True)

KEPT = Query(
    "tests/chunks",
    """
    MATCH (:Metric {run_id: $id})-[:HAS_CHUNK]->(c:MetricChunk)
    RETURN {chunks: count(c), points: sum(size(c.steps))} AS of
    """,
    Properties,
)


async def log(world: World, run: str, *points: Point, key: str | None = None) -> None:
    call = idempotency.call(key, [point.model_dump() for point in points])
    await metric.log(world.graph, world.viewer, LIMITS, run, list(points), call)


async def metrics(world: World, run: str) -> list[Metric]:
    (found,) = await metric.by_runs(world.graph, world.viewer, [run])
    return found


async def thinned(world: World, metric_: Metric, most: int) -> list[Point]:
    (found,) = await metric.Thinned(most)(world.graph, world.viewer, [metric_])
    return found


async def everything(world: World, metric_: Metric) -> list[Point]:
    points: list[Point] = []
    after: str | None = None
    while True:
        page = await metric.page(world.graph, world.viewer, metric_, Window(1000, after))
        points += page.items
        if not await page.has_next():
            return points
        after = page.cursors[-1]


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
    points = await thinned(world, mine[1], 4)
    assert [(point.value, point.step) for point in points] == [(3.0, 0), (1.5, 1), ("NaN", 9)]
    assert await everything(world, mine[1]) == points


async def test_the_same_call_again_under_its_key_changes_nothing(world: World) -> None:
    run = await world.run()
    await log(world, run, Point(key="loss", value=3), key="k")
    before = await world.snapshot()

    await log(world, run, Point(key="loss", value=3), key="k")

    assert await world.snapshot() == before
    assert [(m.count, m.last) for m in await metrics(world, run)] == [(1, "3")]


async def test_metrics_leave_no_change_in_the_ledger(world: World) -> None:
    run = await world.run()
    before = (await world.snapshot())["seq"]

    await log(world, run, Point(key="loss", value=3))

    assert (await world.snapshot())["seq"] == before


async def test_a_call_of_too_many_points_is_refused(world: World) -> None:
    run, limits = await world.run(), Limits(metric_points=2)
    before = await world.snapshot()

    with pytest.raises(TooManyPoints, match=r"^3 points came in one call; send at most 2 in each"):
        await metric.log(
            world.graph, world.viewer, limits, run, [Point(key="k", value=1) for _ in range(3)]
        )

    assert await world.snapshot() == before


async def test_points_logged_one_by_one_share_chunks(world: World) -> None:
    run = await world.run()
    for step in range(300):
        await log(world, run, Point(key="loss", value=float(step), at=0))

    (loss,) = await metrics(world, run)

    assert loss.levels == (300, 36, 4)
    assert [point.value for point in await everything(world, loss)] == list(range(300))
    (kept,) = await world.graph.fetch(KEPT, id=run)
    assert kept.of == {"chunks": 2 + 1 + 1, "points": 300 + 36 + 4}


async def test_a_long_series_is_thinned_without_reading_it_all(world: World) -> None:
    """A million points, or 20,000; an extreme of one sample shows, wherever it lies."""
    batch, batches = 10_000, 100 if environment.deep else 2
    count, run = batch * batches, await world.run()
    spikes = {count // 3: 50.0, count // 2 + 1: -50.0}
    for start in range(0, count, batch):
        steps = range(start, start + batch)
        values = [spikes.get(step, math.sin(step / 1000)) for step in steps]
        await log(world, run, *(Point(key="loss", value=value, at=0) for value in values))
    (loss,) = await metrics(world, run)
    ranges = models.few(loss, 1000)
    read = sum(
        len(chunk.steps)
        for chunk in await world.graph.fetch(
            metric.CHUNKS, ranges=[range.model_dump() for range in ranges]
        )
    )

    points = await thinned(world, loss, 1000)

    steps = [point.step or 0 for point in points]
    assert (loss.count, loss.min, loss.max) == (count, -50.0, 50.0)
    assert 400 <= len(points) <= 1000
    assert read <= 9 * 1000 + models.CHUNK * (len(loss.levels) + 1)
    assert (steps[0], steps[-1]) == (0, count - 1)
    assert steps == sorted(set(steps))
    assert set(spikes) <= set(steps)
    page = await metric.page(world.graph, world.viewer, loss, Window(3, cursor(str(count - 5))))
    assert [point.step for point in page.items] == [count - 4, count - 3, count - 2]
    assert (await page.has_next(), await page.has_previous()) == (True, True)


async def test_pages_hold_every_point_once(world: World) -> None:
    run = await world.run()
    await log(world, run, *(Point(key="k", value=step, at=0) for step in range(1500)))
    (found,) = await metrics(world, run)

    pages = [await metric.page(world.graph, world.viewer, found, Window(7))]
    while await pages[-1].has_next():
        after = pages[-1].cursors[-1]
        pages.append(await metric.page(world.graph, world.viewer, found, Window(499, after)))

    assert [len(page.items) for page in pages] == [7, 499, 499, 495]
    assert [point.value for page in pages for point in page.items] == list(range(1500))
    past = await metric.page(world.graph, world.viewer, found, Window(7, pages[-1].cursors[-1]))
    assert (past.items, await past.has_next()) == ([], False)
    with pytest.raises(BadCursor):
        await metric.page(world.graph, world.viewer, found, Window(7, cursor("x")))


@pytest.mark.parametrize("most", [3, 10_001])
async def test_a_series_is_shown_by_four_to_ten_thousand_points(world: World, most: int) -> None:
    run = await world.run()
    await log(world, run, Point(key="k", value=1))
    (found,) = await metrics(world, run)

    with pytest.raises(BadInput, match=f"^maxPoints is {most}; a metric is shown by 4 to 10,000"):
        await thinned(world, found, most)
