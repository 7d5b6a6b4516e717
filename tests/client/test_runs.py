"""Runs, models, datasets and lineage as a user of the client sees them."""

import math
import signal
from importlib import import_module
from typing import Any

import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.drafts import draft


def test_a_run_that_ends_well_is_completed_and_remembers_what_it_did(client: Client) -> None:
    data = client.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run("svm", name="train", used=["data:latest"], parameters={"C": 10}) as run:
        assert run.status == "RUNNING"
        run.log_parameters({"kernel": "rbf", "shrink": True, "epochs": 3})
        run.log_metric("loss", 0.5, step=1)
        run.log_metrics({"loss": 0.25, "rows": 7}, step=2)
        model = run.log_artifact(draft("model", {"m": b"2"}, "model"), aliases=["best"])

    found = client.run(run.key)
    assert (found.status, found.reason, found.experiment) == ("COMPLETED", None, "svm")
    assert found.parameters == {"C": 10, "kernel": "rbf", "shrink": True, "epochs": 3}
    assert found.metrics() == {
        "loss": ga.Metric("loss", last=0.25, min=0.25, max=0.5, count=2),
        "rows": ga.Metric("rows", last=7, min=7.0, max=7.0, count=1),
    }
    assert [(point.step, point.value) for point in found.metric("loss")] == [(1, 0.5), (2, 0.25)]
    assert found.metric("gain") == []
    assert [used.id for used in found.used_artifacts()] == [data.id]
    assert [logged.id for logged in found.logged_artifacts()] == [model.id]
    assert client.run(found.id).key == run.key
    assert [(run.name, run.record.number) for run in client.runs("svm")] == [("train", 1)]


def test_an_exception_fails_the_run_and_goes_on(client: Client) -> None:
    with pytest.raises(ZeroDivisionError), client.start_run(name="broken") as run:
        _ = 1 / 0

    assert (run.status, run.reason) == ("FAILED", "ZeroDivisionError: division by zero")
    assert client.run(run.key).reason == "ZeroDivisionError: division by zero"


def test_ctrl_c_kills_the_run_and_goes_on(client: Client) -> None:
    run = client.start_run()
    # A shell that starts the tests in the background has them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), run:
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert client.run(run.key).status == "KILLED"


@pytest.mark.parametrize(("code", "status"), [(0, "COMPLETED"), (None, "COMPLETED"), (3, "FAILED")])
def test_exit_ends_the_run_by_its_code(client: Client, code: int | None, status: str) -> None:
    with pytest.raises(SystemExit), client.start_run() as run:
        raise SystemExit(code)

    assert client.run(run.key).status == status


def test_a_run_that_was_ended_by_hand_stays_as_it_is(client: Client) -> None:
    with client.start_run() as run:
        run.fail("the data was empty")

    assert (client.run(run.key).status, run.reason) == ("FAILED", "the data was empty")


def test_a_key_names_one_run_and_resume_goes_on_with_it(client: Client) -> None:
    with client.start_run(key="nightly") as first:
        pass
    with pytest.raises(ga.Refused) as refused:
        client.start_run(key="nightly")
    assert refused.value.code == "NAME_TAKEN"

    assert client.start_run(key="nightly", resume=True).id == first.id
    assert [run.id for run in client.runs()] == [first.id]


def test_numbers_that_are_not_finite_are_logged_by_name(client: Client) -> None:
    with client.start_run() as run:
        for step, value in enumerate([math.nan, math.inf, -math.inf, 1.5]):
            run.log_metric("loss", value, step)

    values = [point.value for point in run.metric("loss")]
    assert values == ["NaN", "Infinity", "-Infinity", 1.5]
    assert (run.metrics()["loss"].min, run.metrics()["loss"].max) == (1.5, 1.5)


def test_equal_content_keeps_its_first_producer_and_gains_another(client: Client) -> None:
    with client.start_run(name="first") as first:
        made = first.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run(name="second") as second:
        same = second.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run(name="third") as third:
        third.log_artifact(client.artifact("data"))

    assert (same.id, same.created) == (made.id, False)
    producer = made.logged_by()
    assert producer is not None
    assert producer.id == first.id
    assert {run.id for run in made.producers()} == {first.id, second.id, third.id}
    reused = {edge.source: edge.reused for edge in made.upstream(depth=1).edges}
    assert (reused[first.id], reused[second.id]) == (False, True)


def test_used_by_are_direct_consumers_only(client: Client) -> None:
    data = client.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run(name="train", used=[data]) as train:
        model = train.log_artifact(draft("model", {"m": b"2"}))
    with client.start_run(name="evaluate") as evaluate:
        assert evaluate.use_artifact("model:latest").id == model.id

    assert [run.id for run in data.used_by()] == [train.id]
    assert [run.id for run in model.used_by()] == [evaluate.id]
    assert data.logged_by() is None


def test_a_model_is_found_by_stage_and_version(client: Client) -> None:
    first = client.log_artifact(draft("svm", {"m": b"1"}, "model"))
    second = client.log_artifact(draft("svm", {"m": b"2"}, "model"))
    client.register_model("digits", first, stage="PRODUCTION")
    assert client.register_model("digits", second).stage == "NONE"
    again = client.register_model("digits", second, stage="STAGING")
    model = client.model("digits")

    assert (again.index, again.stage) == (1, "STAGING")
    assert [(version.index, version.stage) for version in model.versions()] == [
        (0, "PRODUCTION"),
        (1, "STAGING"),
    ]
    assert model.version(stage="PRODUCTION").artifact.id == first.id
    assert model.version().artifact.id == second.id
    assert model.set_stage(1, "PRODUCTION").stage == "PRODUCTION"
    assert model.version(stage="PRODUCTION").artifact.id == second.id
    with pytest.raises(ga.NotFound, match="has no version in stage STAGING"):
        model.version(stage="STAGING")
    with pytest.raises(ga.NotFound, match="has no version 7"):
        model.version(7)


def test_a_dataset_stands_for_its_current_snapshot(client: Client) -> None:
    first = client.log_artifact(draft("scans", {"a": b"1"}))
    second = client.log_artifact(draft("scans", {"a": b"2"}))
    client.add_snapshot("digits", first)
    client.add_snapshot("digits", second)
    dataset = client.dataset("digits")
    with client.start_run() as run:
        run.use(dataset)

    assert [snapshot.index for snapshot in dataset.snapshots()] == [0, 1]
    assert (dataset.snapshot().artifact.id, dataset.snapshot(0).artifact.id) == (
        second.id,
        first.id,
    )
    assert [used.id for used in run.used_artifacts()] == [second.id]
    [edge] = run.upstream(depth=1).edges
    assert (edge.source, edge.via) == (second.id, dataset.id)


def test_a_scikit_learn_model_comes_back_and_predicts_the_same(client: Client) -> None:
    linear_model: Any = import_module("sklearn.linear_model")
    model = linear_model.LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    with client.start_run() as run:
        logged = run.log_model(model, "tiny", metadata={"rows": 2}, stage="STAGING")

    assert (logged.type, list(logged.manifest)) == ("model", ["model.skops"])
    for found in (
        client.load_model("tiny"),
        client.load_model("tiny", 0),
        client.load_model("tiny", stage="STAGING"),
    ):
        assert found.predict([[0.0], [1.0]]).tolist() == [0, 1]


def test_a_model_of_unknown_types_is_not_loaded(client: Client) -> None:
    skops: Any = import_module("skops.io")
    made = Artifact("odd", "model")
    made.add(skops.dumps(draft), "model.skops")
    client.register_model("odd", client.log_artifact(made))

    with pytest.raises(ga.UntrustedTypes, match=r"tests\.client\.drafts\.draft"):
        client.load_model("odd")
    assert client.load_model("odd", trusted=["tests.client.drafts.draft"]) is draft


def test_lineage_goes_both_ways_and_says_when_it_is_cut(client: Client) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}))
    with client.start_run(name="clean", used=[raw]) as clean:
        data = clean.log_artifact(draft("data", {"a": b"2"}))
    with client.start_run(name="train", used=[data]) as train:
        model = train.log_artifact(draft("model", {"a": b"3"}, "model"))
    model.link("training dataset", data)

    up = model.upstream()
    assert (up.complete, up.incomplete_because, up.omitted) == (True, (), {})
    assert [(node.label, node.depth) for node in up.nodes[:1]] == [("model:v0", 0)]
    assert {node.id for node in up.nodes} == {raw.id, clean.id, data.id, train.id, model.id}
    assert {(edge.source, edge.target, edge.kind, edge.role) for edge in up.edges} == {
        (raw.id, clean.id, "USED_BY", None),
        (clean.id, data.id, "LOGGED_BY", None),
        (data.id, train.id, "USED_BY", None),
        (train.id, model.id, "LOGGED_BY", None),
        (data.id, model.id, "LINKED_TO", "training dataset"),
    }
    assert {node.id for node in raw.downstream().nodes} == {node.id for node in up.nodes}
    assert client.lineage("data:latest").nodes[0].id == data.id
    assert len(client.lineage(data, direction="BOTH").nodes) == 5

    cut = model.upstream(depth=1)
    assert (cut.complete, cut.incomplete_because) == (False, ("DEPTH",))
    assert {node.id for node in cut.nodes} == {model.id, train.id, data.id}
    unlinked = model.upstream(where={"edges": ["USED_BY", "LOGGED_BY"]})
    assert {edge.kind for edge in unlinked.edges} == {"USED_BY", "LOGGED_BY"}
    few = model.upstream(limit=2)
    assert (few.complete, few.incomplete_because) == (False, ("NODE_LIMIT",))


def test_lineage_becomes_networkx_pandas_and_arrow(client: Client) -> None:
    with client.start_run(name="make") as run:
        data = run.log_artifact(draft("data", {"a": b"2"}))
    lineage = data.upstream()

    graph = lineage.to_networkx()
    assert graph.nodes[data.id]["label"] == "data:v0"
    assert list(graph.predecessors(data.id)) == [run.id]
    assert [edge["kind"] for edge in graph[run.id][data.id].values()] == ["LOGGED_BY"]
    assert graph.number_of_edges() == 1
    nodes, edges = lineage.to_pandas()
    assert nodes.loc[run.id, "detail"] == "COMPLETED"
    assert list(edges.columns) == ["source", "target", "kind", "role", "reused", "via"]
    assert len(edges) == 1
    assert (edges.loc[0, "source"], edges.loc[0, "target"]) == (run.id, data.id)
    nodes, edges = (table.to_pylist() for table in lineage.to_arrow())
    told = {"kind": "RUN", "label": "make", "depth": 1, "detail": "COMPLETED"}
    assert nodes[1] == told | {
        "id": run.id,
        "project": client.project,
        "created_at": lineage.nodes[1].created_at,
    }
    assert [(edge["source"], edge["target"], edge["reused"]) for edge in edges] == [
        (run.id, data.id, False)
    ]


def test_lineage_of_several_pages_is_whole(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph_api.client.lineage.lineage.PAGE", 2)
    made = [client.log_artifact(draft("many", {"n": b"%d" % number})) for number in range(6)]
    with client.start_run(name="fan", used=made) as run:
        pass

    lineage = run.upstream()

    assert lineage.complete
    assert sorted(node.id for node in lineage.nodes) == sorted([run.id, *(a.id for a in made)])
    assert len(lineage.edges) == 6


def test_a_link_that_closes_a_loop_is_refused(client: Client) -> None:
    a = client.log_artifact(draft("a", {"a": b"1"}))
    b = client.log_artifact(draft("b", {"a": b"2"}))
    a.link("part", b)

    with pytest.raises(ga.Refused) as refused:
        b.link("part", a)
    assert refused.value.code == "WOULD_CLOSE_CYCLE"
    assert len(a.upstream().edges) == 1


def test_unknown_names_and_ids_are_errors(client: Client) -> None:
    client.log_artifact(draft("data", {"a": b"1"}))
    absent = "artifact_01h455vb4pex5vsknk084sn02q"

    for find in (
        lambda: client.artifact("data:v7"),
        lambda: client.artifact("data:best"),
        lambda: client.artifact("other"),
        lambda: client.artifact("nowhere/data"),
        lambda: client.artifact(absent),
        lambda: client.run("nightly"),
        lambda: client.model("digits"),
        lambda: client.dataset("digits"),
        lambda: client.lineage(absent),
    ):
        with pytest.raises(ga.NotFound) as missing:
            find()
        assert missing.value.code == "NOT_FOUND"
