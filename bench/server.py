"""Servers in processes of their own: when they are ready, what they hold and have used."""

import os
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from bench import processes
from graph_api.settings import child_environment

_PATIENCE = 120.0
_STOP = 20.0

# By a word of the command. That of a guard holds the command that it guards, so it comes first.
_ROLES = {
    "guard.py": "guards",
    "org.neo4j": "Neo4j",
    "supervisor.worker": "worker",
    "graph_api.sweeper": "sweeper",
}


@dataclass(frozen=True)
class Server:
    """A process and all below it; those that the service has several kinds of are told apart."""

    name: str
    url: str
    pid: int
    seconds: float = 0.0
    """From its start until it was ready."""

    def resident(self) -> Counter[str]:
        """Bytes of memory that each kind of process holds."""
        held: Counter[str] = Counter()
        for process in processes.tree(self.pid):
            held[self._role(process)] += process.memory_info().rss
        return held

    def used(self) -> dict[str, float]:
        """Seconds of CPU that each kind of process has used."""
        spent: defaultdict[str, float] = defaultdict(float)
        for process in processes.tree(self.pid):
            spent[self._role(process)] += processes.cpu_seconds([process])
        return spent

    def _role(self, process: psutil.Process) -> str:
        command = " ".join(process.cmdline())
        return next((role for word, role in _ROLES.items() if word in command), self.name)


@contextmanager
def serving(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    url: str,
    ready: Callable[[httpx.Client], httpx.Response],
    descriptors: Sequence[int] = (),
) -> Generator[Server]:
    """The server of this command, once ``ready`` is answered well; it ends with the context."""
    with log.open("wb") as output, httpx.Client(trust_env=False, timeout=5) as client:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=child_environment(**environment),
            cwd=log.parent,
            stdout=output,
            stderr=output,
            pass_fds=descriptors,
            start_new_session=True,
        )
        try:
            while not _answers(lambda: ready(client)):
                if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                    raise RuntimeError(f"{name} did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.01)
            yield Server(name, url, process.pid, time.perf_counter() - began)
        finally:
            _end(process)


def _answers(ask: Callable[[], httpx.Response]) -> bool:
    try:
        return ask().is_success
    except httpx.TransportError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its whole group: not every server ends what it has started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
