"""Rows D and E2: runs, links, metrics, models; projects."""

import os
import pickle
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import graph_api as ga
from graph_api import Artifact, Client
from tests.client.drafts import draft
from tests.features.stores import nothing_of, on_the_folder


class Tripwire:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.folder),)


@on_the_folder
def test_d1_logged_by_is_the_first_producer_or_none(client: Client) -> None:
    alone = client.log_artifact(draft("alone", {"a": b"1"}))
    with client.start_run() as one:
        logged = one.log_artifact(draft("data", {"a": b"1"}))
    with client.start_run() as two:
        two.log_artifact(draft("data", {"a": b"1"}))
    first = logged.logged_by()

    assert first is not None
    assert first.id == one.id
    assert [run.id for run in logged.producers()] == [one.id, two.id]
    assert (alone.logged_by(), alone.producers()) == (None, [])
    assert [artifact.id for artifact in two.logged_artifacts()] == [logged.id]


@on_the_folder
def test_d2_used_by_is_the_direct_consumers_only(client: Client) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}))
    with client.start_run(used=["raw:v0"]) as clean:
        cleaned = clean.log_artifact(draft("clean", {"a": b"2"}))
    with client.start_run() as train:
        train.use_artifact("clean:latest")

    assert [run.id for run in raw.used_by()] == [clean.id]
    assert [run.id for run in cleaned.used_by()] == [train.id]
    assert [artifact.id for artifact in clean.used_artifacts()] == [raw.id]
    assert {node.id for node in raw.downstream().nodes} == {raw.id, clean.id, cleaned.id, train.id}


@on_the_folder
def test_d2_a_reference_that_is_not_there_starts_no_run(client: Client) -> None:
    with pytest.raises(ga.NotFound):
        client.start_run(used=["raw:v0"])
    assert nothing_of(client)


@on_the_folder
def test_d3_a_link_carries_its_role_and_may_not_close_a_loop(client: Client) -> None:
    data = client.log_artifact(draft("data", {"a": b"1"}))
    model = client.log_artifact(draft("model", {"a": b"2"}, "model"))

    model.link("training dataset", data)
    with pytest.raises(ga.Refused) as refused:
        data.link("made by", model)

    assert refused.value.code == "WOULD_CLOSE_CYCLE"
    [edge] = model.upstream().edges
    assert (edge.source, edge.target, edge.kind, edge.role) == (
        data.id,
        model.id,
        "LINKED_TO",
        "training dataset",
    )
    assert data.upstream().edges == ()


@on_the_folder
def test_d4_a_run_without_names_gets_an_experiment_and_a_name(client: Client) -> None:
    with client.start_run() as first, client.start_run() as second:
        pass
    with client.start_run(create_experiment=False) as alone:
        pass
    names = [first.experiment, second.experiment]

    assert all(name is not None and name.startswith("experiment-") for name in names)
    assert names[0] != names[1]
    assert alone.experiment is None
    assert len({first.name, second.name, alone.name}) == 3
    assert [run.id for run in client.runs(first.experiment)] == [first.id]


@on_the_folder
def test_d4_an_unknown_experiment_is_made_or_refused_as_the_caller_says(client: Client) -> None:
    with pytest.raises(ga.NotFound):
        client.start_run("svm", create_experiment=False)
    assert nothing_of(client)
    with client.start_run("forest") as other:
        pass
    with pytest.raises(ga.NotFound, match="'svm'"):
        client.start_run("svm", create_experiment=False)
    assert [run.id for run in client.runs()] == [other.id]

    with client.start_run("svm", name="first") as made:
        pass
    with client.start_run("svm", create_experiment=False) as found:
        pass
    assert (made.experiment, made.name, found.experiment) == ("svm", "first", "svm")


@on_the_folder
def test_d5_a_run_that_ends_is_returned_with_its_status(client: Client) -> None:
    completed, failed = client.start_run(), client.start_run()
    assert (completed.status, completed.record.ended_at) == ("RUNNING", None)

    assert completed.complete() is completed
    assert failed.fail("no memory") is failed

    assert (completed.status, completed.reason) == ("COMPLETED", None)
    found = client.run(failed.key)
    assert (found.status, found.reason) == ("FAILED", "no memory")
    with pytest.raises(ga.Refused):
        completed.fail()
    assert client.run(completed.key).status == "COMPLETED"


@on_the_folder
def test_d6_metrics_are_json_parameters_are_scalars_and_the_run_is_returned(
    client: Client,
) -> None:
    with client.start_run() as run:
        assert run.log_metric("loss", 0.5) is run
        assert run.log_metric("loss", 0.25).log_metric("matrix", [[1, 2], [3, 4]]) is run
        assert run.log_parameter("C", 1).log_parameters({"C": 10, "kernel": "rbf"}) is run
        wrong: Any = [1]
        with pytest.raises(ValueError, match="'list' is of type list"):
            run.log_parameter("list", wrong)

    assert run.parameters == {"C": 10, "kernel": "rbf"}
    assert client.run(run.key).parameters == {"C": 10, "kernel": "rbf"}
    assert [point.value for point in run.metric("loss")] == [0.5, 0.25]
    assert run.metrics()["matrix"].last == [[1, 2], [3, 4]]


def test_d7_a_logged_model_is_an_artifact_of_type_model_and_registered(client: Client) -> None:
    with client.start_run() as run:
        logged = run.log_model({"weights": [1]}, "digits", {"classes": 10}, serializer="pickle")

    assert (logged.type, logged.metadata, list(logged.manifest)) == (
        "model",
        {"classes": 10},
        ["model.pkl"],
    )
    assert pickle.loads(logged.load("model.pkl").read()) == {"weights": [1]}
    version = client.model("digits").version()
    assert (version.index, version.stage, version.artifact.id) == (0, "NONE", logged.id)
    assert [producer.id for producer in logged.producers()] == [run.id]


def test_d8_a_pickle_is_loaded_only_by_name_and_with_a_warning(
    client: Client, tmp_path: Path
) -> None:
    with client.start_run() as run:
        run.log_model(Tripwire(tmp_path / "sprung"), "trap", serializer="pickle")

    with pytest.raises(ga.PickleRefused, match="trust_pickle=True"):
        client.load_model("trap")
    with pytest.raises(ga.PickleRisk, match="runs whatever code"):
        client.load_model("trap", trust_pickle=True)
    assert not (tmp_path / "sprung").exists()

    with pytest.warns(ga.PickleRisk, match=r"pickle 'model\.pkl' of trap:v0"):
        client.load_model("trap", trust_pickle=True)
    assert (tmp_path / "sprung").is_dir()


def test_d8_a_model_comes_back_by_version_by_stage_and_as_the_newest(client: Client) -> None:
    linear_model: Any = import_module("sklearn.linear_model")
    with client.start_run() as run:
        for slope, stage in ((1.0, "PRODUCTION"), (2.0, None)):
            model = linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, slope])
            run.log_model(model, "line", stage=stage)

    found = [
        client.load_model("line"),
        client.load_model("line", 0),
        client.load_model("line", stage="PRODUCTION"),
        client.load_model("line", trust_pickle=True),
    ]
    assert [round(float(model.predict([[1.0]])[0]), 6) for model in found] == [2.0, 1.0, 1.0, 2.0]
    with pytest.raises(ga.NotFound):
        client.load_model("line", 2)


@on_the_folder
def test_d8_a_model_is_saved_in_the_format_of_its_kind_and_is_the_only_one(client: Client) -> None:
    numpy: Any = import_module("numpy")
    odd: Any = "joblib"
    with client.start_run() as run:
        weights = run.log_model({"w": numpy.eye(2)}, "weights")
        with pytest.raises(ga.BadArgument, match="not 'joblib'"):
            run.log_model([1], "odd", serializer=odd)
        two = run.log_artifact(draft("two", {"a.onnx": b"1", "b.PKL": b"2", "c": b"3"}, "model"))
    client.register_model("two", two)

    assert list(weights.manifest) == ["model.safetensors"]
    assert client.load_model("weights")["w"].tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ga.SeveralFiles, match="2 files, not one"):
        client.load_model("two")
    with pytest.raises(ga.NotFound):
        client.model("odd")


@on_the_folder
def test_d9_a_clone_of_a_dataset_has_its_snapshots_and_names_its_source(client: Client) -> None:
    versions = [client.log_artifact(draft("data", {"a": bytes([n])})) for n in range(2)]
    for version in versions:
        client.add_snapshot("scans", version)
    source = client.dataset("scans")

    clone = source.clone("scans-to-clean")
    other = source.clone("scans", project=f"{client.project}-other", with_metadata=False)

    for made in (clone, other):
        assert [(it.index, it.artifact.id) for it in made.snapshots()] == [
            (index, version.id) for index, version in enumerate(versions)
        ]
        assert [(edge.role, edge.source) for edge in made.upstream().edges] == [
            ("source dataset", source.id)
        ]
    assert (clone.project, other.project) == (client.project, f"{client.project}-other")
    assert (clone.name, clone.id == source.id) == ("scans-to-clean", False)
    client.add_snapshot("scans-to-clean", client.log_artifact(draft("data", {"a": b"clean"})))
    assert clone.snapshot().index == 2
    assert source.snapshot().index == 1
    with pytest.raises(ga.Refused, match="already has a Dataset named 'scans'") as taken:
        source.clone("scans")
    assert taken.value.code == "NAME_TAKEN"


@on_the_folder
def test_d10_the_graph_is_walked_by_producers_and_consumers(client: Client) -> None:
    raw = client.log_artifact(draft("raw", {"a": b"1"}))
    with client.start_run(used=[raw]) as run:
        model = run.log_artifact(draft("model", {"a": b"2"}, "model"))

    producer = model.logged_by()
    assert producer is not None
    [source] = producer.used_artifacts()
    assert (source.id, source.logged_by()) == (raw.id, None)
    [consumer] = raw.used_by()
    assert [artifact.id for artifact in consumer.logged_artifacts()] == [model.id]
    lineage = model.upstream()
    assert (lineage.complete, {node.id for node in lineage.nodes}) == (
        True,
        {model.id, run.id, raw.id},
    )


@on_the_folder
def test_d10_query_is_the_graphql_behind_an_artifact(client: Client) -> None:
    logged = client.log_artifact(draft("data", {"a": b"1"}))

    data = client.execute(Artifact.QUERY, {"id": logged.id})["artifact"]

    assert (data["id"], data["name"], data["version"]) == (logged.id, "data", "v0")


@on_the_folder
def test_d11_a_call_in_no_project_is_a_value_error(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPH_API_PROJECT", raising=False)
    with ga.Client(client.url, project=None) as nowhere:
        for call in (
            lambda: nowhere.start_run("svm"),
            lambda: nowhere.artifact("data"),
            lambda: nowhere.log_artifact(draft("data", {"a": b"1"})),
            lambda: nowhere.load_model("digits"),
        ):
            with pytest.raises(ValueError, match="No project is named"):
                call()


@on_the_folder
def test_d11_what_is_given_goes_before_the_environment_and_that_before_defaults(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GRAPH_API_URL", "GRAPH_API_KEY", "GRAPH_API_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    with ga.Client() as default:
        assert (default.url, default.project) == ("http://localhost:8000", None)
    monkeypatch.setenv("GRAPH_API_URL", client.url)
    monkeypatch.setenv("GRAPH_API_PROJECT", "named")
    with ga.Client(project="given") as given, ga.Client(api_key="key") as named:
        assert (given.url, given.project) == (client.url, "given")
        assert (named.url, named.project) == (client.url, "named")
        assert named.api.http.headers["authorization"] == "Bearer key"


@on_the_folder
def test_e2_a_project_has_words_and_metadata_and_system_metadata_apart(client: Client) -> None:
    client.log_artifact(draft("data", {"a": b"1"}))
    found = client.execute(
        "query ($name: String!) { project(name: $name) { id metadata systemMetadata } }",
        {"name": client.project},
    )["project"]
    assert (found["metadata"], found["systemMetadata"]) == ({}, {})

    assert _updated(client, found["id"], systemMetadata={"plan": "free"}) == {
        "name": client.project,
        "description": None,
        "metadata": {},
        "systemMetadata": {"plan": "free"},
    }
    assert _updated(client, found["id"], metadata={"team": "a"}, description="All of it") == {
        "name": client.project,
        "description": "All of it",
        "metadata": {"team": "a"},
        "systemMetadata": {"plan": "free"},
    }


@on_the_folder
def test_e2_projects_are_listed_and_a_second_of_a_name_is_refused(client: Client) -> None:
    client.log_artifact(draft("data", {"a": b"1"}))
    document = (
        "query ($name: String!) { projects(where: {name: {eq: $name}}) "
        "{ nodes { name organization { name } artifacts { nodes { name } } } } }"
    )

    assert client.execute(document, {"name": client.project})["projects"]["nodes"] == [
        {
            "name": client.project,
            "organization": {"name": "default"},
            "artifacts": {"nodes": [{"name": "data"}]},
        }
    ]
    create = (
        "mutation ($name: String!) { createProject(input: {name: $name}) "
        "{ __typename ... on Error { code } } }"
    )
    assert client.execute(create, {"name": client.project})["createProject"] == {
        "__typename": "ConflictError",
        "code": "NAME_TAKEN",
    }


def _updated(client: Client, id: str, **changes: Any) -> dict[str, Any]:
    document = (
        "mutation ($input: UpdateProjectInput!) { updateProject(input: $input) "
        "{ ... on ProjectPayload { project { name description metadata systemMetadata } } } }"
    )
    return client.execute(document, {"input": {"id": id, **changes}})["updateProject"]["project"]
