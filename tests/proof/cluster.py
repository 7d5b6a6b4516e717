"""A whole service whose processes are killed, and clients that work with it all the while."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from graph_api.settings import Settings, child_environment
from tests.minio.server import free_port, minio_program


@dataclass
class Cluster:
    """The processes of a service, and how each is started again."""

    data: Path
    variables: dict[str, str]
    minio: "Minio | None"
    port: int = field(default_factory=free_port)
    supervisor: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def victims(self) -> list[str]:
        """What can be killed."""
        named = ["client", "worker-1", "worker-2", "sweeper", "neo4j", "supervisor"]
        return named + (["minio"] if self.minio else [])

    @property
    def settings(self) -> Settings:
        """Settings that name its stores."""
        prefix = "GRAPH_API_"
        own = {key.removeprefix(prefix).lower(): text for key, text in self.variables.items()}
        return Settings.model_validate(own | {"data": self.data})

    def start(self) -> None:
        """Start the supervisor, which starts the rest."""
        own = {"GRAPH_API_PORT": str(self.port), "GRAPH_API_DATA": str(self.data)}
        with (self.data / "serve.log").open("ab") as log:
            self.supervisor = subprocess.Popen(
                [str(Path(sys.executable).with_name("graph-api")), "serve"],
                env=child_environment(**self.variables, **own),
                stdout=log,
                stderr=log,
            )

    def kill(self, victim: str) -> None:
        """Kill -9; what nobody else starts again is started again."""
        if victim == "supervisor":
            assert self.supervisor
            self.supervisor.kill()
            self.supervisor.wait()
            self.start()
        elif victim == "minio":
            assert self.minio
            self.minio.kill()
            time.sleep(0.5)
            self.minio.start()
        else:
            with suppress(FileNotFoundError, ValueError, KeyError, ProcessLookupError):
                record = json.loads((self.data / "run" / f"{victim}.pid").read_text())
                os.kill(record["pid"], signal.SIGKILL)

    def ready(self) -> bool:
        """Whether the service answers, with both of its stores."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """End it in order."""
        if self.supervisor:
            self.supervisor.terminate()
            self.supervisor.wait(30)
        if self.minio:
            self.minio.kill()


class Minio:
    """A MinIO at one address, whose data outlives it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "data").mkdir(parents=True)

    @property
    def variables(self) -> dict[str, str]:
        """What makes a service use it."""
        return {
            "GRAPH_API_S3_ENDPOINT": f"http://127.0.0.1:{self._port}",
            "GRAPH_API_S3_BUCKET": f"kills-{secrets.token_hex(4)}",
            "GRAPH_API_S3_ACCESS_KEY": "graph-api-tests",
            "GRAPH_API_S3_SECRET_KEY": "only-for-tests",
            "GRAPH_API_ENCRYPTION_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        }

    def start(self) -> None:
        """Start it, or start it again."""
        access = {
            "MINIO_ROOT_USER": "graph-api-tests",
            "MINIO_ROOT_PASSWORD": "only-for-tests",
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        }
        command = [
            str(minio_program()),
            "server",
            "--quiet",
            "--address",
            f"127.0.0.1:{self._port}",
        ]
        with (self._folder / "minio.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(self._folder / "data")],
                env=child_environment(**access),
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill -9."""
        assert self._process
        self._process.kill()
        self._process.wait()


class Working:
    """Client processes that work all the while, and what they tell."""

    def __init__(self, cluster: Cluster, folder: Path, count: int) -> None:
        self._cluster, self._folder = cluster, folder
        self._processes = dict[int, "subprocess.Popen[bytes]"]()
        self._started = 0
        for _ in range(count):
            self.start()

    def start(self) -> None:
        """Start one more."""
        self._started += 1
        file = self._folder / f"told-{self._started}.jsonl"
        command = [sys.executable, "-m", "tests.proof.logging_client", self._cluster.url]
        with (self._folder / "clients.log").open("ab") as log:
            self._processes[self._started] = subprocess.Popen(
                [*command, str(file), str(self._started)], stderr=log, env=child_environment()
            )

    def kill(self) -> None:
        """Kill one, and start another."""
        _, process = self._processes.popitem()
        process.kill()
        process.wait()
        self.start()

    def end(self) -> list[int | None]:
        """Kill all; how those ended that had ended before."""
        ended = [process.poll() for process in self._processes.values()]
        for process in self._processes.values():
            process.kill()
            process.wait()
        return ended

    def progress(self) -> dict[int, int]:
        """How much each of those has told that are at work, in bytes."""
        return {number: self._size(number) for number in self._processes}

    def go_on(self, before: dict[int, int]) -> bool:
        """Whether each has told more since then."""
        return all(size > before.get(number, 0) for number, size in self.progress().items())

    def must(self) -> dict[str, dict[str, list[Any]]]:
        """What was told last, by what it is and of which thing: the values, one of which it has."""
        last: dict[str, dict[str, list[Any]]] = {}
        for file in self._folder.glob("told-*.jsonl"):
            # Whoever was killed while it wrote left the last line without an end.
            for text in file.read_text().split("\n")[:-1]:
                line = json.loads(text)
                last.setdefault(line["what"], {})[line["of"]] = line["may"]
        return last

    def _size(self, number: int) -> int:
        file = self._folder / f"told-{number}.jsonl"
        return file.stat().st_size if file.exists() else 0
