"""What a mutation answers, over HTTP: its result, or one of the errors of its union."""

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.test_queries import logged

RUN = "... on RunPayload { created run { id key number name status reason endedAt parameters } }"


async def started(api: Api, **input: Any) -> Any:
    """A run."""
    return (await api.mutate("startRun", RUN, **{"project": "digits", **input}))["run"]


async def test_a_run_begins_and_ends(api: Api) -> None:
    first = await started(api, experiment="svm", key="k1", parameters={"C": 1, "kernel": "rbf"})
    second = await started(api)
    ended = await api.mutate(
        "finishRun", RUN, run=first["id"], status="FAILED", reason="out of memory"
    )
    again = await api.mutate("finishRun", RUN, run=first["id"], status="FAILED")
    other = await api.mutate("finishRun", RUN, run=first["id"], status="COMPLETED")
    resumed = await api.mutate("startRun", RUN, project="digits", key="k1", resume=True)

    assert (first["number"], first["name"], first["key"], first["status"]) == (
        1,
        "run-1",
        "k1",
        "RUNNING",
    )
    assert first["parameters"] == {"C": 1, "kernel": "rbf"}
    assert second["number"] == 2
    assert (ended["run"]["status"], ended["run"]["reason"]) == ("FAILED", "out of memory")
    assert again["run"] == ended["run"]
    assert (other["__typename"], other["code"]) == ("ConflictError", "RUN_ENDED")
    assert (resumed["created"], resumed["run"]["id"], resumed["run"]["status"]) == (
        False,
        first["id"],
        "RUNNING",
    )
    assert resumed["run"]["endedAt"] is None


async def test_a_key_that_a_run_has_is_refused(api: Api) -> None:
    await started(api, key="k1")

    result = await api.mutate("startRun", RUN, project="digits", key="k1", experiment="new")

    assert result == {
        "__typename": "ConflictError",
        "code": "NAME_TAKEN",
        "message": "Project 'digits' already has a Run named 'k1'.",
    }
    assert await api.data('{ experiment(project: "digits", name: "new") { id } }') == {
        "experiment": None
    }


@pytest.mark.parametrize(
    ("input", "type", "code"),
    [
        ({"experiment": "no", "createExperiment": False}, "NotFoundError", "NOT_FOUND"),
        ({"parameters": {"x": [1]}}, "InvalidInputError", "BAD_PARAMETER"),
        ({"parameters": [1]}, "InvalidInputError", "BAD_USER_INPUT"),
        ({"metadata": 7}, "InvalidInputError", "BAD_USER_INPUT"),
        ({"used": ["artifact_01h455vb4pex5vsknk084sn02q"]}, "NotFoundError", "NOT_FOUND"),
        ({"name": "a\nb"}, "InvalidInputError", "BAD_NAME"),
    ],
)
async def test_a_bad_run_is_refused_and_leaves_nothing(
    api: Api, input: dict[str, Any], type: str, code: str
) -> None:
    result = await api.mutate("startRun", RUN, **{"project": "new", **input})

    assert (result["__typename"], result["code"]) == (type, code)
    assert (await api.data("{ projects { nodes { name } } }"))["projects"]["nodes"] == []


async def test_a_run_says_what_it_used_and_logged(api: Api) -> None:
    data = await logged(api, "data")
    run = await started(api, used=[data["id"]])
    model = await logged(api, "model", content="dHdv", run=run["id"])
    again = await api.mutate("use", RUN, run=run["id"], entities=[data["id"]])
    assert again["__typename"] == "RunPayload"

    found = await api.data(
        """query ($run: ID!, $data: ID!, $model: ID!) {
        run(id: $run) {
          used { nodes { entity { id label } via { id } } }
          logged { nodes { entity { id } reused } } }
        data: artifact(id: $data) { usedBy { nodes { id } } loggedBy { id } }
        model: artifact(id: $model) { usedBy { nodes { id } } loggedBy { id } } }""",
        run=run["id"],
        data=data["id"],
        model=model["id"],
    )

    assert found == {
        "run": {
            "used": {"nodes": [{"entity": {"id": data["id"], "label": "data:v0"}, "via": None}]},
            "logged": {"nodes": [{"entity": {"id": model["id"]}, "reused": False}]},
        },
        "data": {"usedBy": {"nodes": [{"id": run["id"]}]}, "loggedBy": None},
        "model": {"usedBy": {"nodes": []}, "loggedBy": {"id": run["id"]}},
    }


async def test_a_model_and_a_dataset_stand_for_their_newest_member(api: Api) -> None:
    weights = await logged(api, "weights")
    rows = await logged(api, "rows", content="dHdv")
    version = await api.mutate(
        "registerModel",
        "... on ModelVersionPayload { created modelVersion { index stage } }",
        project="digits",
        model="digits",
        artifact=weights["id"],
        stage="STAGING",
    )
    snapshot = await api.mutate(
        "addSnapshot",
        "... on DatasetSnapshotPayload { created datasetSnapshot { index } }",
        project="digits",
        dataset="mnist",
        artifact=rows["id"],
    )
    ids = await api.data(
        """{ model(project: "digits", name: "digits") { id }
        dataset(project: "digits", name: "mnist") { id } }"""
    )
    run = await started(api, used=[ids["model"]["id"], ids["dataset"]["id"]])
    used = await api.data(
        "query ($id: ID!) { run(id: $id) { used { nodes { entity { id } via { label } } } } }",
        id=run["id"],
    )

    assert version["modelVersion"] == {"index": 0, "stage": "STAGING"}
    assert snapshot["datasetSnapshot"] == {"index": 0}
    assert used["run"]["used"]["nodes"] == [
        {"entity": {"id": weights["id"]}, "via": {"label": "digits"}},
        {"entity": {"id": rows["id"]}, "via": {"label": "mnist"}},
    ]


async def test_a_version_of_a_model_moves_between_stages(api: Api) -> None:
    payload = "... on ModelVersionPayload { created modelVersion { index stage } }"
    register = {"project": "digits", "model": "digits"}
    one, two = await logged(api, "weights"), await logged(api, "weights", content="dHdv")
    for weights in (one, two):
        await api.mutate("registerModel", payload, **register, artifact=weights["id"])
    again = await api.mutate("registerModel", payload, **register, artifact=one["id"])
    model = (await api.data('{ model(project: "digits", name: "digits") { id } }'))["model"]["id"]
    moved = await api.mutate("setStage", payload, model=model, index=0, stage="PRODUCTION")

    found = await api.data(
        """query ($id: ID!) { model(id: $id) {
        versions { nodes { index stage artifact { id } } }
        newest: version { index } production: version(stage: "PRODUCTION") { index }
        none: version(stage: "STAGING") { index } } }""",
        id=model,
    )
    both = await api.errors(
        'query ($id: ID!) { model(id: $id) { version(index: 0, stage: "STAGING") { index } } }',
        id=model,
    )

    assert again == {
        "__typename": "ModelVersionPayload",
        "created": False,
        "modelVersion": {"index": 0, "stage": "NONE"},
    }
    assert moved["modelVersion"] == {"index": 0, "stage": "PRODUCTION"}
    assert found["model"] == {
        "versions": {
            "nodes": [
                {"index": 0, "stage": "PRODUCTION", "artifact": {"id": one["id"]}},
                {"index": 1, "stage": "NONE", "artifact": {"id": two["id"]}},
            ]
        },
        "newest": {"index": 1},
        "production": {"index": 0},
        "none": None,
    }
    assert both == [
        ("BAD_USER_INPUT", "Give either the index (0) or the stage ('STAGING'), not both.")
    ]


async def test_a_link_that_would_close_a_cycle_is_refused_with_its_path(api: Api) -> None:
    one, two = await logged(api, "one"), await logged(api, "two", content="dHdv")
    payload = "... on LinkPayload { link { role source { label } } } ... on CycleError { path }"
    there = await api.mutate("link", payload, source=one["id"], target=two["id"], role="input")
    back = await api.mutate("link", payload, source=two["id"], target=one["id"], role="input")
    self_ = await api.mutate("link", payload, source=one["id"], target=one["id"], role="input")
    kept = await api.mutate("link", payload, source=two["id"], target=one["id"], role="version")

    assert there["link"] == {"role": "input", "source": {"label": "one:v0"}}
    assert back["path"] == [two["id"], one["id"], two["id"]]
    assert self_["__typename"] == "CycleError"
    assert (kept["__typename"], kept["code"]) == ("InvalidInputError", "BAD_ROLE")


async def test_metrics_are_logged_once_under_a_key(api: Api) -> None:
    run = await started(api)
    payload = """... on RunPayload { run { metrics { key last min max count
      points { step value } } } }"""
    points = [
        {"key": "acc", "value": 0.5},
        {"key": "acc", "value": "NaN", "step": 7},
        {"key": "confusion", "value": {"rows": [[1, 0], [0, 1]]}},
    ]
    call = {"run": run["id"], "points": points, "idempotencyKey": "k"}
    first = await api.mutate("logMetrics", payload, **call)
    again = await api.mutate("logMetrics", payload, **call)
    other = await api.mutate("logMetrics", payload, **{**call, "points": points[:1]})

    assert first["run"]["metrics"] == [
        {
            "key": "acc",
            "last": "NaN",
            "min": 0.5,
            "max": 0.5,
            "count": 2,
            "points": [{"step": 0, "value": 0.5}, {"step": 7, "value": "NaN"}],
        },
        {
            "key": "confusion",
            "last": {"rows": [[1, 0], [0, 1]]},
            "min": None,
            "max": None,
            "count": 1,
            "points": [{"step": 0, "value": {"rows": [[1, 0], [0, 1]]}}],
        },
    ]
    assert again == first
    assert (other["__typename"], other["code"]) == ("ConflictError", "IDEMPOTENCY_KEY_REUSED")


async def test_a_name_is_taken_once_unless_that_is_welcome(api: Api) -> None:
    payload = "... on ExperimentPayload { experiment { id } }"
    first = await api.mutate("createExperiment", payload, project="digits", name="svm")
    taken = await api.mutate("createExperiment", payload, project="digits", name="svm")
    welcome = await api.mutate(
        "createExperiment", payload, project="digits", name="svm", existsOk=True
    )
    other = await api.mutate("createExperiment", payload, project="digits", name="tree")
    renamed = await api.mutate(
        "updateExperiment", payload, id=other["experiment"]["id"], name="svm"
    )

    assert (taken["__typename"], taken["code"]) == ("ConflictError", "NAME_TAKEN")
    assert welcome == first
    assert (renamed["__typename"], renamed["code"]) == ("ConflictError", "NAME_TAKEN")


async def test_what_is_left_out_of_an_update_stays(api: Api) -> None:
    payload = "... on ModelPayload { model { id name description metadata } }"
    made = await api.mutate(
        "createModel", payload, project="p", name="m", description="words", metadata={"a": 1}
    )
    id = made["model"]["id"]
    renamed = await api.mutate("updateModel", payload, id=id, name="n")
    emptied = await api.mutate("updateModel", payload, id=id, description="", metadata={"b": 2})

    assert renamed["model"] == {
        "id": id,
        "name": "n",
        "description": "words",
        "metadata": {"a": 1},
    }
    assert emptied["model"] == {"id": id, "name": "n", "description": None, "metadata": {"b": 2}}


async def test_a_file_in_the_call_has_64_kib_at_most(api: Api) -> None:
    result = await api.mutate(
        "logArtifact",
        "... on CommitPayload { created }",
        project="new",
        name="big",
        type="dataset",
        files=[{"path": "a", "content": "A" * 4 * 21846}],
    )

    assert (result["__typename"], result["code"]) == ("InvalidInputError", "BAD_USER_INPUT")
    assert "'a' has 65,538 bytes; at most 65,536" in result["message"]
    assert (await api.data("{ projects { nodes { name } } }"))["projects"]["nodes"] == []
