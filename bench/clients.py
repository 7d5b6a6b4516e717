"""Clients that bring a folder of files to a store and back, and how long it takes each."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from minio import Minio
from minio.deleteobjects import DeleteObject

from bench.peers.interpreter import python
from bench.server import Server
from graph_api import Artifact, Client
from graph_api.settings import child_environment

THREADS = 8
_CHUNK = 1 << 20
_ROOT = Path(__file__).parents[1]
# As our client cuts and sends them; parts of 5 MiB, which would be the default, take longer.
_PART, _PARTS = 64 << 20, 4

Item = TypeVar("Item")


@dataclass(frozen=True)
class Spent:
    """What one transfer took, in seconds: on the clock, and of CPU by each kind of process."""

    seconds: float
    cpu: dict[str, float]


class Side(Protocol):
    """One client with its servers. The files of a name lie flat in one folder."""

    @property
    def servers(self) -> Sequence[Server]: ...

    def up(self, name: str, folder: Path) -> Spent:
        """Store the files of a folder under a name, in the place of those before."""
        ...

    def down(self, name: str, folder: Path) -> Spent:
        """Put what was stored under the name into the folder of that name in ``folder``."""
        ...

    def cool(self) -> None:
        """Forget what the client keeps on this machine of what it fetched."""
        ...

    def forget(self, name: str) -> None:
        """Make room, where the side can."""
        ...


class GraphApi:
    """Our own client; it verifies what it gets.

    It stores and fetches as on two machines, each with a memory of its own.
    """

    def __init__(self, servers: Sequence[Server], memory: Path) -> None:
        self.servers = servers
        self._memory = memory
        self._client = Client(servers[0].url, project="bench")

    def up(self, name: str, folder: Path) -> Spent:
        def log() -> None:
            artifact = Artifact(name, "bench")
            artifact.add_dir(folder)
            self._client.log_artifact(artifact)

        self._remembers("storing")
        return _spent(self.servers, log)

    def down(self, name: str, folder: Path) -> Spent:
        self._remembers("fetching")
        return _spent(self.servers, lambda: self._client.artifact(name).download(folder / name))

    def cool(self) -> None:
        shutil.rmtree(self._memory / "fetching", ignore_errors=True)

    def forget(self, name: str) -> None:
        """What is deleted stays in the trash."""

    def _remembers(self, what: str) -> None:
        os.environ["GRAPH_API_CLIENT_CACHE"] = str(self._memory / what)  # noqa: TID251


class RawMinio:
    """The `minio` client by itself, eight files at a time."""

    def __init__(self, servers: Sequence[Server], client: Minio, bucket: str) -> None:
        self.servers = servers
        self._client, self._bucket = client, bucket
        client.make_bucket(bucket)

    def up(self, name: str, folder: Path) -> Spent:
        def put(file: Path) -> None:
            self._client.fput_object(
                self._bucket,
                f"{name}/{file.name}",
                str(file),
                part_size=_PART,
                num_parallel_uploads=_PARTS,
            )

        return _spent(self.servers, lambda: _each(put, list(folder.iterdir())))

    def down(self, name: str, folder: Path) -> Spent:
        def get(key: str) -> None:
            # `fget_object` would ask for the size first, in a request of its own.
            response = self._client.get_object(self._bucket, key)
            with response, (folder / key).open("wb") as sink:
                shutil.copyfileobj(response, sink, _CHUNK)
            response.release_conn()

        keys = self._keys(name)
        (folder / name).mkdir(exist_ok=True)
        return _spent(self.servers, lambda: _each(get, keys))

    def cool(self) -> None:
        """It keeps nothing."""

    def forget(self, name: str) -> None:
        keys = [DeleteObject(key) for key in self._keys(name)]
        for error in self._client.remove_objects(self._bucket, keys):
            raise RuntimeError(f"{error.name} could not be removed: {error.message}")

    def _keys(self, name: str) -> list[str]:
        found = self._client.list_objects(self._bucket, f"{name}/")
        return [str(one.object_name) for one in found]


class Peer:
    """A client that runs in an environment of its own; see ``bench.peers.lines``."""

    def __init__(
        self, servers: Sequence[Server], process: subprocess.Popen[str], *, caches: bool
    ) -> None:
        self.servers = servers
        self._process = process
        self._caches = caches

    def up(self, name: str, folder: Path) -> Spent:
        return self._ask("up", name, folder)

    def down(self, name: str, folder: Path) -> Spent:
        return self._ask("down", name, folder)

    def cool(self) -> None:
        if self._caches:
            self._ask("cool", "", Path())

    def forget(self, name: str) -> None:
        self._ask("forget", name, Path())

    def _ask(self, way: str, name: str, folder: Path) -> Spent:
        assert self._process.stdin
        assert self._process.stdout
        used = _used(self.servers)
        asked = {"way": way, "name": name, "folder": str(folder)}
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"A peer's client ended with {self._process.wait()} at {asked}.")
        spent = json.loads(answer)
        return Spent(spent["seconds"], used() | {"client": spent["cpu"]})


@contextmanager
def peer(
    folder: Path,
    servers: Sequence[Server],
    *arguments: str,
    variables: Mapping[str, str],
    caches: bool,
) -> Generator[Peer]:
    """The client in this folder of ``bench/peers``."""
    process = subprocess.Popen(
        [python(folder), "-m", f"bench.peers.{folder.name}.client", *arguments],
        env=child_environment(**variables),
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Peer(servers, process, caches=caches)
        finally:
            process.kill()


class Copy:
    """No server and no client: what the disk takes, and one SHA-256 of each file."""

    servers: Sequence[Server] = ()

    def __init__(self, root: Path) -> None:
        self._root = root

    def up(self, name: str, folder: Path) -> Spent:
        def store() -> None:
            (self._root / name).mkdir(parents=True, exist_ok=True)
            for file in folder.iterdir():
                with file.open("rb") as source, (self._root / name / file.name).open("wb") as sink:
                    shutil.copyfileobj(source, sink, _CHUNK)
                    os.fsync(sink.fileno())

        return _spent((), store)

    def down(self, name: str, folder: Path) -> Spent:
        def get() -> None:
            (folder / name).mkdir(exist_ok=True)
            for file in (self._root / name).iterdir():
                with file.open("rb") as source, (folder / name / file.name).open("wb") as sink:
                    shutil.copyfileobj(source, sink, _CHUNK)

        return _spent((), get)

    def cool(self) -> None:
        """It keeps nothing."""

    def forget(self, name: str) -> None:
        shutil.rmtree(self._root / name)


def contents(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file by its name."""

    def digest(file: Path) -> str:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    return {file.name: digest(file) for file in folder.iterdir()}


def _each(do: Callable[[Item], None], items: Iterable[Item]) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(do, items))


def _spent(servers: Sequence[Server], work: Callable[[], object]) -> Spent:
    used, client, began = _used(servers), time.process_time(), time.perf_counter()
    work()
    seconds, client = time.perf_counter() - began, time.process_time() - client
    return Spent(seconds, used() | {"client": client})


def _used(servers: Sequence[Server]) -> Callable[[], dict[str, float]]:
    """Tells what they will have used from now on, in seconds of CPU."""
    before = [server.used() for server in servers]

    def since() -> dict[str, float]:
        return {
            role: seconds - then[role]
            for server, then in zip(servers, before, strict=True)
            for role, seconds in server.used().items()
        }

    return since
