import base64
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from graph_api.settings import Settings, child_environment
from graph_api.supervisor import jars
from graph_api.supervisor.serve import Ended, ending_on_signals, listen, worker_environment
from tests.environment import environment
from tests.supervisor.database import query
from tests.supervisor.processes import find, guard_of, processes, wait_until
from tests.supervisor.start import TINY

ROOT = Path(__file__).parents[2]
BROKEN = "tests.supervisor.tiny_app:broken"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Service:
    """``graph-api serve`` with a tiny application, in a process of its own."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        self.data = data
        self.url = ""
        self.settings = {"port": str(free_port()), "cache": str(environment.cache)} | settings
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.supervisor.start", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=child_environment(
                PYTHONPATH=str(ROOT),
                GRAPH_API_DATA=str(data),
                **{f"GRAPH_API_{name.upper()}": value for name, value in self.settings.items()},
            ),
        )

    def line(self) -> str:
        """What it prints next."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def ready(self) -> "Service":
        self.url = self.line()
        assert self.url == f"http://127.0.0.1:{self.settings['port']}"
        return self

    def get(self, path: str = "/") -> dict[str, Any]:
        return httpx.get(self.url + path, timeout=10).raise_for_status().json()

    def is_ready(self) -> bool:
        return httpx.get(self.url + "/readyz", timeout=10).status_code == 200

    def end(self, number: int) -> int:
        """Its exit code after this signal."""
        self.process.send_signal(number)
        return self.code()

    def code(self) -> int:
        """Its exit code, once it has ended by itself."""
        assert self.process.stdout is not None
        code = self.process.wait(30)
        self.process.stdout.close()
        return code


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Generator[Service]:
    """One that runs, with a Neo4j of its own; a test may kill what it likes of it."""
    service = Service(tmp_path_factory.mktemp("served")).ready()
    yield service
    service.end(signal.SIGKILL)


@pytest.fixture
def given() -> Generator[dict[str, str]]:
    """Settings that name a graph, so that none is started."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"neo4j_uri": f"bolt://127.0.0.1:{server.getsockname()[1]}"}


def test_a_worker_reads_the_address_and_the_password_of_the_managed_neo4j(service: Service) -> None:
    seen = service.get()

    query(seen["neo4j"], seen["user"], seen["password"], "MERGE (:Note {text: 'kept'})")
    assert seen["data"] == str(service.data)
    assert seen["port"] == int(service.settings["port"])


def test_an_accepted_connection_sends_at_once(service: Service) -> None:
    # Where TCP_NODELAY is unset, each answer on a kept connection takes 40 ms.
    assert service.get()["nodelay"] == 1


def test_lists_of_settings_reach_a_worker_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origins, hosts = ("https://a.example", "http://localhost:3000"), ("a.example", "b.example")
    keys = tuple(SecretStr(base64.b64encode(bytes([n] * 32)).decode()) for n in range(2))
    settings = Settings(cors_origins=origins, allowed_hosts=hosts, encryption_keys=keys)
    with listen("127.0.0.1", 0) as listener:
        variables = worker_environment(settings, tmp_path, listener, None)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert (Settings().cors_origins, Settings().allowed_hosts) == (origins, hosts)
    assert Settings().encryption_keys == keys
    for wrong in ("*", "https://a.example/", "a.example", "null"):
        monkeypatch.setenv("GRAPH_API_CORS_ORIGINS", wrong)
        with pytest.raises(ValidationError, match="is no origin like"):
            Settings()


def test_a_second_start_is_refused_and_told_where_the_first_answers(service: Service) -> None:
    second = Service(service.data)

    assert second.line() == "ALREADY_RUNNING"
    assert second.line() == (
        f"{service.data} is served already at {service.url}, by process {service.process.pid}. "
        "Use that one, stop it, or name another folder by GRAPH_API_DATA."
    )
    assert second.code() == 1
    assert service.is_ready()


def test_a_busy_port_is_an_error_that_names_its_setting(service: Service, tmp_path: Path) -> None:
    port = service.settings["port"]
    second = Service(tmp_path, port=port)

    assert second.line() == "ADDRESS_TAKEN"
    assert second.line() == (
        f"Cannot listen on 127.0.0.1:{port}: Address already in use. "
        "Choose another port by GRAPH_API_PORT, or another address by GRAPH_API_HOST."
    )
    assert second.code() == 1
    assert processes(tmp_path) == {}
    assert not (tmp_path / "neo4j").exists()


def test_a_killed_worker_is_replaced_and_nobody_is_refused(service: Service) -> None:
    before = service.get()["pid"]

    os.kill(before, signal.SIGKILL)

    # The socket stays open: a new connection waits for the next worker.
    wait_until(lambda: not alive(before), 2, "the worker is gone")
    assert service.get()["pid"] != before


def test_a_killed_neo4j_comes_back_at_the_same_address(service: Service) -> None:
    before = service.get()
    java = find(service.data, "--home-dir=")

    os.kill(java, signal.SIGKILL)

    wait_until(lambda: not service.is_ready(), 5, "503 while there is no Neo4j")
    wait_until(service.is_ready, 30, "Neo4j answers again")
    assert service.get() == before
    assert find(service.data, "--home-dir=") != java


def test_a_killed_guard_takes_its_process_along_and_both_come_back(service: Service) -> None:
    before = service.get()["pid"]

    os.kill(guard_of(before), signal.SIGKILL)

    wait_until(lambda: not alive(before), 5, "the worker is gone")
    assert service.get()["pid"] != before


def test_a_killed_supervisor_leaves_no_child_and_the_next_start_finds_the_data(
    service: Service,
) -> None:
    before = service.get()
    service.end(signal.SIGKILL)

    wait_until(lambda: processes(service.data) == {}, 2, "every child is gone")
    again = Service(service.data, **service.settings).ready()

    seen = again.get()
    text = "MATCH (n:Note) RETURN n.text"
    assert query(seen["neo4j"], seen["user"], seen["password"], text) == ["kept"]
    assert seen["neo4j"] == before["neo4j"]

    threading.Thread(target=slow_request, args=(again,), daemon=True).start()
    wait_until(lambda: again.is_ready(), 5, "the service answers beside a slow request")
    took = wait_until(lambda: again.end(signal.SIGINT) == 0, 5, "it ends")
    assert took < 3
    assert processes(service.data) == {}


def test_a_start_right_after_a_kill_waits_for_what_the_killed_one_left(
    tmp_path: Path, given: dict[str, str]
) -> None:
    first = Service(tmp_path, **given).ready()
    threading.Thread(target=slow_request, args=(first,), daemon=True).start()
    port = first.settings["port"]

    first.end(signal.SIGKILL)
    second = Service(tmp_path, port=port, **given).ready()

    # One guard and one worker, beside the sweeper that comes a little later.
    assert len([line for line in processes(tmp_path).values() if "sweeper" not in line]) == 2
    assert second.end(signal.SIGTERM) == 0
    assert processes(tmp_path) == {}


def test_what_outlived_its_guard_and_supervisor_is_ended_by_the_next_start(
    tmp_path: Path, given: dict[str, str]
) -> None:
    first = Service(tmp_path, **given).ready()
    worker = first.get()["pid"]
    # A stopped guard cannot end its worker: what is left of both is as on a system without
    # PR_SET_PDEATHSIG.
    os.kill(guard_of(worker), signal.SIGSTOP)
    guard = guard_of(worker)
    first.end(signal.SIGKILL)

    second = Service(tmp_path, port=first.settings["port"], **given)
    wait_until(lambda: not alive(worker) or is_zombie(worker), 20, "the worker is killed")
    os.kill(guard, signal.SIGCONT)
    second.ready()

    assert second.get()["pid"] != worker
    assert second.end(signal.SIGINT) == 0
    assert processes(tmp_path) == {}


def test_a_given_neo4j_is_used_and_none_is_started(tmp_path: Path, given: dict[str, str]) -> None:
    service = Service(tmp_path, neo4j_password="given", workers="2", **given).ready()

    seen = service.get()

    assert (seen["neo4j"], seen["password"]) == (given["neo4j_uri"], "given")
    guards = [line for line in processes(tmp_path).values() if "guard.py" in line]
    assert len([line for line in guards if "sweeper" not in line]) == 2
    assert not (tmp_path / "neo4j").exists()
    assert service.end(signal.SIGTERM) == 0
    assert processes(tmp_path) == {}


def test_an_application_that_cannot_start_is_an_error_with_its_last_words(
    tmp_path: Path, given: dict[str, str]
) -> None:
    service = Service(tmp_path, BROKEN, **given)

    assert service.line() == "START_FAILED"
    log = tmp_path / "logs" / "worker-1.log"
    assert service.line().startswith(f"worker-1 ended with code 1. Its log, {log}, ends:")
    assert service.process.stdout is not None
    assert "ValueError: the application is broken" in service.process.stdout.read()
    assert service.code() == 1
    assert processes(tmp_path) == {}


def test_ctrl_c_during_the_download_ends_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mirror = f"http://127.0.0.1:{silent.getsockname()[1]}/maven"
        service = Service(tmp_path, cache=str(tmp_path / "cache"), maven_mirror=mirror)
        silent.accept()[0].close()

        took = wait_until(lambda: service.end(signal.SIGINT) == 0, 10, "it ends")

    assert took < 3
    assert processes(tmp_path) == {}


@pytest.mark.parametrize("delay", [number / 100 for number in range(0, 40, 2)])
def test_a_signal_ends_a_download_at_whatever_moment_it_comes(tmp_path: Path, delay: float) -> None:
    before = set(threading.enumerate())
    timer = threading.Timer(delay, os.kill, (os.getpid(), signal.SIGTERM))

    def fetch(mirror: str) -> None:
        with ending_on_signals() as check:
            timer.start()
            jars.fetch(tmp_path, mirror, check=check)

    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Ended):
        fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/maven")

    timer.join()
    assert set(threading.enumerate()) <= before


def test_a_signal_ends_the_service_even_if_it_comes_in_a_finaliser(
    tmp_path: Path, given: dict[str, str]
) -> None:
    # Python drops what a signal's handler raises there.
    service = Service(tmp_path, TINY, "dropping", **given)

    assert service.ready().code() == 0
    assert processes(tmp_path) == {}


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def is_zombie(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return listed.stdout.startswith("Z")


def slow_request(service: Service) -> None:
    with suppress(httpx.HTTPError):
        httpx.get(f"{service.url}/slow", timeout=60)
