"""Metrics: series of values that a run logs."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from graph_api.client.api import Api

# As many as the service takes in one call unless it is told otherwise.
BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Metric:
    """A series of values; ``min`` and ``max`` are of the finite numbers in it."""

    key: str
    last: Any
    min: float | None
    max: float | None
    count: int


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """One value of a metric."""

    step: int
    value: Any
    at: datetime


def log(api: Api, run_id: str, values: Iterable[tuple[str, Any, int | None]]) -> None:
    """Log values under keys at steps, in as many calls as it takes."""
    waiting = iter(values)
    while batch := list(islice(waiting, BATCH)):
        at = datetime.now(UTC).isoformat()
        points = [
            {"key": key, "value": as_json(value), "step": step, "at": at}
            for key, value, step in batch
        ]
        api.mutate("logMetrics", "RunPayload", "run { id }", {"run": run_id, "points": points})


def metrics(api: Api, run_id: str) -> dict[str, Metric]:
    """Every metric of a run as it is now, by key."""
    document = "query ($id: ID!) { run(id: $id) { metrics { key last min max count } } }"
    found = api.execute(document, {"id": run_id})["run"]["metrics"]
    return {metric["key"]: Metric(**metric) for metric in found}


def thinned(api: Api, run_id: str, key: str, max_points: int) -> list[MetricPoint]:
    """At most so many points of a metric, in order; none if it was never logged."""
    document = (
        "query ($id: ID!, $key: String!, $maxPoints: Int!) { run(id: $id) { "
        "metric(key: $key, maxPoints: $maxPoints) { points { step value at } } } }"
    )
    variables = {"id": run_id, "key": key, "maxPoints": max_points}
    found = api.execute(document, variables)["run"]["metric"]
    return [_point(point) for point in found["points"]] if found else []


def points(api: Api, run_id: str, key: str) -> Iterator[MetricPoint]:
    """All points of a metric, in order, page by page; none if it was never logged."""
    document = (
        "query ($id: ID!, $key: String!, $first: Int, $after: String) { run(id: $id) { "
        "metric(key: $key) { allPoints(first: $first, after: $after) { "
        "nodes { step value at } pageInfo { hasNextPage endCursor } } } } }"
    )
    pages = api.pages(document, {"id": run_id, "key": key}, "run", "metric", "allPoints")
    for page in pages:
        yield from (_point(point) for point in page["nodes"])


def as_json(value: Any) -> Any:
    """Scalars of numpy and its like as Python's; NaN and the infinities by their names."""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():
        value = item()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _point(data: dict[str, Any]) -> MetricPoint:
    return MetricPoint(data["step"], data["value"], datetime.fromisoformat(data["at"]))
