"""Fixtures of a whole service: a real process, its own Neo4j, once on each byte store."""

import base64
import functools
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import pytest

from graph_api import Client
from graph_api.settings import Settings, child_environment
from graph_api.supervisor.neo4j import Connection, running
from tests.minio.server import RunningMinio
from tests.planning import PLANNED_ONCE

APP = "graph_api.app:from_environment"


@dataclass(frozen=True)
class Service:
    """A running service; ``data`` holds its bytes where no S3 does."""

    url: str
    process: subprocess.Popen[bytes]
    byte_store: Literal["folder", "minio"]
    data: Path
    log: Path
    environment: dict[str, str]

    def resident(self) -> int:
        """Bytes of memory that the server process holds now."""
        return resident(self.process.pid)


@pytest.fixture(scope="session")
def services(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Callable[[Literal["folder", "minio"]], Service]]:
    """Starts a service on a byte store when it is first asked for; it lives for the session.

    Its Neo4j is its own: other tests empty theirs.
    """
    with ExitStack() as stack:

        @functools.cache
        def start(byte_store: Literal["folder", "minio"]) -> Service:
            variables: dict[str, str] = {}
            if byte_store == "minio":
                variables = minio_variables(request.getfixturevalue("minio"))
            folder, cache = tmp_path_factory.mktemp("neo4j"), Settings().cache
            running_now = running(folder, heap="512m", cache=cache, more=PLANNED_ONCE)
            neo4j = stack.enter_context(running_now)
            variables |= neo4j_variables(neo4j)
            data = tmp_path_factory.mktemp("service")
            return stack.enter_context(serving(data, byte_store, variables))

        yield start


@pytest.fixture(scope="session", params=["folder", "minio"])
def service(
    request: pytest.FixtureRequest, services: Callable[[Literal["folder", "minio"]], Service]
) -> Service:
    """A service that begins empty, on each byte store in turn."""
    return services(request.param)


@pytest.fixture(scope="module")
def sweeper(service: Service) -> Generator[Service]:
    """The service, and beside it the process that does its jobs."""
    with sweeping(service):
        yield service


@pytest.fixture
def client(service: Service, cache_folder: Path) -> Generator[Client]:
    """A client of the service, in a project and with a cache of its own."""
    assert cache_folder.is_dir()
    with Client(service.url, project=f"test-{secrets.token_hex(6)}") as client:
        yield client


@contextmanager
def serving(
    folder: Path, byte_store: Literal["folder", "minio"], variables: dict[str, str]
) -> Generator[Service]:
    """A process that serves with these settings, ready to answer; its data is in ``folder``."""
    log = folder / "service.log"
    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    environment = {
        "GRAPH_API_HOST": "127.0.0.1",
        "GRAPH_API_PORT": str(port),
        "GRAPH_API_DATA": str(folder),
        **variables,
    }
    command = [sys.executable, "-m", "graph_api.supervisor.worker"]
    with log.open("wb") as output, listener:
        process = subprocess.Popen(
            [*command, str(listener.fileno()), APP, str(folder)],
            env=child_environment(**environment),
            stdout=output,
            stderr=output,
            pass_fds=[listener.fileno()],
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url, log)
        yield Service(url, process, byte_store, folder, log, environment)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def sweeping(service: Service) -> Generator[subprocess.Popen[bytes]]:
    """The process that sweeps for this service, and does its jobs."""
    with (service.data / "sweeper.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "graph_api.sweeper"],
            env=child_environment(**service.environment),
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def neo4j_variables(neo4j: Connection) -> dict[str, str]:
    """What makes a service use this Neo4j."""
    return {
        "GRAPH_API_NEO4J_URI": neo4j.uri,
        "GRAPH_API_NEO4J_USER": neo4j.user,
        "GRAPH_API_NEO4J_PASSWORD": neo4j.password,
    }


def neo4j_settings(settings: Settings) -> dict[str, str]:
    """What makes a service use the Neo4j of these settings."""
    password = settings.neo4j_password.get_secret_value()
    return neo4j_variables(Connection(str(settings.neo4j_uri), settings.neo4j_user, password))


def minio_variables(minio: RunningMinio) -> dict[str, str]:
    """What makes a service use a new bucket of this MinIO."""
    return {
        "GRAPH_API_S3_ENDPOINT": minio.endpoint,
        "GRAPH_API_S3_BUCKET": f"service-{secrets.token_hex(6)}",
        "GRAPH_API_S3_ACCESS_KEY": minio.access_key,
        "GRAPH_API_S3_SECRET_KEY": minio.secret_key,
        "GRAPH_API_ENCRYPTION_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def resident(pid: int) -> int:
    """Bytes of memory that the process holds now."""
    return 1024 * int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)]))


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=2, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"The service did not start:\n{log.read_text()[-2000:]}")
