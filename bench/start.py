"""How long servers take to be ready, and the memory that they hold before anything is asked."""

import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Effort, Spread, in_turns
from bench.peers.mlflow.server import mlflow
from bench.report import Table
from bench.server import Server, serving
from bench.service import service
from graph_api.settings import Settings
from graph_api.supervisor.neo4j import running
from tests.service import APP, neo4j_variables

# What loads after the start has loaded by then.
_IDLE_SECONDS = 5.0


@dataclass(frozen=True)
class Started:
    """A server that had nothing to do yet."""

    seconds: float
    resident: Counter[str]


def run(effort: Effort) -> Sequence[Table]:
    """Each server, started again and again on the data of its first start."""
    with tempfile.TemporaryDirectory(prefix="graph-api-start-") as scratch:
        root = Path(scratch)
        for name in ("neo4j", "service", "worker", "whole", "mlflow"):
            (root / name).mkdir()
        with running(root / "neo4j", "512m", Settings().cache) as connection:
            neo4j = neo4j_variables(connection)
            sides: dict[str, Callable[[], AbstractContextManager[Server]]] = {
                "a worker of ours": lambda: _worker(root / "worker", neo4j),
                "`graph-api serve`, Neo4j is there": lambda: service(root / "service", neo4j),
                "`graph-api serve`, starting Neo4j": lambda: service(root / "whole", {}),
                "`mlflow server`, one worker": lambda: mlflow(
                    root / "mlflow", str(root / "mlflow/files"), {}
                ),
            }
            for side in sides.values():
                with side():
                    pass
            found = in_turns({name: _started(side) for name, side in sides.items()}, effort.rounds)
    rows = [
        (
            name,
            f"{Spread.of(one.seconds for one in started):.2f}",
            megabytes(started[-1].resident),
        )
        for name, started in found.items()
    ]
    return [Table("Start and idle memory", ("", "ready after, s", "memory, MB"), rows)]


def megabytes(resident: Mapping[str, int]) -> str:
    """Of each kind of process, the largest first."""
    held = sorted(resident.items(), key=lambda item: -item[1])
    return ", ".join(f"{role} {size / 1e6:.0f}" for role, size in held)


def _started(side: Callable[[], AbstractContextManager[Server]]) -> Callable[[], Started]:
    def once() -> Started:
        with side() as server:
            time.sleep(_IDLE_SECONDS)
            return Started(server.seconds, server.resident())

    return once


@contextmanager
def _worker(folder: Path, variables: Mapping[str, str]) -> Generator[Server]:
    """The process that answers requests, by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        with serving(
            "worker",
            [
                *(sys.executable, "-P", "-m", "graph_api.supervisor.worker"),
                *(str(listener.fileno()), APP, str(folder)),
            ],
            {"GRAPH_API_PORT": str(port), "GRAPH_API_DATA": str(folder), **variables},
            folder / "worker.log",
            url=(url := f"http://127.0.0.1:{port}"),
            ready=lambda client: client.get(f"{url}/readyz"),
            descriptors=[listener.fileno()],
        ) as server:
            yield server
