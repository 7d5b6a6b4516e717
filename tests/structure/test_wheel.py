"""The wheel that users install holds all that the service needs, and asks for all of it."""

import hashlib
import re
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import httpx
import pytest
from packaging.requirements import Requirement

from graph_api.graph import Graph
from graph_api.settings import Settings, child_environment
from tests.minio.server import free_port
from tests.structure.source import ROOT

CREATE = """
mutation ($input: CreateDraftInput!) {
  createDraft(input: $input) { ... on DraftPayload { artifact { id } } ... on Error { message } }
}
"""
REQUEST = """
mutation ($input: RequestUploadsInput!) {
  requestUploads(input: $input) {
    ... on UploadsPayload { uploads { method url headers { name value } } }
    ... on Error { message }
  }
}
"""
COMMIT = """
mutation ($input: CommitArtifactInput!) {
  commitArtifact(input: $input) {
    ... on CommitPayload { created artifact { version size fileCount } }
    ... on Error { message }
  }
}
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment that holds the wheel of this tree."""
    return installed(ROOT, tmp_path_factory.mktemp("environment"))


def installed(tree: Path, folder: Path) -> Path:
    """Python of a new environment in which pip installed the tree's wheel, ``[server]``, offline.

    It holds, as links to the packages of the development environment, what the wheel says it
    needs, and nothing else: pip refuses where a requirement is missing, and an import of what is
    not required fails.
    """
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], tree)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", symlinks=True)
    (packages,) = folder.glob("venv/lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        requirements = BytesParser().parsebytes(archive.read(path)).get_all("Requires-Dist", [])
    for found in needed(requirements, {"server"}, set()):
        for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (packages / name).is_symlink():
                (packages / name).symlink_to(Path(str(found.locate_file(name))))
    python = folder / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--no-index", f"{wheel}[server]"], folder)
    return python


def needed(requirements: Iterable[str], extras: set[str], seen: set[str]) -> Iterator[Distribution]:
    """The installed packages that these requirements, with extras, lead to."""
    for text in requirements:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
            continue
        key = f"{requirement.name}[{sorted(requirement.extras)}]"
        if key not in seen:
            seen.add(key)
            found = distribution(requirement.name)
            yield found
            yield from needed(found.requires or (), requirement.extras, seen)


def run(command: list[str], folder: Path) -> str:
    """The output of a program that must succeed."""
    done = tried(command, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def tried(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A program that ended, whatever came of it; it sees nothing of the repository."""
    environment = child_environment(PYTHONPATH="", PYTHONNOUSERSITE="1")
    return subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, check=False
    )


@contextmanager
def serving(python: Path, settings: Settings, folder: Path) -> Generator[httpx.Client]:
    """A client of a service that runs by this Python in a folder of its own."""
    port = free_port()
    environment = child_environment(
        PYTHONPATH="",
        PYTHONNOUSERSITE="1",
        GRAPH_API_DATA=str(folder),
        GRAPH_API_NEO4J_URI=settings.neo4j_uri or "",
        GRAPH_API_NEO4J_USER=settings.neo4j_user,
        GRAPH_API_NEO4J_PASSWORD=settings.neo4j_password.get_secret_value(),
    )
    command = [str(python), "-m", "uvicorn", "--factory", "graph_api.app:from_environment"]
    with subprocess.Popen([*command, "--port", str(port)], cwd=folder, env=environment) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                wait(client, process)
                yield client
        finally:
            process.terminate()


def wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    """Until the service is ready."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The service did not start; its exit code is {process.poll()}.")


def test_it_is_installed_outside_the_repository(python: Path) -> None:
    place = run([str(python), "-c", "import graph_api; print(graph_api.__file__)"], python.parent)

    assert Path(place).is_relative_to(python.parents[1])
    assert not Path(place).resolve().is_relative_to(ROOT)


def test_its_command_runs(python: Path) -> None:
    assert "serve" in run([str(python.with_name("graph-api")), "--help"], python.parent)


def test_its_service_logs_an_artifact_and_shows_its_pages(
    python: Path, graph: Graph, neo4j: Settings, tmp_path: Path
) -> None:
    data = b"It was the best of wheels.\n"

    with serving(python, neo4j, tmp_path) as client:

        def execute(query: str, **input: object) -> dict[str, Any]:
            body = {"query": query, "variables": {"input": input}}
            answer = client.post("/graphql", json=body, headers={"x-graph-api": "1"}).json()
            (payload,) = answer["data"].values()
            return payload

        draft = execute(CREATE, project="digits", name="data", type="dataset")["artifact"]["id"]
        file = {
            "path": "a.txt",
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        (upload,) = execute(REQUEST, draft=draft, files=[file])["uploads"]
        headers = {header["name"]: header["value"] for header in upload["headers"]}
        put = client.request(upload["method"], upload["url"], headers=headers, content=data)
        committed = execute(COMMIT, draft=draft)
        archive = client.get(f"/artifacts/{draft}/zip")
        page = client.get("/graphql", headers={"accept": "text/html"})
        assets = sorted(set(re.findall(r'"(/ui/[^"]+)"', page.text)))
        answers = {asset: client.get(asset) for asset in assets}

    assert put.status_code == 200
    assert committed == {
        "created": True,
        "artifact": {"version": "v0", "size": len(data), "fileCount": 1},
    }
    assert data in archive.content
    assert page.status_code == 200
    assert {Path(asset).suffix for asset in assets} == {".css", ".js"}
    assert {answer.status_code for answer in answers.values()} == {200}


def test_what_it_does_not_ask_for_is_not_there(python: Path) -> None:
    """Else the environment would prove nothing about the requirements."""
    tests_only = tried([str(python), "-c", "import pytest"], python.parent)

    assert "No module named 'pytest'" in tests_only.stderr


def test_a_wheel_without_statements_or_pages_does_not_start(copy: Path, tmp_path: Path) -> None:
    project = (copy / "pyproject.toml").read_text()
    line = 'cypher = "graph_api/cypher"\n'
    assert line in project
    (copy / "pyproject.toml").write_text(project.replace(line, ""))

    python = installed(copy, tmp_path)
    statements = tried([str(python), "-c", "import graph_api.services.run"], tmp_path)
    pages = tried([str(python), "-c", "import graph_api.routes.graphiql"], tmp_path)

    assert statements.stderr.splitlines()[-1].startswith("FileNotFoundError")
    assert "ui/dist' does not exist" in pages.stderr.splitlines()[-1]
