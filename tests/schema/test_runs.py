"""Heartbeats and metrics of runs, over GraphQL."""

from typing import Any

import pytest

from graph_api.models.entity import new_id
from tests.schema.conftest import Api

pytestmark = pytest.mark.no_bytes

RUN = "... on RunPayload { run { id status } }"
METRIC = """
query ($id: ID!, $most: Int!, $first: Int, $after: String) {
  run(id: $id) {
    metric(key: "loss", maxPoints: $most) {
      count min max last
      points { step value }
      allPoints(first: $first, after: $after) {
        nodes { step value }
        pageInfo { hasNextPage endCursor }
      }
    }
    metrics { key points { step } }
    none: metric(key: "gain") { count }
  }
}
"""


async def started(api: Api, **input: Any) -> str:
    result = await api.mutate("startRun", RUN, project="digits", **input)
    return result["run"]["id"]


async def test_a_heartbeat_answers_the_run_or_that_it_ended(api: Api) -> None:
    id = await started(api, heartbeats=True)

    alive = await api.mutate("heartbeat", RUN, run=id)
    await api.mutate("finishRun", RUN, run=id, status="KILLED")
    ended = await api.mutate("heartbeat", RUN, run=id)
    unknown = await api.mutate("heartbeat", RUN, run=new_id("Run"))

    assert alive == {"__typename": "RunPayload", "run": {"id": id, "status": "RUNNING"}}
    assert (ended["__typename"], ended["code"]) == ("ConflictError", "RUN_ENDED")
    assert ended["message"] == f"Run {id!r} is KILLED already; resume it to change that."
    assert unknown["__typename"] == "NotFoundError"


async def test_a_metric_is_answered_thinned_and_in_pages(api: Api) -> None:
    id = await started(api)
    points = [{"key": "loss", "value": 100 - step} for step in range(1200)]
    points.append({"key": "acc", "value": 1})
    await api.mutate("logMetrics", RUN, run=id, points=points)

    run = (await api.data(METRIC, id=id, most=8, first=3))["run"]
    loss = run["metric"]

    assert run["none"] is None
    assert (loss["count"], loss["min"], loss["max"], loss["last"]) == (1200, -1099, 100, -1099)
    assert loss["points"][0] == {"step": 0, "value": 100}
    assert loss["points"][-1] == {"step": 1199, "value": -1099}
    assert len(loss["points"]) == 4
    assert [node["step"] for node in loss["allPoints"]["nodes"]] == [0, 1, 2]
    after = loss["allPoints"]["pageInfo"]["endCursor"]
    page = (await api.data(METRIC, id=id, most=8, first=2, after=after))["run"]["metric"]
    assert [node["step"] for node in page["allPoints"]["nodes"]] == [3, 4]
    # Of a value that only falls, each part of four points has two to show.
    counts = {metric["key"]: len(metric["points"]) for metric in run["metrics"]}
    assert counts["acc"] == 1
    assert 400 <= counts["loss"] <= 1000


async def test_metrics_of_many_runs_are_read_by_one_statement(api: Api) -> None:
    ids = [await started(api) for _ in range(3)]
    for id in ids:
        points = [{"key": key, "value": 1} for key in ("loss", "acc")]
        await api.mutate("logMetrics", RUN, run=id, points=points)

    with api.statements() as statements:
        data = await api.data(
            '{ runs(project: "digits") { nodes { metrics { key points { value } } } } }'
        )

    metrics = [{"key": key, "points": [{"value": 1}]} for key in ("acc", "loss")]
    assert data["runs"]["nodes"] == [{"metrics": metrics}] * 3
    assert [name for name in statements if name.startswith("metric/")] == [
        "metric/by_runs",
        "metric/chunks",
    ]


async def test_too_many_points_and_a_wrong_number_of_them_are_refused(api: Api) -> None:
    id = await started(api)
    many = [{"key": "loss", "value": 1}] * 10_001

    refused = await api.mutate("logMetrics", RUN, run=id, points=many)
    await api.mutate("logMetrics", RUN, run=id, points=many[:10_000])
    wrong = await api.errors(METRIC, id=id, most=3)

    assert (refused["__typename"], refused["code"]) == ("InvalidInputError", "TOO_MANY_POINTS")
    assert refused["message"] == "10,001 points came in one call; send at most 10,000 in each."
    assert wrong == [
        ("BAD_USER_INPUT", "maxPoints is 3; a metric is shown by 4 to 10,000."),
    ]
    data = await api.data(METRIC, id=id, most=10_000)
    assert data["run"]["metric"]["count"] == 10_000
    assert len(data["run"]["metric"]["points"]) == 10_000
