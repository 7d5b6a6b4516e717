"""Metrics of runs, as a user of the client sees them."""

import math

import pytest

import graph_api as ga
from graph_api import Client
from tests.environment import environment

pytestmark = pytest.mark.no_bytes


def test_a_long_series_is_logged_in_batches_and_read_whole_or_thinned(client: Client) -> None:
    """A million values, or 20,000; the memory of the service stays as it is (see services)."""
    count = 1_000_000 if environment.deep else 20_000
    with client.start_run() as run:
        run.log_series(
            "loss", (-9.5 if step == count // 3 else math.sin(step / 500) for step in range(count))
        )

    found = client.run(run.id)
    shown = found.metric("loss", max_points=400)
    steps = [point.step for point in shown]
    assert found.metrics()["loss"].count == count
    assert 200 <= len(shown) <= 400
    assert (steps[0], steps[-1]) == (0, count - 1)
    assert steps == sorted(set(steps))
    assert [point.value for point in shown if point.step == count // 3] == [-9.5]
    everything = found.metric("loss")
    assert [point.step for point in everything] == list(range(count))
    assert everything[7].value == math.sin(7 / 500)


def test_a_series_can_have_steps_of_its_own(client: Client) -> None:
    with client.start_run() as run:
        run.log_series("loss", [3, 2, 1], steps=range(0, 30, 10))
        with pytest.raises(ValueError, match="shorter"):
            run.log_series("loss", [3, 2, 1], steps=[7])

    assert [(point.step, point.value) for point in run.metric("loss")] == [(0, 3), (10, 2), (20, 1)]
    assert run.metric("gain", max_points=10) == []
    with pytest.raises(ga.Refused, match="maxPoints is 3"):
        run.metric("loss", max_points=3)
