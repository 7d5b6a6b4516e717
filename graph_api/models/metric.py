"""Metrics: series of points that a run logs, and how they are kept to be read thinned.

1. The points of a series lie in chunks of ``CHUNK``, of which only the last is not full: it is
   written anew as it grows, so that a million calls with a point each leave no million chunks.
2. That is level 0. Of each ``GROUP`` of neighbours on a level, the first, the last, the least and
   the greatest are points of the level above, which lies in chunks just so: it has a quarter of
   the points or fewer, and still the ends and extremes of every part.
3. To show a series by few points, the highest level that has enough of them is read, what the
   levels below have not handed up yet is put behind, and the whole is thinned in the same way.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import orjson
from pydantic import BaseModel

from graph_api.errors import BadInput

CHUNK = 256
GROUP = 16
# Of one value as JSON; so a chunk has a mebibyte at most.
_MOST_BYTES = 4096

FEWEST_POINTS, DEFAULT_POINTS, MOST_POINTS = 4, 1_000, 10_000

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
    levels: tuple[int, ...]
    """How many points each level has."""
    last: str
    """JSON."""
    min: float | None
    max: float | None

    @property
    def count(self) -> int:
        """How many points were logged."""
        return self.levels[0]


class Range(BaseModel, frozen=True):
    """Chunks that follow each other on a level of a metric, both ends included."""

    run_id: str
    key: str
    level: int
    first: int
    last: int


class Chunk(BaseModel, frozen=True):
    """Some points of a series: ``numbers``, or else ``values`` as JSON."""

    run_id: str
    key: str
    level: int
    number: int
    steps: tuple[int, ...]
    times: tuple[int, ...]
    numbers: tuple[float, ...] | None
    values: str | None


Chunks = Mapping[tuple[str, str, int], list[Chunk]]
"""Chunks in their order, by run, key and level."""


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


def outline(points: Sequence[Point]) -> list[Point]:
    """The first, the last, the least and the greatest of some points, in their order.

    Where no value is a finite number, four (or fewer) that are evenly spaced.
    """
    last = len(points) - 1
    finite = [
        (value, place)
        for place, point in enumerate(points)
        if (value := number(point.value)) is not None and math.isfinite(value)
    ]
    if finite:
        places = {0, last, min(finite)[1], max(finite)[1]}
    else:
        places = {0, last // 3, 2 * last // 3, last}
    return [points[place] for place in sorted(places)]


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """At most so many of the points, in their order: outlines of parts of equal length."""
    if len(points) <= most:
        return list(points)
    parts = most // FEWEST_POINTS
    borders = [part * len(points) // parts for part in range(parts + 1)]
    return [point for start, end in pairwise(borders) for point in outline(points[start:end])]


def chunks_by_place(chunks: Iterable[Chunk]) -> Chunks:
    """The chunks in their order, by the series and level that they are of."""
    found: dict[tuple[str, str, int], list[Chunk]] = {}
    for chunk in sorted(chunks, key=lambda chunk: chunk.number):
        found.setdefault((chunk.run_id, chunk.key, chunk.level), []).append(chunk)
    return found


def growing(metric: Metric, more: int) -> list[Range]:
    """The last chunks of the levels that so many more points can reach, where they are not full."""
    ranges: list[Range] = []
    for level, count in enumerate(metric.levels):
        if not more:
            break
        if count % CHUNK:
            ranges.append(_range(metric, level, count - 1, count))
        more = 4 * ((count + more) // GROUP - count // GROUP)
    return ranges


def appended(
    metric: Metric | None, run_id: str, points: list[Point], tails: Chunks, now: int
) -> tuple[Metric, list[Chunk]]:
    """The series after these points, and the chunks that are new or grew.

    ``tails`` are the chunks that :func:`growing` names. A point without a step gets the one after
    as many as there are; without a time, ``now``.
    """
    key, levels = points[0].key, list(metric.levels) if metric else [0]
    points = [_placed(point, levels[0] + place, now) for place, point in enumerate(points)]
    finite = [value for point in points if math.isfinite(value := _or_nan(point.value))]
    if metric:
        finite += [value for value in (metric.min, metric.max) if value is not None]
    last = _dumped(key, points[-1].value)
    chunks: list[Chunk] = []
    level = 0
    while points:
        if level == len(levels):
            levels.append(0)
        had = levels[level]
        levels[level] += len(points)
        tail = unfolded(tails.get((run_id, key, level), ()))
        grown = [*tail, *points]
        chunks += [
            _chunk(run_id, key, level, (had + start) // CHUNK, grown[start : start + CHUNK])
            for start in range(0, len(grown), CHUNK)
        ]
        handed = len(tail) - len(tail) % GROUP
        whole = len(grown) - len(grown) % GROUP
        points = [
            point
            for start in range(handed, whole, GROUP)
            for point in outline(grown[start : start + GROUP])
        ]
        level += 1
    return Metric(
        run_id=run_id,
        key=key,
        levels=tuple(levels),
        last=last,
        min=min(finite, default=None),
        max=max(finite, default=None),
    ), chunks


def few(metric: Metric, most: int) -> list[Range]:
    """The chunks to read in order to show a series by at most so many points.

    They hold fewer than nine times as many, and two chunks per level.
    """
    level = _level(metric, most)
    rest = [
        _range(metric, below, metric.levels[below] - 1, metric.levels[below])
        for below in range(level)
        if metric.levels[below] % GROUP
    ]
    return [_range(metric, level, 0, metric.levels[level]), *rest]


def shown(metric: Metric, most: int, chunks: Chunks) -> list[Point]:
    """The series by at most so many points; ``chunks`` are those that :func:`few` names."""
    level = _level(metric, most)

    def read(level: int, start: int) -> list[Point]:
        """What the level had from there when the metric was read: it may have grown since."""
        held = chunks.get((metric.run_id, metric.key, level), [])
        offset = held[0].number * CHUNK if held else 0
        return unfolded(held)[start - offset : metric.levels[level] - offset]

    points = read(level, 0)
    for below in reversed(range(level)):
        count = metric.levels[below]
        if count % GROUP:
            points += read(below, count - count % GROUP)
    return thinned(points, most)


def slice_range(metric: Metric, start: int, end: int) -> Range:
    """The chunks that hold the points from ``start`` to before ``end``, which is further on."""
    return _range(metric, 0, start, end)


def unfolded(chunks: Iterable[Chunk]) -> list[Point]:
    """The points of chunks, in their order."""
    return [
        Point.model_construct(key=chunk.key, value=value, step=step, at=at)
        for chunk in chunks
        for value, step, at in zip(
            orjson.loads(chunk.values) if chunk.values else map(json, chunk.numbers or ()),
            chunk.steps,
            chunk.times,
            strict=True,
        )
    ]


def _level(metric: Metric, most: int) -> int:
    """The highest level that has so many points, or else the lowest."""
    return max((at for at, count in enumerate(metric.levels) if count >= most), default=0)


def _range(metric: Metric, level: int, start: int, end: int) -> Range:
    return Range(
        run_id=metric.run_id,
        key=metric.key,
        level=level,
        first=start // CHUNK,
        last=(end - 1) // CHUNK,
    )


def _placed(point: Point, step: int, now: int) -> Point:
    value = json(point.value) if isinstance(point.value, float) else point.value
    if number(value) is None and (size := len(_dumped(point.key, value).encode())) > _MOST_BYTES:
        raise BadInput(
            f"A value of the metric {point.key!r} has {size:,} bytes as JSON; it can have "
            f"{_MOST_BYTES:,}. Log it as an artifact instead."
        )
    return Point(
        key=point.key,
        value=value,
        step=step if point.step is None else point.step,
        at=now if point.at is None else point.at,
    )


def _chunk(run_id: str, key: str, level: int, number_: int, points: list[Point]) -> Chunk:
    numbers = [number(point.value) for point in points]
    plain = [value for value in numbers if value is not None]
    numeric = len(plain) == len(points)
    return Chunk(
        run_id=run_id,
        key=key,
        level=level,
        number=number_,
        steps=tuple(point.step or 0 for point in points),
        times=tuple(point.at or 0 for point in points),
        numbers=tuple(plain) if numeric else None,
        values=None if numeric else _dumped(key, [point.value for point in points]),
    )


def _or_nan(value: Any) -> float:
    found = number(value)
    return math.nan if found is None else found


def _dumped(key: str, value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError as error:
        raise BadInput(f"A value of the metric {key!r} is no JSON ({error}).") from error
