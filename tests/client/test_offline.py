"""Runs without the service: what can be said and known then, and what a sync makes of it."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

import graph_api as ga
from graph_api import Artifact, Client
from graph_api.settings import child_environment
from tests.client.drafts import draft
from tests.client.offline import offline
from tests.features.stores import nothing_of

WORLD = """
query ($project: String!) {
  runs(project: $project) { nodes {
    id name status reason parameters description metadata startedAt endedAt
    experiment { name } notes { nodes { text key } }
    used { nodes { entity { id } } } logged { nodes { entity { id } reused } }
    metrics { key count allPoints { nodes { step value at } } }
  } }
  artifacts(project: $project) { nodes {
    id label type description metadata tags aliases
    files { nodes { path size sha256 reference metadata } }
  } }
  models(project: $project) { nodes { name versions { nodes { index stage artifact { label } } } } }
  datasets(project: $project) { nodes { name snapshots { nodes { index artifact { label } } } } }
}
"""
NEVER_THE_SAME = {"id", "at", "startedAt", "endedAt"}
CRASHES = """
import os, signal
import graph_api as ga
with ga.Client().start_run(key="crashed", experiment="e") as run:
    run.log_metric("loss", 1.0)
    data = ga.Artifact("data", "dataset")
    data.add(b"1", "a")
    run.log_artifact(data)
    print(run.log_parameter("C", 10).parameters, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bundles"


def world(client: Client) -> Any:
    """All that the project holds, with labels for ids, and without what no two runs share."""
    data = client.execute(WORLD, {"project": client.project})
    labels = {node["id"]: node["label"] for node in data["artifacts"]["nodes"]}

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            known = cast("dict[str, Any]", value)
            if labels.get(known.get("id", "")):
                known = {**known, "label": labels[known["id"]]}
            return {key: shown(it) for key, it in known.items() if key not in NEVER_THE_SAME}
        return [*map(shown, cast("list[Any]", value))] if isinstance(value, list) else value

    return shown(data)


def train(client: Client, tmp_path: Path) -> None:
    """What a user does in a run, and with what it has logged."""
    (tmp_path / "file.txt").write_text("a file")
    with client.start_run(
        "svm", name="train", used=["scans:v0"], parameters={"seed": 1}, metadata={"gpu": None}
    ) as run:
        scans = run.use_artifact("scans:latest")
        run.log_parameter("C", 10)
        for step in range(3):
            run.log_metrics({"loss": 1 / (step + 1), "gain": float("nan")}, step)
        run.log_series("rows", [1, 2, 3])
        model = Artifact("svm", "model", metadata={"classes": 10}, tags=["new"])
        model.add(b"weights", "model.bin")
        model.add_file(tmp_path / "file.txt", metadata={"lines": 1})
        model.add(b"weights", "copy.bin")
        model.add_reference("elsewhere://bucket/key", "there")
        model = run.log_artifact(model, aliases=["best"])
        model.description = "The first."
        model.tags, model.aliases = ["old"], ["good"]
        model.save()
        run.log_metric("loss", 0)
        run.log_artifact(draft("empty", {}))
    client.register_model("digits", model, stage="STAGING")
    client.add_snapshot("all scans", scans)
    model.link("training dataset", scans)


def evaluate(client: Client) -> None:
    """What another one does, which uses what the first has logged."""
    with client.start_run("svm", name="evaluate") as second:
        used = second.use_artifact("svm:good")
        assert used.load("model.bin").read() == b"weights"
        assert used.get_path("file.txt").size == 6
        second.log_artifact(draft("report", {"report": b"fine"}))
        second.log_artifact(used)
        second.add_note("looks good", key="verdict")
        second.fail("too slow")
    client.log_artifact(draft("alone", {"a": b"alone"}))


def test_a_script_comes_to_the_same_offline_as_online(
    client: Client, folder: Path, tmp_path: Path
) -> None:
    with Client(client.url, project=f"{client.project}-offline") as other:
        for one in (client, other):
            one.log_artifact(draft("scans", {"scan": b"1"}, "dataset"))
        train(client, tmp_path)
        evaluate(client)
        with offline(other, folder) as without:
            train(without, tmp_path)
            evaluate(without)
        assert list(other.runs()) == []

        outcomes = other.sync(folder)

        assert [outcome.error for outcome in outcomes] == [None, None, None]
        expected = world(client)
        assert len(expected["runs"]["nodes"]) == 2
        assert world(other) == expected
        assert [outcome.operations for outcome in other.sync(folder)] == [0, 0, 0]
        assert world(other) == expected


def test_a_script_that_was_killed_becomes_a_run_that_crashed(client: Client, folder: Path) -> None:
    assert client.project
    variables = {"GRAPH_API_CLIENT_OFFLINE": str(folder), "GRAPH_API_PROJECT": client.project}
    killed = subprocess.run(
        [sys.executable, "-c", CRASHES],
        env=child_environment(**variables),
        capture_output=True,
        text=True,
    )
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "{'C': 10}\n"), killed.stderr
    operations = next(folder.glob("*/operations.jsonl"))
    last = json.loads(operations.read_text().splitlines()[-1])
    with operations.open("a") as torn:
        torn.write('{"n":99,"at":"2026-')

    (outcome,) = client.sync(folder)

    found = client.run("crashed")
    assert outcome.error is None
    assert (found.status, found.reason) == ("CRASHED", "Its process ended without saying how.")
    assert (found.parameters, found.metrics()["loss"].count) == ({"C": 10}, 1)
    assert [made.load("a").read() for made in found.logged_artifacts()] == [b"1"]
    assert found.record.ended_at is not None
    assert found.record.ended_at.isoformat() == last["at"]


@pytest.mark.parametrize(
    ("service", "memory"),
    [("minio", "remembered"), ("folder", "forgotten")],
    indirect=["service"],
)
def test_a_sync_that_is_killed_after_any_answer_counts_once(
    client: Client, folder: Path, tmp_path: Path, memory: str
) -> None:
    with Client(client.url, project=f"{client.project}-killed") as other:
        for one in (client, other):
            one.log_artifact(draft("scans", {"scan": b"1"}, "dataset"))
        with offline(other, folder) as without:
            train(without, tmp_path)
        copy = shutil.copytree(folder, tmp_path / "copy")
        train(client, tmp_path)

        command = [sys.executable, "-m", "tests.client.killed_sync", other.url, str(folder)]
        done = subprocess.run([*command, memory], capture_output=True, text=True)

        assert done.returncode == 0, done.stderr
        assert int(done.stdout) >= 5
        expected = world(client)
        assert world(other) == expected
        (again,) = other.sync(copy)
        assert again.error is not None
        assert again.error.code == "BUNDLE_ELSEWHERE"
        assert world(other) == expected


@pytest.mark.parametrize("harm", ["flipped", "shorter", "missing", "line"])
def test_a_damaged_bundle_is_an_error_that_names_the_file(
    client: Client, folder: Path, harm: str
) -> None:
    with offline(client, folder) as without, without.start_run(key="harmed") as run:
        run.log_artifact(draft("data", {"a": b"good bytes"}))
    harmed = next(folder.glob("*/contents/*/*"))
    match harm:
        case "flipped":
            harmed.write_bytes(b"evil bytes")
        case "shorter":
            harmed.write_bytes(b"good")
        case "missing":
            harmed.unlink()
        case _:
            harmed = next(folder.glob("*/operations.jsonl"))
            harmed.write_text(harmed.read_text().replace("harmed", "charmed", 1))

    (outcome,) = client.sync(folder)

    assert outcome.error is not None
    assert (outcome.error.code, str(harmed) in str(outcome.error)) == ("BUNDLE_DAMAGED", True)
    # What is wrong with bytes of the right size is seen when they are sent.
    assert nothing_of(client) == (harm != "flipped")
    if harm == "flipped":
        assert list(client.artifacts()) == []
        assert [run.status for run in client.runs()] == ["RUNNING"]
        harmed.write_bytes(b"good bytes")
        assert [again.error for again in client.sync(folder)] == [None]
        assert client.artifact("data").load("a").read() == b"good bytes"


def test_a_file_that_is_edited_after_it_was_logged_offline_is_synced_as_it_was(
    client: Client, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("before")
    with offline(client, folder) as without, without.start_run() as run:
        data = Artifact("data", "dataset")
        data.add_file(tmp_path / "file")
        run.log_artifact(data)
        (tmp_path / "file").write_text("after!")
        changing = Artifact("changing", "dataset")
        changing.add_file(tmp_path / "file")
        (tmp_path / "file").write_text("later!")
        with pytest.raises(ga.FileChanged):
            run.log_artifact(changing)

    client.sync(folder)

    assert client.artifact("data").load("file").read() == b"before"
    assert [found.name for found in client.artifacts()] == ["data"]
