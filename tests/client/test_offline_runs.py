"""Runs without the service: their times, their order, and what only the service knows."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import graph_api as ga
from graph_api import Client
from graph_api.client.offline.lines import Lines
from tests.client.drafts import draft
from tests.client.offline import offline
from tests.features.stores import nothing_of

pytestmark = pytest.mark.no_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bundles"


def test_times_are_those_of_the_run_and_not_of_the_sync(client: Client, folder: Path) -> None:
    with offline(client, folder) as without, without.start_run() as run:
        run.log_metric("loss", 1)
    said = [json.loads(line) for line in next(folder.glob("*/*.jsonl")).read_text().splitlines()]
    assert [line.get("verb") for line in said] == [None, "startRun", "logMetrics", "finishRun"]

    client.sync(folder)

    found = client.run(run.key)
    assert found.record.started_at.isoformat() == said[1]["at"]
    assert str(found.record.ended_at and found.record.ended_at.isoformat()) == said[3]["at"]
    assert found.metric("loss")[0].at.isoformat() == said[2]["input"]["points"][0]["at"]
    assert found.record.ended_at is not None
    assert found.record.created_at > found.record.ended_at


def test_what_only_the_service_knows_is_an_error_that_says_so(client: Client, folder: Path) -> None:
    with offline(client, folder) as without, without.start_run() as run:
        data = run.use_artifact("scans:v7")
        made = run.log_artifact(draft("made", {"a": b"1"}))
        asked: list[Callable[[], object]] = [
            lambda: data.digest,
            lambda: data.metadata,
            lambda: data.download(),
            lambda: data.files(),
            lambda: made.digest,
            lambda: made.record.index,
            lambda: run.record.number,
            lambda: run.metrics(),
            lambda: list(without.runs()),
            lambda: without.model("digits"),
            lambda: made.delete(),
            lambda: made.upstream(),
            lambda: without.sync(folder),
        ]
        for ask in asked:
            with pytest.raises(ga.Offline, match="this client is offline") as refused:
                ask()
            assert refused.value.code == "OFFLINE"
    assert (str(data), data.name, data.state) == ("scans:v7", "scans", "COMMITTED")
    assert made.state == "COMMITTED"
    assert (made.name, made.size, made.created) == ("made", 1, None)


def test_what_is_not_there_at_the_sync_is_named_and_can_come_later(
    client: Client, folder: Path
) -> None:
    with offline(client, folder) as without:
        with without.start_run(key="first") as run:
            run.use_artifact("scans:gold")
        with without.start_run(key="second"):
            pass

    first, second = client.sync(folder)

    assert isinstance(first.error, ga.NotFound)
    assert f"{client.project}/scans:gold" in str(first.error)
    assert second.error is None
    assert client.run("second").status == "COMPLETED"
    assert client.run("first").used_artifacts() == []
    scans = client.log_artifact(draft("scans", {"scan": b"1"}), aliases=["gold"])
    assert [outcome.error for outcome in client.sync(folder)] == [None, None]
    assert [used.id for used in client.run("first").used_artifacts()] == [scans.id]
    assert client.run("first").status == "COMPLETED"


def test_two_syncs_at_once_count_once(client: Client, folder: Path) -> None:
    with offline(client, folder) as without, without.start_run(key="one") as run:
        for step in range(20):
            run.log_metric("loss", step)
            run.log_parameter(f"p{step}", step)
    syncs = [Thread(target=client.sync, args=(folder,)) for _ in range(2)]
    for thread in syncs:
        thread.start()
    for thread in syncs:
        thread.join()
    client.sync(folder)

    assert [run.key for run in client.runs()] == ["one"]
    assert [point.value for point in client.run("one").metric("loss")] == [*range(20)]


def test_a_run_that_goes_on_is_not_synced(client: Client, folder: Path) -> None:
    with offline(client, folder) as without, without.start_run(key="busy") as run:
        (waiting,) = client.sync(folder)
        assert waiting.error is not None
        assert (waiting.error.code, waiting.operations) == ("BUNDLE_IN_USE", 0)
        assert nothing_of(client)
        run.log_metric("loss", 1)
    made = without.log_artifact(draft("data", {"a": b"1"}))
    assert [outcome.error for outcome in client.sync(folder)] == [None, None]
    run.log_artifact(made)

    assert [outcome.operations for outcome in client.sync(folder)] == [2, 0]
    assert [made.name for made in client.run("busy").logged_artifacts()] == ["data"]


def test_bundles_that_are_synced_can_be_removed_and_others_stay(
    client: Client, folder: Path
) -> None:
    with offline(client, folder) as without:
        with without.start_run(key="first") as run:
            made = run.log_artifact(draft("data", {"a": b"1"}))
        with without.start_run(key="second") as run:
            run.use_artifact("gone:v0")
            run.use(made)
        with without.start_run(key="third"):
            pass
    first, second, _ = sorted(folder.iterdir())

    outcomes = client.sync(folder, remove=True)

    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert sorted(folder.iterdir()) == [first, second]
    client.log_artifact(draft("gone", {"a": b"2"}))
    client.sync(folder, remove=True)
    assert list(folder.iterdir()) == []
    names = [used.name for used in client.run("second").used_artifacts()]
    assert sorted(names) == ["data", "gone"]


def test_what_the_service_refuses_is_named_and_can_be_left_out(
    client: Client, folder: Path
) -> None:
    with offline(client, folder) as without, without.start_run(key="refused") as run:
        run.log_metric("loss", 0)
        run.log_metric("loss", "x" * 5000)
        run.log_metric("loss", 2)
        bad = run.log_artifact(draft("data", {}), aliases=["v1"])
        run.log_artifact(bad)
        run.log_parameter("C", 10)
    (bundle,) = folder.iterdir()

    said: list[tuple[int, str, str]] = []
    (outcome,) = client.sync(folder)
    while outcome.error and outcome.at:
        said.append((outcome.at.number, outcome.at.verb, outcome.error.code))
        with pytest.raises(ga.BadArgument, match="is one of a single bundle"):
            client.sync(folder, skip=outcome.at.number)
        (outcome,) = client.sync(bundle, skip=outcome.at.number)

    assert said == [
        (3, "logMetrics", "BAD_USER_INPUT"),
        (5, "logArtifact", "BAD_ALIAS"),
        (6, "log", "SKIPPED"),
    ]
    found = client.run("refused")
    assert (found.status, found.parameters) == ("COMPLETED", {"C": 10})
    assert [point.value for point in found.metric("loss")] == [0, 2]
    assert list(client.artifacts()) == []


def test_only_the_operation_that_stopped_the_sync_can_be_left_out(
    client: Client, folder: Path
) -> None:
    with offline(client, folder) as without, without.start_run(key="whole") as run:
        run.log_parameter("C", 10)
        run.log_parameter("D", 11)
    (bundle,) = folder.iterdir()

    assert [outcome.error for outcome in client.sync(bundle, skip=2)] == [None]

    assert client.run("whole").parameters == {"C": 10, "D": 11}


def test_a_run_that_is_resumed_offline_goes_on_with_its_metrics(
    client: Client, folder: Path
) -> None:
    with client.start_run(key="nightly") as online:
        online.log_series("loss", [1, 2])
    with offline(client, folder) as without:
        with without.start_run(key="nightly", resume=True) as run:
            run.log_metric("loss", 3)
        with without.start_run(key="nightly") as taken:
            taken.log_metric("loss", 4)

    first, second = client.sync(folder)

    assert first.error is None
    assert second.error is not None
    assert (second.error.code, second.operations) == ("NAME_TAKEN", 0)
    found = client.run("nightly")
    assert (found.id, found.status) == (online.id, "COMPLETED")
    assert [point.value for point in found.metric("loss")] == [1, 2, 3]
    assert found.record.started_at == online.record.started_at


def test_without_the_service_a_sync_says_so_and_the_bundle_stays(
    client: Client, folder: Path
) -> None:
    with offline(client, folder) as without, without.start_run(key="waiting"):
        pass
    with Client("http://127.0.0.1:1", offline=False) as nobody, pytest.raises(ga.Unreachable):
        nobody.sync(folder)

    assert [outcome.error for outcome in client.sync(folder)] == [None]
    assert client.run("waiting").status == "COMPLETED"


def test_values_that_were_taken_though_the_answer_was_an_error_are_there_once(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offline(client, folder) as without, without.start_run(key="late") as run:
        for step in range(5):
            run.log_metrics({"loss": step, "gain": -step})
    mutate, late = client.api.mutate, ["logMetrics"]

    def answering_late(verb: str, *args: Any) -> dict[str, Any]:
        answer = mutate(verb, *args)
        if verb in late:
            late.remove(verb)
            raise ga.Refused("It took too long.", "TIMEOUT")
        return answer

    monkeypatch.setattr(client.api, "mutate", answering_late)

    assert [outcome.error for outcome in client.sync(folder)] == [None]

    found = client.run("late")
    assert [point.value for point in found.metric("loss")] == [0, 1, 2, 3, 4]
    assert [point.value for point in found.metric("gain")] == [0, -1, -2, -3, -4]
    assert late == []


def test_what_refers_to_a_file_that_was_logged_offline_refers_to_it_in_the_service(
    client: Client, folder: Path
) -> None:
    with offline(client, folder) as without, without.start_run() as run:
        data = run.log_artifact(draft("data", {"a/b": b"bytes"}))
        view = ga.Artifact("view", "view")
        view.add_reference(data.get_path("a/b"), "seen")
        run.log_artifact(view)

    assert [outcome.error for outcome in client.sync(folder)] == [None]

    seen = client.artifact("view")
    assert seen.load("seen").read() == b"bytes"
    assert seen.get_path("seen").source == (client.artifact("data").id, "a/b")
    edges = client.lineage(seen, where={"edges": ["LINKED_TO"]}).edges
    assert [(edge.source, edge.role) for edge in edges] == [
        (client.artifact("data").id, "reference")
    ]


def test_a_bundle_that_is_synced_goes_to_no_other_service_and_says_nothing_unknown(
    client: Client, folder: Path
) -> None:
    with offline(client, folder) as without, without.start_run(key="here"):
        pass
    (bundle,) = folder.iterdir()
    Lines(bundle / "journal.jsonl").append({"organization": "organization_other"})
    later = folder / "later"
    later.mkdir()
    lines = Lines(later / "operations.jsonl")
    lines.append({"format": 1, "bundle": "later", "at": "2026-01-01T00:00:00+00:00"})
    when = {"n": 1, "at": "2026-01-01T00:00:00+00:00"}
    lines.append({**when, "verb": "deleteArtifacts", "input": {"artifacts": []}})

    first, second = client.sync(folder)

    assert first.error is not None
    assert second.error is not None
    assert (first.error.code, second.error.code) == ("BUNDLE_ELSEWHERE", "NO_BUNDLE")
    assert "says 'deleteArtifacts', which this client does not know" in str(second.error)
    assert nothing_of(client)
