"""Metrics: series of points that a run logs."""

import math
from typing import Any

import orjson
from pydantic import BaseModel

from graph_api.errors import BadInput

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Point(BaseModel, frozen=True):
    """One value of a metric. A number that JSON has no sign for is the string of its name."""

    key: str
    value: Any
    step: int | None = None
    at: int | None = None
    """Microseconds since 1970-01-01 UTC."""


class Metric(BaseModel, frozen=True):
    """A series, summed up: its last value, and the least and greatest of its finite numbers."""

    run_id: str
    key: str
    count: int
    chunks: int
    last: str
    """JSON."""
    min: float | None
    max: float | None


class Chunk(BaseModel, frozen=True):
    """Some points of a series: ``numbers``, or else ``values`` as JSON."""

    steps: tuple[int, ...]
    times: tuple[int, ...]
    numbers: tuple[float, ...] | None
    values: str | None


def number(value: Any) -> float | None:
    """The value as a number, None where it is something else."""
    if isinstance(value, str):
        return _WORDS.get(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError as error:
        raise BadInput(f"The value {str(value)[:40]}… is too large for a number.") from error


def json(value: float) -> float | str:
    """A number as JSON can hold it."""
    if math.isfinite(value):
        return value
    return next(word for word, known in _WORDS.items() if str(known) == str(value))


def appended(
    metric: Metric | None, run_id: str, points: list[Point], now: int
) -> tuple[Metric, Chunk]:
    """The series after these points, and the chunk that holds them.

    A point without a step gets the one after as many as there are; without a time, ``now``.
    """
    count = metric.count if metric else 0
    values = [json(v) if isinstance(v := point.value, float) else v for point in points]
    numbers = [number(value) for value in values]
    finite = [value for value in numbers if value is not None and math.isfinite(value)]
    if metric:
        finite += [value for value in (metric.min, metric.max) if value is not None]
    try:
        last = orjson.dumps(values[-1]).decode()
        text = orjson.dumps(values).decode()
    except TypeError as error:
        raise BadInput(f"A value of the metric {points[0].key!r} is no JSON ({error}).") from error
    plain = [value for value in numbers if value is not None]
    chunk = Chunk(
        steps=tuple(
            point.step if point.step is not None else count + place
            for place, point in enumerate(points)
        ),
        times=tuple(point.at if point.at is not None else now for point in points),
        numbers=tuple(plain) if len(plain) == len(points) else None,
        values=None if len(plain) == len(points) else text,
    )
    return Metric(
        run_id=run_id,
        key=points[0].key,
        count=count + len(points),
        chunks=(metric.chunks if metric else 0) + 1,
        last=last,
        min=min(finite, default=None),
        max=max(finite, default=None),
    ), chunk


def unfolded(key: str, chunks: list[Chunk]) -> list[Point]:
    """The points of a series in the order in which they were logged."""
    return [
        Point(key=key, value=value, step=step, at=at)
        for chunk in chunks
        for value, step, at in zip(
            orjson.loads(chunk.values) if chunk.values else map(json, chunk.numbers or ()),
            chunk.steps,
            chunk.times,
            strict=True,
        )
    ]
