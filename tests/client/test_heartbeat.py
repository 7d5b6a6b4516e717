"""Heartbeats of runs, as a process that trains sends them."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import httpx
import pytest
from pydantic import SecretStr

from graph_api import Client
from graph_api.client import heartbeat
from graph_api.graph import connect
from graph_api.models.viewer import Viewer
from graph_api.services import heartbeat as service_heartbeat
from graph_api.services import organization
from graph_api.settings import Settings, child_environment
from tests.service import Service

pytestmark = pytest.mark.no_bytes


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def beating() -> int:
    """How many threads send heartbeats."""
    return sum(thread.name == "graph-api heartbeat" for thread in threading.enumerate())


@pytest.fixture
def beats(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The heartbeats that the client sends, 20 ms apart."""
    monkeypatch.setattr("graph_api.client.heartbeat.INTERVAL", 0.02)
    sent: list[bytes] = []

    def note(request: httpx.Request) -> None:
        if b"heartbeat" in request.content and b"startRun" not in request.content:
            sent.append(request.content)

    client.api.http.event_hooks = {"request": [note]}
    return sent


def test_the_service_is_told_until_the_run_ends(client: Client, beats: list[bytes]) -> None:
    with client.start_run() as run:
        wait_until(lambda: len(beats) >= 3)
        assert beating() == 1
        with client.start_run() as other:
            wait_until(lambda: any(other.id.encode() in beat for beat in beats))
            assert beating() == 1
        told = len(beats)
        wait_until(lambda: len(beats) >= told + 3)
        assert other.id.encode() not in b"".join(beats[told + 1 :])

    wait_until(lambda: beating() == 0)
    told = len(beats)
    time.sleep(0.1)
    assert len(beats) == told
    assert [client.run(each.id).status for each in (run, other)] == ["COMPLETED", "COMPLETED"]


def test_a_heartbeat_that_fails_disturbs_nobody(client: Client, beats: list[bytes]) -> None:
    note = client.api.http.event_hooks["request"][0]

    def fail(request: httpx.Request) -> None:
        told = len(beats)
        note(request)
        if len(beats) > told:
            raise ValueError("no heartbeat goes out")

    client.api.http.event_hooks = {"request": [fail]}
    with client.start_run() as run:
        wait_until(lambda: len(beats) >= 3)
        run.log_metric("loss", 1)

    assert client.run(run.id).metrics()["loss"].count == 1


@pytest.mark.parametrize(("code", "told"), [("UNAVAILABLE", True), ("RUN_ENDED", False)])
def test_only_a_run_that_is_over_is_told_of_no_more(
    client: Client, beats: list[bytes], code: str, told: bool
) -> None:
    note = client.api.http.event_hooks["request"][0]
    answer = {"errors": [{"message": "Refused.", "extensions": {"code": code}}]}

    def refuse(response: httpx.Response) -> None:
        if b"heartbeat(input" in response.request.content:
            response.status_code = 200
            response.read()
            response._content = json.dumps(answer).encode()  # pyright: ignore[reportPrivateUsage]

    client.api.http.event_hooks = {"request": [note], "response": [refuse]}
    with client.start_run():
        wait_until(lambda: len(beats) >= 1)
        before = len(beats)
        time.sleep(0.5)
        assert (len(beats) > before + 2) is told


def test_a_run_that_was_ended_elsewhere_is_told_of_no_more(
    client: Client, beats: list[bytes]
) -> None:
    run = client.start_run()
    with Client(client.url, project=client.project) as other:
        other.run(run.id).kill("by hand")

    wait_until(lambda: beating() == 0)
    assert client.run(run.id).reason == "by hand"


def test_a_client_that_is_closed_tells_nothing_more(client: Client, beats: list[bytes]) -> None:
    with Client(client.url, project=client.project) as other:
        run = other.start_run()
        wait_until(lambda: beating() == 1)

    wait_until(lambda: beating() == 0)
    client.run(run.id).complete()


FORKS = """
import os, sys, threading, time
from graph_api import Client
from graph_api.client import heartbeat
heartbeat.INTERVAL = 0.01
client = Client()
run = client.start_run(key="forked")
child = os.fork()
if child == 0:
    client.heartbeats.end(run.id)
    alone = threading.active_count() == 1
    client.heartbeats.begin("another")
    mine = client.heartbeats._runs == {"another"} and threading.active_count() == 2
    os._exit(0 if alone and mine else 1)
assert os.waitpid(child, 0)[1] == 0
assert client.heartbeats._runs == {run.id}
print(run.id, flush=True)
time.sleep(60)
"""


@contextmanager
def started(client: Client, program: str) -> Generator[subprocess.Popen[bytes]]:
    """A process that has started a run."""
    environment = child_environment(
        GRAPH_API_URL=client.url, GRAPH_API_PROJECT=client.project or ""
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline().startswith(b"run_")
            yield process
        finally:
            process.kill()


async def crash_silent(service: Service, seconds: float) -> list[str]:
    """What the sweep does, on the graph of the service."""
    known = service.environment
    settings = Settings(
        neo4j_uri=known["GRAPH_API_NEO4J_URI"],
        neo4j_user=known["GRAPH_API_NEO4J_USER"],
        neo4j_password=SecretStr(known["GRAPH_API_NEO4J_PASSWORD"]),
    )
    async with connect(settings) as graph:
        default = await organization.ensure_default(graph)
        viewer = Viewer(user="graph-api", organization_id=default.id)
        return await service_heartbeat.crash_silent(graph, viewer, seconds)


def test_a_child_leaves_the_runs_of_its_parent_alone(client: Client) -> None:
    with started(client, FORKS) as process:
        assert client.run("forked").status == "RUNNING"
        process.kill()


def test_a_run_whose_process_was_killed_is_crashed_and_comes_back_when_heard_of(
    client: Client, service: Service
) -> None:
    with started(client, FORKS) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    run = client.run("forked")
    time.sleep(1.1)

    assert run.id in asyncio.run(crash_silent(service, 1))
    found = client.run("forked")
    assert (found.status, (found.reason or "")[:27]) == ("CRASHED", "No heartbeat for 1 seconds;")

    client.heartbeats._tell(run.id)  # pyright: ignore[reportPrivateUsage]  # as the thread does
    assert client.run("forked").status == "RUNNING"
    client.run("forked").complete()
    assert client.run("forked").status == "COMPLETED"


@pytest.mark.parametrize("end", ["complete", "fail", "kill", None])
def test_a_resumed_run_goes_on_where_it_was(client: Client, end: str | None) -> None:
    with client.start_run():
        pass
    first = client.start_run(key="nightly", name="train", parameters={"C": 1})
    first.log_series("loss", [3, 2])
    if end:
        getattr(first, end)()

    with client.start_run(key="nightly", resume=True) as run:
        run.log_metric("loss", 1)
        run.log_parameter("gamma", 2)
        assert run.status == "RUNNING"

    found = client.run("nightly")
    assert (found.id, found.name, found.record.number) == (first.id, "train", 2)
    assert found.parameters == {"C": 1, "gamma": 2}
    points = [(point.step, point.value) for point in found.metric("loss")]
    assert points == [(0, 3), (1, 2), (2, 1)]


def test_thirty_seconds_lie_between_heartbeats() -> None:
    assert heartbeat.INTERVAL == 30
    assert Settings.model_fields["heartbeat_seconds"].default == 300
