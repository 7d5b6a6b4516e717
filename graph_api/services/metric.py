"""Metrics of runs: appended in chunks, read back in pages or thinned."""

from dataclasses import dataclass

from graph_api.errors import BadInput, TooManyPoints
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import instant, names
from graph_api.models import metric as models
from graph_api.models.idempotency import Answer, Call
from graph_api.models.metric import Chunk, Metric, Point, Range
from graph_api.models.page import Listed, Page, Stretch, Window, page_of
from graph_api.models.viewer import Viewer
from graph_api.services import idempotency, run
from graph_api.settings import Limits

BY_RUNS = cypher("metric/by_runs", Metric)
BY_KEYS = cypher("metric/by_keys", Metric)
LOG = cypher("metric/log")
CHUNKS = cypher("metric/chunks", Chunk)


async def log(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    run_id: str,
    points: list[Point],
    call: Call | None = None,
) -> None:
    """Append points to a run's metrics, in the order given.

    The same call again with the same key changes nothing; another with it is KeyReused.
    """
    now = instant.now()
    if len(points) > limits.metric_points:
        raise TooManyPoints(len(points), limits.metric_points)
    by_key: dict[str, list[Point]] = {}
    for point in points:
        key = names.label("metric", point.key, limits.name_length)
        by_key.setdefault(key, []).append(point.model_copy(update={"key": key}))

    async def work(tx: Transaction) -> Answer:
        await run.locked(tx, viewer, run_id)
        rows = await tx.fetch(BY_KEYS, run_id=run_id, keys=list(by_key))
        known = {metric.key: metric for metric in rows}
        ranges = [
            range for key, row in known.items() for range in models.growing(row, len(by_key[key]))
        ]
        tails = models.chunks_by_place(await _chunks(tx, ranges))
        series = [
            models.appended(known.get(key), run_id, group, tails, now)
            for key, group in by_key.items()
        ]
        await tx.write(
            LOG,
            run_id=run_id,
            metrics=[metric.model_dump() for metric, _ in series],
            chunks=[chunk.model_dump() for _, chunks in series for chunk in chunks],
        )
        return Answer(id=run_id, created=True)

    await idempotency.once(graph, viewer, call, Answer, work)


async def by_runs(graph: Reader, viewer: Viewer, ids: list[str]) -> list[list[Metric]]:
    """The metrics of each run, by key."""
    found: dict[str, list[Metric]] = {id: [] for id in ids}
    for row in await graph.fetch(BY_RUNS, ids=ids):
        found[row.run_id].append(row)
    return [found[id] for id in ids]


@dataclass(frozen=True)
class Thinned:
    """Loads the points of metrics in a batch, each metric by at most ``most`` of its points.

    All that there are where they are no more; else the first, the last, the least and the
    greatest are among them. What is read is some multiple of ``most``, however long the series.
    """

    most: int

    async def __call__(
        self, graph: Reader, viewer: Viewer, metrics: list[Metric]
    ) -> list[list[Point]]:
        """The points of each metric in the order in which they were logged."""
        fewest, most = models.FEWEST_POINTS, models.MOST_POINTS
        if not fewest <= self.most <= most:
            raise BadInput(f"maxPoints is {self.most}; a metric is shown by {fewest} to {most:,}.")
        ranges = [range for metric in metrics for range in models.few(metric, self.most)]
        chunks = models.chunks_by_place(await _chunks(graph, ranges))
        return [models.shown(metric, self.most, chunks) for metric in metrics]


async def page(graph: Reader, viewer: Viewer, metric: Metric, window: Window) -> Page[Point]:
    """Points of a metric in the order in which they were logged."""

    async def read(stretch: Stretch) -> Listed[Point]:
        start, end = stretch.numbers()
        end = min(end, metric.count)
        if stretch.backward:
            start = max(start, end - stretch.most)
        end = min(end, start + stretch.most)
        if start >= end:
            return Listed([], [])
        wanted = models.slice_range(metric, start, end)
        offset = wanted.first * models.CHUNK
        chunks = sorted(await _chunks(graph, [wanted]), key=lambda chunk: chunk.number)
        points = models.unfolded(chunks)[start - offset : end - offset]
        turned = slice(None, None, -1 if stretch.backward else 1)
        return Listed([*map(str, range(start, end))][turned], points[turned])

    return await page_of(window, read)


async def _chunks(graph: Reader, ranges: list[Range]) -> list[Chunk]:
    if not ranges:
        return []
    return await graph.fetch(CHUNKS, ranges=[range.model_dump() for range in ranges])
