"""Heartbeats and metrics of runs, over GraphQL."""

from datetime import UTC, datetime
from typing import Any

import pytest

from graph_api.models.entity import new_id
from tests.schema.conftest import Api

pytestmark = pytest.mark.no_bytes

TIMES = "query ($id: ID!) { run(id: $id) { status reason createdAt startedAt endedAt } }"
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


async def test_a_run_that_was_before_now_began_and_ended_then_and_was_created_now(api: Api) -> None:
    before = datetime.now(UTC)
    id = await started(api, startedAt="2026-01-02T03:04:05.000006+01:00")
    now = await started(api)
    ended = "2026-01-02T03:00:00"
    await api.mutate("finishRun", RUN, run=id, status="CRASHED", endedAt=ended, reason="silence")

    found = (await api.data(TIMES, id=id))["run"]
    assert (found["status"], found["reason"]) == ("CRASHED", "silence")
    assert found["startedAt"] == "2026-01-02T02:04:05.000006+00:00"
    assert found["endedAt"] == "2026-01-02T03:00:00+00:00"
    assert datetime.fromisoformat(found["createdAt"]) >= before
    where = '{startedAt: {lt: "2026-01-03T00:00:00Z"}}'
    early = await api.data(f'{{ runs(project: "digits", where: {where}) {{ nodes {{ id }} }} }}')
    assert [node["id"] for node in early["runs"]["nodes"]] == [id]
    other = (await api.data(TIMES, id=now))["run"]
    assert other["startedAt"] == other["createdAt"]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2999-01-01T00:00:00Z", "endedAt is 2999-01-01T00:00:00+00:00, which is still to come: "),
        (
            "2026-01-01T00:00:00Z",
            "endedAt is 2026-01-01T00:00:00+00:00, before 2026-01-02T00:00:00+00:00, when the run "
            "began.",
        ),
    ],
)
async def test_a_run_ends_neither_before_it_began_nor_after_now(
    api: Api, at: str, said: str
) -> None:
    id = await started(api, startedAt="2026-01-02T00:00:00Z")

    refused = await api.mutate("finishRun", RUN, run=id, status="COMPLETED", endedAt=at)

    assert (refused["__typename"], refused["code"]) == ("InvalidInputError", "BAD_USER_INPUT")
    assert refused["message"].startswith(said)
    found = (await api.data(TIMES, id=id))["run"]
    assert (found["status"], found["endedAt"]) == ("RUNNING", None)


async def test_a_run_that_is_to_begin_later_makes_nothing(api: Api) -> None:
    refused = await api.mutate("startRun", RUN, project="p", startedAt="2999-01-01T00:00:00Z")

    assert (refused["__typename"], refused["code"]) == ("InvalidInputError", "BAD_USER_INPUT")
    assert await api.data('{ project(name: "p") { id } }') == {"project": None}


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
