"""Metrics of runs: appended in chunks, read back in order."""

import time
from itertools import groupby

from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import names
from graph_api.models.metric import Chunk, Metric, Point, appended, unfolded
from graph_api.models.viewer import Viewer
from graph_api.services import idempotency, run
from graph_api.settings import Limits

BY_RUNS = cypher("metric/by_runs", Metric)
LOG = cypher("metric/log")
POINTS = cypher("metric/points", Chunk)


async def log(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    run_id: str,
    points: list[Point],
    idempotency_key: str | None = None,
) -> None:
    """Append points to a run's metrics, in the order given.

    The same call again with the same key changes nothing; another with it is KeyReused.
    """
    now = time.time_ns() // 1000
    for point in points:
        names.label("metric", point.key, limits.name_length)

    request = [run_id, *(point.model_dump() for point in points)]

    async def work(tx: Transaction) -> None:
        if idempotency_key and await idempotency.seen(tx, viewer, idempotency_key, request):
            return
        await run.locked(tx, viewer, run_id)
        known = {metric.key: metric for metric in await tx.fetch(BY_RUNS, ids=[run_id])}
        by_key = sorted(points, key=lambda point: point.key)
        rows = [
            appended(known.get(key), run_id, list(group), now)
            for key, group in groupby(by_key, key=lambda point: point.key)
        ]
        await tx.write(
            LOG,
            run_id=run_id,
            metrics=[metric.model_dump() | chunk.model_dump() for metric, chunk in rows],
        )

    await graph.in_transaction(work)


async def by_runs(graph: Reader, viewer: Viewer, ids: list[str]) -> list[list[Metric]]:
    """The metrics of each run, by key."""
    found: dict[str, list[Metric]] = {id: [] for id in ids}
    for row in await graph.fetch(BY_RUNS, ids=ids):
        found[row.run_id].append(row)
    return [found[id] for id in ids]


async def points(graph: Reader, viewer: Viewer, metric: Metric) -> list[Point]:
    """The points of a metric in the order in which they were logged."""
    chunks = await graph.fetch(POINTS, run_id=metric.run_id, key=metric.key)
    return unfolded(metric.key, chunks)
