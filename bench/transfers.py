"""Bytes to a store and back: our client beside the raw `minio` client and MLflow.

In each round there are new random files, the same for all sides. A side stores them, fetches them
into an empty folder (twice, and the second counts: whoever reads while storing has warmed the page
cache), and stores them once more under another name. What it fetched is compared with what it was
given, outside of the time that counts. Before each transfer, all that waits for the disk is
written, so that nobody pays for another's bytes.
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from minio import Minio

from bench.clients import Copy, GraphApi, RawMinio, Side, Spent, contents, mlflow_client
from bench.measure import Effort, Spread, in_turns, ratio
from bench.peers.mlflow.server import mlflow
from bench.report import Table
from bench.server import Server
from bench.service import service
from bench.start import megabytes
from tests.minio.server import RunningMinio, running_minio
from tests.service import minio_variables

_RAW = "raw `minio` client"
_MIB = 1 << 20


@dataclass(frozen=True)
class Load:
    """So many files of so many bytes each."""

    title: str
    files: int
    size: int

    def write(self, folder: Path) -> None:
        """Make them, of random bytes."""
        folder.mkdir()
        for number in range(self.files):
            with (folder / f"{number:04}.bin").open("wb") as file:
                for start in range(0, self.size, _MIB):
                    file.write(os.urandom(min(self.size - start, _MIB)))


LOADS = Load("1 GiB in one file", 1, 1 << 30), Load("1,000 files of 10 KiB", 1000, 10 << 10)
SMALL_LOADS = Load("128 MiB in one file", 1, 128 << 20), Load("50 files of 10 KiB", 50, 10 << 10)


@dataclass(frozen=True)
class Round:
    """What a side took for one set of files."""

    up: Spent
    down: Spent
    again: Spent


def run(effort: Effort) -> Sequence[Table]:
    """Two tables for each load, seconds and CPU, and one of the memory."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graph-api-transfers-")))
        # Every download comes from the store, and the user's cache does not hear of it.
        os.environ["GRAPH_API_CLIENT_CACHE"] = str(root / "cache")  # noqa: TID251
        os.environ["GRAPH_API_CLIENT_CACHE_BYTES"] = "0"  # noqa: TID251
        sides = _opened(stack, root)
        servers = {name: side.servers[0] for name, side in sides.items() if side.servers}
        idle = {name: server.resident() for name, server in servers.items()}
        # Neo4j plans each statement the first time that it sees it, and Java compiles as it goes.
        for load in SMALL_LOADS:
            _rounds(load, sides, root, 3)
        tables = [
            table
            for load in (SMALL_LOADS if effort.small else LOADS)
            for table in _tables(load, _rounds(load, sides, root, effort.rounds))
        ]
        rows = [
            (name, megabytes(idle[name]), megabytes(server.resident()))
            for name, server in servers.items()
        ]
        title = "Memory before and after all transfers, MB"
        return [*tables, Table(title, ("", "idle", "after"), rows)]


def _opened(stack: ExitStack, root: Path) -> Mapping[str, Side]:
    def folder(name: str) -> Path:
        (root / name).mkdir()
        return root / name

    s3 = stack.enter_context(running_minio(folder("minio")))
    store = [Server("MinIO", s3.endpoint, s3.process.pid)] if s3.process else []
    host = urlsplit(s3.endpoint).netloc
    raw = Minio(host, s3.access_key, s3.secret_key, secure=False, region="us-east-1")
    raw.make_bucket("mlflow")
    ours_s3 = stack.enter_context(service(folder("ours-s3"), minio_variables(s3)))
    ours = stack.enter_context(service(folder("ours"), {}))
    theirs_s3 = stack.enter_context(mlflow(folder("mlflow-s3"), "s3://mlflow", _aws(s3)))
    theirs = stack.enter_context(mlflow(folder("mlflow"), str(folder("mlflow-files")), {}))
    return {
        "graph-api on MinIO": GraphApi([ours_s3, *store]),
        "graph-api on a folder": GraphApi([ours]),
        _RAW: RawMinio(store, raw, "raw"),
        "MLflow on MinIO": stack.enter_context(mlflow_client([theirs_s3, *store])),
        "MLflow on a folder": stack.enter_context(mlflow_client([theirs])),
        "copy on the disk": Copy(folder("copy")),
    }


def _aws(s3: RunningMinio) -> dict[str, str]:
    return {
        "MLFLOW_S3_ENDPOINT_URL": s3.endpoint,
        "AWS_ACCESS_KEY_ID": s3.access_key,
        "AWS_SECRET_ACCESS_KEY": s3.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _rounds(
    load: Load, sides: Mapping[str, Side], root: Path, rounds: int
) -> Mapping[str, Sequence[Round]]:
    with tempfile.TemporaryDirectory(dir=root) as folder:
        sources = [Path(folder, str(number)) for number in range(rounds)]
        for source in sources:
            load.write(source)

        def rounds_of(side: Side) -> Callable[[], Round]:
            left = iter(sources)
            return lambda: _round(side, next(left), root)

        return in_turns({name: rounds_of(side) for name, side in sides.items()}, rounds)


def _round(side: Side, source: Path, root: Path) -> Round:
    name = f"load-{secrets.token_hex(4)}"
    os.sync()
    up = side.up(name, source)
    _down(side, name, source, root)
    down = _down(side, name, source, root)
    os.sync()
    again = side.up(f"{name}-again", source)
    side.forget(name)
    side.forget(f"{name}-again")
    return Round(up, down, again)


def _down(side: Side, name: str, source: Path, root: Path) -> Spent:
    with tempfile.TemporaryDirectory(dir=root) as folder:
        os.sync()
        down = side.down(name, Path(folder))
        if contents(Path(folder)) != contents(source):
            raise RuntimeError(f"{type(side).__name__} brought other bytes back as {name!r}.")
    return down


def _tables(load: Load, rounds: Mapping[str, Sequence[Round]]) -> Sequence[Table]:
    """What each took, how fast that is beside the raw client, and whose CPU went into it."""
    ways: dict[str, dict[str, list[Spent]]] = {
        "up": {name: [one.up for one in found] for name, found in rounds.items()},
        "down": {name: [one.down for one in found] for name, found in rounds.items()},
        "again": {name: [one.again for one in found] for name, found in rounds.items()},
    }
    columns = [f"{way}, {unit}" for way in ways for unit in ("s", "of raw")]
    return [
        Table(
            load.title,
            ["", *columns],
            [
                [name, *(cell for sides in ways.values() for cell in _cells(sides, name))]
                for name in rounds
            ],
        ),
        Table(
            f"{load.title}: seconds of CPU",
            ["", *ways],
            [[name, *(_cpu(sides[name]) for sides in ways.values())] for name in rounds],
        ),
    ]


def _cells(sides: Mapping[str, Sequence[Spent]], name: str) -> tuple[str, str]:
    seconds, raw = ([spent.seconds for spent in sides[one]] for one in (name, _RAW))
    return f"{Spread.of(seconds):.2f}", f"{ratio(raw, seconds):.2f}"


def _cpu(spent: Sequence[Spent]) -> str:
    """Of each kind of process that used any to speak of."""
    used = {role: median(one.cpu[role] for one in spent) for role in spent[0].cpu}
    return ", ".join(f"{role} {seconds:.1f}" for role, seconds in used.items() if seconds >= 0.05)
