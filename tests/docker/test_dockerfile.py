"""The Dockerfile's commands, run where there is no engine: they install, start and serve."""

import base64
import hashlib
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph_api.graph import Graph
from graph_api.settings import Settings
from tests.docker.engine import Image, Instruction, StepFailed, build, instructions, located, run
from tests.minio.server import RunningMinio, free_port
from tests.service import minio_variables
from tests.structure.source import ROOT

DOCKERFILE = ROOT / "docker" / "Dockerfile"
LOG = """
mutation ($input: LogArtifactInput!) {
  logArtifact(input: $input) {
    ... on CommitPayload {
      created artifact { version size file(path: "a.txt") { sha256 downloadUrl } }
    }
    ... on Error { message }
  }
}
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What the Dockerfile makes of the tree."""
    return build(DOCKERFILE, ROOT, tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="module")
def steps() -> list[Instruction]:
    """The Dockerfile's instructions."""
    return list(instructions(DOCKERFILE))


def files(root: Path, but: Path) -> dict[str, int]:
    """When each file under a folder was written, but for those under another."""
    return {
        str(path.relative_to(root)): path.lstat().st_mtime_ns
        for path in root.rglob("*")
        if not path.is_relative_to(but)
    }


@contextmanager
def started(image: Image, log: Path, **variables: str) -> Generator[subprocess.Popen[bytes]]:
    """The image's command, with its environment, these variables and nothing else."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            image.command,
            cwd=image.folder,
            env=image.environment | variables,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(20)


def healthy(image: Image, **variables: str) -> bool:
    """Whether the image's own health check says so."""
    check = subprocess.run(
        image.health, env=image.environment | variables, capture_output=True, check=False
    )
    return check.returncode == 0


def logged(client: httpx.Client, text: str) -> dict[str, Any]:
    """What logArtifact answers for one small file."""
    input = {
        "project": "docker",
        "name": "greeting",
        "type": "dataset",
        "files": [{"path": "a.txt", "content": base64.b64encode(text.encode()).decode()}],
    }
    body = {"query": LOG, "variables": {"input": input}}
    return client.post("/graphql", json=body).json()


def test_it_serves_and_logs_an_artifact_and_writes_its_data_only(
    image: Image, graph: Graph, neo4j: Settings, minio: RunningMinio, tmp_path: Path
) -> None:
    """With the Neo4j and the S3 of the tests, as in compose.yaml."""
    data = Path(image.environment["GRAPH_API_DATA"])
    port, text = free_port(), "It was the best of images.\n"
    variables = {
        "GRAPH_API_HOST": "127.0.0.1",
        "GRAPH_API_PORT": str(port),
        "GRAPH_API_NEO4J_URI": neo4j.neo4j_uri or "",
        "GRAPH_API_NEO4J_PASSWORD": neo4j.neo4j_password.get_secret_value(),
        **minio_variables(minio),
    }
    before = files(image.root, but=data)
    log = tmp_path / "log"
    url = f"http://127.0.0.1:{port}"
    with started(image, log, **variables) as process:
        until = time.monotonic() + 60
        while not healthy(image, **variables):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
        made = subprocess.run(
            [image.command[0], "keys", "create", "docker", "--everywhere", "write"],
            env=image.environment | variables,
            stdout=subprocess.PIPE,
            check=True,
        )
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
            refused = client.post("/graphql", json={"query": "{ __typename }"})
            client.headers["authorization"] = f"Bearer {made.stdout.decode().strip()}"
            answer = logged(client, text)
            page = client.get("/graphql", headers={"accept": "text/html"})
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)

    artifact = answer["data"]["logArtifact"]["artifact"]
    download = artifact["file"].pop("downloadUrl")
    assert answer["data"]["logArtifact"] == {
        "created": True,
        "artifact": {
            "version": "v0",
            "size": len(text),
            "file": {"sha256": hashlib.sha256(text.encode()).hexdigest()},
        },
    }
    assert download.startswith(f"{minio.endpoint}/")
    assert httpx.get(download, trust_env=False).text == text
    assert (refused.status_code, page.status_code) == (401, 200)
    assert (code, healthy(image, **variables)) == (0, False)
    # Neither Neo4j nor bytes are its own here, and so there is no Java.
    assert {path.name for path in data.iterdir()} == {"logs", "run", "supervisor.lock"}
    assert files(image.root, but=data) == before


def test_a_package_that_is_not_the_locked_one_is_refused(
    image: Image, steps: list[Instruction]
) -> None:
    """A lock is only a constraint to uv: its hashes must hold all the same."""
    stage = image.root.with_name("build")
    lock = (ROOT / "requirements.lock").read_text()
    found = re.search(r"^rfc8785==.*?(?=^\S)", lock, re.MULTILINE | re.DOTALL)
    assert found is not None
    forged = lock.replace(found[0], re.sub(r"(?<=sha256:).{8}", "00000000", found[0]))
    (stage / "src" / "requirements.lock").write_text(forged)
    shutil.rmtree(stage / "opt" / "graph-api")
    (install,) = [step.value for step in steps if "--constraints" in step.value]

    with pytest.raises(StepFailed, match="Hash mismatch for `rfc8785=="):
        run(located(install, stage), Image(stage, image.environment, stage / "src"))


def test_what_the_server_does_not_need_is_not_in_the_image(image: Image) -> None:
    packages = {path.name.split("-")[0] for path in image.root.rglob("*.dist-info")}

    assert {"graph_api", "neo4j", "minio", "uvicorn"} <= packages
    assert packages.isdisjoint({"pip", "uv", "hatchling", "scikit_learn", "scipy", "pytest"})
    assert sorted(path.name for path in image.root.iterdir()) == ["opt", "var"]


def test_it_runs_as_a_user_that_owns_nothing_but_the_data(
    image: Image, steps: list[Instruction]
) -> None:
    owned = [step.value for step in steps if "10001" in step.value and step.name != "USER"]

    assert image.user == "10001:10001"
    assert owned == ["mkdir -p /var/lib/graph-api && chown 10001:10001 /var/lib/graph-api"]
    assert [step.flags for step in steps if step.name == "COPY" and step.flags] == [
        {"from": "build"}
    ]


def test_it_listens_for_other_containers_on_the_port_that_it_exposes(image: Image) -> None:
    assert image.environment["GRAPH_API_HOST"] == "0.0.0.0"
    assert image.ports == [image.environment["GRAPH_API_PORT"]] == ["8000"]


def test_both_stages_have_the_same_python(steps: list[Instruction]) -> None:
    """The environment of the one holds the address of the other's interpreter."""
    bases = [step.value.split(" AS ")[0] for step in steps if step.name == "FROM"]

    assert bases == ["python:3.13-slim"] * 2
