"""Any process killed at any moment: nothing acknowledged is lost, and a sweep heals the rest.

The service is what ``graph-api serve`` starts: a supervisor, two workers, the sweeper and Neo4j, on
the folder or on a MinIO that is killed, too; two client processes log all the while.
"""

import asyncio
import hashlib
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from graph_api import Artifact, Client
from graph_api.blobs import blob_store
from graph_api.graph import Query, connect
from graph_api.models.doctor import Finding
from graph_api.services import doctor
from graph_api.services.sweep import sweep
from graph_api.settings import Settings, child_environment
from graph_api.supervisor.reach import reach
from tests.environment import environment
from tests.minio.server import free_port, minio_program
from tests.services.test_sweep import NOTHING, later
from tests.supervisor.processes import wait_until


class Objects(BaseModel, frozen=True):
    """How many objects are needed."""

    objects: int


KILLS = 100 if environment.deep else 2
READY_SECONDS = 90.0
ANSWER_SECONDS = 2.0
SEED = 20
COUNT = Query(
    "tests/objects",
    "MATCH (n) WHERE (n:Blob OR n:ManifestPage) AND n.state = 'LIVE' RETURN count(n) AS objects",
    Objects,
)


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


@pytest.fixture(scope="module", params=["folder", "minio"])
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Cluster]:
    """A whole service on each byte store."""
    folder, minio = tmp_path_factory.mktemp("cluster"), None
    # Bytes of what was deleted go soon, so that also a purge is killed.
    variables = {
        "GRAPH_API_WORKERS": "2",
        "GRAPH_API_SWEEP_SECONDS": "0.5",
        "GRAPH_API_TRASH_SECONDS": "1",
    }
    if request.param == "minio":
        # Asked for, so that what makes MinIO impossible is said there.
        request.getfixturevalue("minio")
        minio = Minio(folder / "minio")
        minio.start()
        variables |= minio.variables
    (folder / "data").mkdir()
    cluster = Cluster(folder / "data", variables, minio)
    cluster.start()
    try:
        wait_until(cluster.ready, READY_SECONDS, "the service is ready")
        yield cluster
    finally:
        cluster.stop()


class Logging:
    """Client processes that log all the while, and what was acknowledged to them."""

    def __init__(self, cluster: Cluster, folder: Path, count: int) -> None:
        self._cluster, self._folder = cluster, folder
        self._processes = dict[int, "subprocess.Popen[bytes]"]()
        self._started = 0
        for _ in range(count):
            self.start()

    def start(self) -> None:
        """Start one more."""
        self._started += 1
        file = self._folder / f"acknowledged-{self._started}.jsonl"
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

    def acknowledged(self) -> list[dict[str, Any]]:
        """All that the service said it had."""
        return [
            json.loads(line)
            for file in sorted(self._folder.glob("acknowledged-*.jsonl"))
            for line in file.read_text().splitlines()
            if line.endswith("}")
        ]


def test_while_a_store_is_down_calls_are_answered_503_at_once(cluster: Cluster) -> None:
    with Client(cluster.url, project="down") as client, tempfile.NamedTemporaryFile() as file:
        new = Artifact("data", type="dataset")
        new.add_file(file.name, "empty")
        made = client.log_artifact(new)
        document = "query ($id: ID!) { artifact(id: $id) { files { nodes { path } } } }"
        body = {"query": document, "variables": {"id": made.id}}

        def asked() -> httpx.Response:
            began = time.monotonic()
            response = httpx.post(f"{cluster.url}/graphql", json=body, timeout=30)
            seconds = time.monotonic() - began
            # The first answers of a Neo4j that has just begun are right, but not fast.
            assert response.status_code == 200 or seconds < ANSWER_SECONDS, (response.text, seconds)
            return response

        for down in ["neo4j", "minio"] if cluster.minio else ["neo4j"]:
            assert asked().json()["data"]["artifact"]["files"]["nodes"] == [{"path": "empty"}]
            if down == "minio" and cluster.minio:
                cluster.minio.kill()
            else:
                cluster.kill(down)
            answers = [asked() for _ in range(3)]
            if down == "minio" and cluster.minio:
                cluster.minio.start()
            wait_until(lambda: asked().status_code == 200, READY_SECONDS, "it recovers")
            assert [answer.status_code for answer in answers] == [503] * 3
            assert {answer.headers["retry-after"] for answer in answers} == {"1"}
            codes = {answer.json()["errors"][0]["extensions"]["code"] for answer in answers}
            assert codes == {"UNAVAILABLE"}


def test_nothing_acknowledged_is_lost_whatever_is_killed(cluster: Cluster, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    logging = Logging(cluster, tmp_path, 2)
    try:
        wait_until(lambda: len(logging.acknowledged()) > 2, 60, "the clients log")
        order = cluster.victims * (KILLS // len(cluster.victims) + 1)
        for victim in chance.sample(order, KILLS):
            time.sleep(chance.uniform(0.1, 1.5))
            before = len(logging.acknowledged())
            if victim == "client":
                logging.kill()
            else:
                cluster.kill(victim)
            wait_until(cluster.ready, READY_SECONDS, f"ready after {victim} was killed")
            wait_until(
                lambda before=before: len(logging.acknowledged()) > before,
                READY_SECONDS,
                f"the clients go on after {victim} was killed",
            )
    finally:
        ended = logging.end()
    assert ended == [None, None]
    acknowledged = logging.acknowledged()
    _check(cluster.url, acknowledged, tmp_path)
    findings, needed, kept = asyncio.run(_heal(cluster.settings))
    assert findings == []
    assert len(acknowledged) > KILLS
    assert kept == needed


def _check(url: str, acknowledged: list[dict[str, Any]], folder: Path) -> None:
    may: dict[str, list[str]] = {line["id"]: ["COMMITTED"] for line in acknowledged}
    may |= {line["id"]: line["may"] for line in acknowledged if "may" in line}
    with Client(url, project="proof") as client:
        for line in acknowledged:
            found = client.artifact(line["id"])
            assert found.state in may[line["id"]]
            if found.state == "DELETED" or "may" in line:
                continue
            root = Path(found.download(str(folder / "down" / line["id"])))
            read = {
                file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in root.iterdir()
            }
            assert read == line["files"]
            assert client.artifact(line["alias"]).id == line["id"]
            assert client.run(f"run-{line['run']}").status == "COMPLETED"


async def _heal(settings: Settings) -> tuple[list[Finding], int, int]:
    """Sweep as if all had expired; what the doctor finds, and how many objects there are."""
    with reach(settings) as reached:
        async with connect(reached) as graph:
            blobs = blob_store(reached)
            await sweep(graph, blobs, later(days=8))
            # What drafts that ended then had uploaded goes an hour later.
            await sweep(graph, blobs, later(days=9))
            assert await sweep(graph, blobs, later(days=9)) == NOTHING
            findings = [
                finding async for finding in doctor.examine(graph, blobs, later(days=9), read=True)
            ]
            rows = await graph.fetch(COUNT)
            return findings, rows[0].objects, len(await blobs.sizes(""))
