"""Metrics: kept in chunks on levels, read back whole or thinned."""

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput
from graph_api.models import metric as models
from graph_api.models.metric import CHUNK, GROUP, Chunk, Metric, Point, Range

WORDS = ["NaN", "Infinity", "text", None, True, {"x": 1}]
values = st.floats(width=32) | st.sampled_from(WORDS)
finite = st.floats(width=32, allow_nan=False, allow_infinity=False)


class Series:
    """A metric and its chunks, kept as the graph keeps them."""

    def __init__(self) -> None:
        self.metric: Metric | None = None
        self.chunks: dict[tuple[int, int], Chunk] = {}

    def log(self, values: list[Any]) -> None:
        """Append in one call."""
        known = models.growing(self.metric, len(values)) if self.metric else []
        points = [Point(key="k", value=value) for value in values]
        self.metric, chunks = models.appended(self.metric, "run", points, self.read(known), 7)
        self.chunks |= {(chunk.level, chunk.number): chunk for chunk in chunks}

    def read(self, ranges: list[Range]) -> models.Chunks:
        """The chunks of these ranges."""
        return models.chunks_by_place(
            chunk
            for chunk in self.chunks.values()
            for range in ranges
            if chunk.level == range.level and range.first <= chunk.number <= range.last
        )

    def all(self) -> list[Point]:
        """Every point."""
        level = [chunk for (level, _), chunk in sorted(self.chunks.items()) if level == 0]
        return models.unfolded(level)

    def shown(self, most: int) -> tuple[list[Point], int]:
        """The series thinned, and how many points were read for that."""
        assert self.metric
        chunks = self.read(models.few(self.metric, most))
        read = sum(len(chunk.steps) for group in chunks.values() for chunk in group)
        return models.shown(self.metric, most, chunks), read


def logged(*batches: list[Any]) -> Series:
    series = Series()
    for batch in batches:
        series.log(batch)
    return series


def plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return value


@given(st.lists(st.lists(values, min_size=1, max_size=40), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_points_come_back_in_order_and_the_sums_are_right(batches: list[list[Any]]) -> None:
    series = logged(*batches)
    sent = [plain(value) for batch in batches for value in batch]
    numbers = [v for v in sent if isinstance(v, float)]

    assert series.metric
    assert [point.value for point in series.all()] == sent
    assert [point.step for point in series.all()] == list(range(len(sent)))
    assert (series.metric.count, series.metric.last) == (len(sent), models._dumped("k", sent[-1]))  # pyright: ignore[reportPrivateUsage]  # as JSON
    assert (series.metric.min, series.metric.max) == (
        (min(numbers), max(numbers)) if numbers else (None, None)
    )


@given(
    st.lists(st.integers(1, 700), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
    st.integers(4, 300),
)
@example([CHUNK, CHUNK, 1], None, 4)
@example([5000], None, 100)
@settings(max_examples=60, deadline=None)
def test_a_series_thinned_keeps_its_ends_extremes_and_order(
    sizes: list[int], random: Any, most: int
) -> None:
    def value(step: int) -> float:
        return random.choice([random.uniform(-1e9, 1e9), 0.0]) if random else float(step % 997)

    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    series = logged(
        *(
            [value(start + step) for step in range(size)]
            for start, size in zip(starts, sizes, strict=True)
        )
    )
    sent = series.all()

    points, read = series.shown(most)

    assert series.metric
    steps = [point.step or 0 for point in points]
    numbers = [point.value for point in points]
    assert len(points) == len(sent) if len(sent) <= most else len(points) <= most
    assert steps == sorted(set(steps))
    assert all(sent[step] == point for step, point in zip(steps, points, strict=True))
    assert (points[0], points[-1]) == (sent[0], sent[-1])
    assert (min(numbers), max(numbers)) == (series.metric.min, series.metric.max)
    assert read <= 9 * most + CHUNK * (len(series.metric.levels) + 1)


@given(st.lists(finite, min_size=1, max_size=2000), st.integers(4, 200))
@settings(max_examples=60, deadline=None)
def test_no_stretch_of_a_series_loses_its_extremes(sent: list[float], most: int) -> None:
    """Brute force: between two neighbours shown, at most the length of a part is left out."""
    points = [Point(key="k", value=value, step=step) for step, value in enumerate(sent)]
    shown = models.thinned(points, most)
    if len(sent) <= most:
        assert shown == points
        return
    parts = most // 4
    borders = [part * len(sent) // parts for part in range(parts + 1)]
    expected: list[Point] = []
    for start, end in pairwise(borders):
        part = points[start:end]
        kept = {part[0].step, part[-1].step}
        kept.add(min(part, key=lambda point: (point.value, point.step)).step)
        kept.add(max(part, key=lambda point: (point.value, point.step)).step)
        expected += [point for point in part if point.step in kept]
    assert shown == expected


@given(st.lists(finite, min_size=GROUP, max_size=3000))
@settings(max_examples=40, deadline=None)
def test_each_level_has_the_extremes_of_every_group_below(sent: list[float]) -> None:
    series = logged(sent)
    assert series.metric
    for level, count in enumerate(series.metric.levels[1:], 1):
        below = models.unfolded(
            c for (at, _), c in sorted(series.chunks.items()) if at == level - 1
        )
        above = models.unfolded(c for (at, _), c in sorted(series.chunks.items()) if at == level)
        groups = [below[at : at + GROUP] for at in range(0, len(below) - GROUP + 1, GROUP)]
        assert above == [point for group in groups for point in models.outline(group)]
        assert (len(above), len(below)) == (count, series.metric.levels[level - 1])


def test_points_logged_one_by_one_are_kept_as_those_logged_at_once() -> None:
    one_by_one, at_once = logged(*([value] for value in range(1000))), logged(list(range(1000)))

    assert one_by_one.metric == at_once.metric
    assert one_by_one.chunks == at_once.chunks
    assert len(one_by_one.chunks) == 4 + 1 + 1
    assert one_by_one.metric
    # Of values that only grow, the ends are the extremes: two of each sixteen.
    assert one_by_one.metric.levels == (1000, 124, 14)


def test_words_are_thinned_evenly() -> None:
    series = logged([f"word {step}" for step in range(100)])

    points, _ = series.shown(8)

    assert [point.step for point in points] == [0, 16, 32, 53, 58, 74, 90, 99]


def test_what_is_logged_while_a_series_is_read_does_not_show() -> None:
    series = logged(list(range(500)))
    assert series.metric
    before = series.shown(100)
    metric, ranges = series.metric, models.few(series.metric, 100)
    series.log(list(range(500, 505)))

    assert models.shown(metric, 100, series.read(ranges)) == before[0]


def test_a_number_that_json_has_no_sign_for_is_the_string_of_its_name() -> None:
    series = logged([math.nan, "Infinity", -math.inf, 1])

    assert [point.value for point in series.all()] == ["NaN", "Infinity", "-Infinity", 1]


def test_steps_and_times_are_kept_as_given() -> None:
    point = Point(key="k", value=1, step=9, at=3)
    metric, [chunk] = models.appended(None, "run", [point], {}, 7)

    assert (chunk.steps, chunk.times, metric.last) == ((9,), (3,), "1")


@pytest.mark.parametrize("value", [object(), {1, 2}, 10**400])
def test_a_value_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match=r"is no JSON|too large for a number"):
        models.appended(None, "run", [Point(key="k", value=value)], {}, 0)


def test_a_value_of_more_than_4_096_bytes_as_json_is_refused() -> None:
    longest = Point(key="k", value="é" * 2047)
    models.appended(None, "run", [longest], {}, 0)

    with pytest.raises(
        BadInput, match=r"^A value of the metric 'k' has 4,098 bytes as JSON; it can have 4,096\."
    ):
        models.appended(None, "run", [Point(key="k", value="é" * 2048)], {}, 0)
