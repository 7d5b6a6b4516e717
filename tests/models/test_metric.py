"""Metrics: chunks of points, summed up."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput
from graph_api.models.metric import Chunk, Metric, Point, appended, unfolded

values = st.floats(width=32) | st.sampled_from(["NaN", "Infinity", "text", None, True, {"x": 1}])


def shown(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return value


@given(st.lists(st.lists(values, min_size=1, max_size=5), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_points_come_back_in_order_and_the_sums_are_right(batches: list[list[Any]]) -> None:
    metric: Metric | None = None
    chunks: list[Chunk] = []
    sent: list[Any] = []
    for batch in batches:
        plain = [shown(value) for value in batch]
        metric, chunk = appended(metric, "run", [Point(key="k", value=v) for v in plain], 7)
        chunks.append(chunk)
        sent += plain
    assert metric
    points = unfolded("k", chunks)
    numbers = [v for v in sent if isinstance(v, float)]

    assert [point.value for point in points] == sent
    assert [point.step for point in points] == list(range(len(sent)))
    assert (metric.count, metric.chunks) == (len(sent), len(batches))
    assert (metric.min, metric.max) == ((min(numbers), max(numbers)) if numbers else (None, None))


def test_a_number_that_json_has_no_sign_for_is_the_string_of_its_name() -> None:
    _, chunk = appended(
        None, "run", [Point(key="k", value=v) for v in ("NaN", "Infinity", "-Infinity", 1)], 0
    )

    assert [point.value for point in unfolded("k", [chunk])] == ["NaN", "Infinity", "-Infinity", 1]


def test_steps_and_times_are_kept_as_given() -> None:
    metric, chunk = appended(None, "run", [Point(key="k", value=1, step=9, at=3)], 7)

    assert (chunk.steps, chunk.times, metric.last) == ((9,), (3,), "1")


@pytest.mark.parametrize("value", [object(), {1, 2}, 10**400])
def test_a_value_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match=r"is no JSON|too large for a number"):
        appended(None, "run", [Point(key="k", value=value)], 0)
