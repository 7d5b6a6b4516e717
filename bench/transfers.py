"""Versions of a folder: our client beside the raw `minio` client, MLflow and DVC.

In each round there are new random files, the same for all sides. A side stores them; fetches them
into an empty folder, with nothing kept of them on this machine (twice, and the second counts:
whoever reads while storing has warmed the page cache); into another empty folder, with whatever the
client keeps of what it fetched; and into the same folder again, where they lie already. Then one
file changes, of 10 KiB, and all are stored once more under the same name. What was fetched is
compared with what was given, outside of the time that counts. Before each transfer, all that waits
for the disk is written, so that nobody pays for another's bytes.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from minio import Minio

from bench.clients import Copy, GraphApi, RawMinio, Side, Spent, contents, peer
from bench.measure import Effort, Spread, in_turns, ratio
from bench.peers.mlflow.server import HERE, VARIABLES, mlflow
from bench.report import Table
from bench.server import Server
from bench.service import service
from bench.start import megabytes
from tests.minio.server import RunningMinio, running_minio
from tests.service import minio_variables

_RAW = "raw `minio` client"
_MIB = 1 << 20
_SMALL = 10 << 10
_DVC = Path(__file__).parent / "peers/dvc"


@dataclass(frozen=True)
class Load:
    """Files of so many bytes each; the last one changes."""

    title: str
    sizes: Sequence[int]
    rounds: int = 3
    """How often at most."""
    without: Collection[str] = ()
    """Sides that would take too long."""

    def write(self, folder: Path) -> None:
        """Make them, of random bytes."""
        folder.mkdir()
        for number, size in enumerate(self.sizes):
            with self._file(folder, number).open("wb") as file:
                for start in range(0, size, _MIB):
                    file.write(os.urandom(min(size - start, _MIB)))

    def change(self, folder: Path, data: bytes) -> None:
        """Let the last one have other bytes."""
        self._file(folder, len(self.sizes) - 1).write_bytes(data)

    def _file(self, folder: Path, number: int) -> Path:
        return folder / f"{number:04}.bin"


LOADS = (
    Load("1 GiB in one file, and one of 10 KiB", [1 << 30, _SMALL]),
    Load("200 files of 10 KiB", [_SMALL] * 200),
    Load("1,000 files of 10 KiB", [_SMALL] * 1_000),
    Load("10,000 files of 10 KiB", [_SMALL] * 10_000, rounds=1, without=["MLflow on MinIO"]),
)
SMALL_LOADS = (
    Load("128 MiB in one file, and one of 10 KiB", [128 << 20, _SMALL]),
    Load("50 files of 10 KiB", [_SMALL] * 50),
)


@dataclass(frozen=True)
class Round:
    """What a side took for one set of files."""

    up: Spent
    changed: Spent
    cold: Spent
    warm: Spent
    there: Spent


def run(effort: Effort) -> Iterator[Table]:
    """Two tables for each load, seconds and CPU, and one of the memory."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graph-api-transfers-")))
        sides = _opened(stack, root)
        servers = {name: side.servers[0] for name, side in sides.items() if side.servers}
        idle = {name: server.resident() for name, server in servers.items()}
        # Neo4j plans each statement the first time that it sees it, and Java compiles as it goes.
        for load in SMALL_LOADS:
            _rounds(load, sides, root)
        for load in SMALL_LOADS if effort.small else LOADS:
            some = replace(load, rounds=min(load.rounds, effort.rounds))
            yield from _tables(load, _rounds(some, sides, root))
        rows = [
            (name, megabytes(idle[name]), megabytes(server.resident()))
            for name, server in servers.items()
        ]
        title = "Memory before and after all transfers, MB"
        yield Table(title, ("", "idle", "after"), rows)


def _opened(stack: ExitStack, root: Path) -> Mapping[str, Side]:
    def folder(name: str) -> Path:
        (root / name).mkdir()
        return root / name

    def client(
        code: Path,
        servers: Sequence[Server],
        place: str,
        variables: Mapping[str, str],
        *,
        caches: bool = False,
    ) -> Side:
        opened = peer(code, servers, place, variables=variables, caches=caches)
        return stack.enter_context(opened)

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
        "graph-api on MinIO": GraphApi([ours_s3, *store], folder("memory-s3")),
        "graph-api on a folder": GraphApi([ours], folder("memory")),
        _RAW: RawMinio(store, raw, "raw"),
        "MLflow on MinIO": client(HERE, [theirs_s3, *store], theirs_s3.url, variables=VARIABLES),
        "MLflow on a folder": client(HERE, [theirs], theirs.url, variables=VARIABLES),
        "DVC on a folder": client(
            _DVC, [], str(folder("dvc")), variables={"DVC_NO_ANALYTICS": "true"}, caches=True
        ),
        "copy on the disk": Copy(folder("copy")),
    }


def _aws(s3: RunningMinio) -> dict[str, str]:
    return {
        "MLFLOW_S3_ENDPOINT_URL": s3.endpoint,
        "AWS_ACCESS_KEY_ID": s3.access_key,
        "AWS_SECRET_ACCESS_KEY": s3.secret_key,
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _rounds(load: Load, sides: Mapping[str, Side], root: Path) -> Mapping[str, Sequence[Round]]:
    with tempfile.TemporaryDirectory(dir=root) as folder:
        sources = [Path(folder, str(number)) for number in range(load.rounds)]
        for source in sources:
            load.write(source)
        others = [os.urandom(_SMALL) for _ in sources]

        def rounds_of(side: Side) -> Callable[[], Round]:
            left = zip(sources, others, strict=True)
            return lambda: _round(side, load, *next(left), root)

        found = {name: rounds_of(side) for name, side in sides.items() if name not in load.without}
        return in_turns(found, load.rounds)


def _round(side: Side, load: Load, source: Path, other: bytes, root: Path) -> Round:
    name = f"load-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(dir=root) as folder:
        data, first, cold, warm = places = [Path(folder, str(number)) for number in range(4)]
        for place in places:
            place.mkdir()
        shutil.copytree(source, data, dirs_exist_ok=True)
        up = _up(side, name, data)
        side.cool()
        _down(side, name, source, first)
        side.cool()
        downs = [_down(side, name, source, place) for place in (cold, warm, warm)]
        load.change(data, other)
        changed = _up(side, name, data)
    side.forget(name)
    return Round(up, changed, *downs)


def _up(side: Side, name: str, folder: Path) -> Spent:
    os.sync()
    return side.up(name, folder)


def _down(side: Side, name: str, source: Path, folder: Path) -> Spent:
    os.sync()
    down = side.down(name, folder)
    if contents(folder / name) != contents(source):
        raise RuntimeError(f"{type(side).__name__} brought other bytes back as {name!r}.")
    return down


def _tables(load: Load, rounds: Mapping[str, Sequence[Round]]) -> Sequence[Table]:
    """What each took, how fast that is beside the raw client, and whose CPU went into it."""
    ways: dict[str, dict[str, list[Spent]]] = {
        "up": {name: [one.up for one in found] for name, found in rounds.items()},
        "one changed": {name: [one.changed for one in found] for name, found in rounds.items()},
        "down, cold": {name: [one.cold for one in found] for name, found in rounds.items()},
        "down, warm": {name: [one.warm for one in found] for name, found in rounds.items()},
        "down, there": {name: [one.there for one in found] for name, found in rounds.items()},
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
