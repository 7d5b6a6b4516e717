"""``graph-api demo``, and what README shows: it works as it stands, on the data of the demo."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from graph_api import Client
from graph_api.settings import child_environment
from tests.minio.server import free_port
from tests.structure.source import ROOT
from tests.supervisor.processes import processes, wait_until
from tests.test_cli import COMMAND

README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```graphql\n(.*?)```\n```json\n(.*?)```", README, re.S)


@dataclass(frozen=True)
class Demo:
    """One that has run its pipeline and serves; ``said`` is what it printed until then."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    said: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def environment(folder: Path, port: int) -> dict[str, str]:
    return child_environment(
        GRAPH_API_DATA=str(folder / "data"), GRAPH_API_PORT=str(port), GRAPH_API_HOST="127.0.0.1"
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[Demo]:
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    out = folder / "out"
    with out.open("w") as output:
        process = subprocess.Popen(
            [*COMMAND, "demo"],
            cwd=folder,
            env=environment(folder, port),
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(
            lambda: process.poll() is not None or "its data stays" in out.read_text(), 240, "demo"
        )
        said = out.read_text()
        assert process.poll() is None, said
        yield Demo(folder, port, process, said)
    finally:
        process.kill()
        process.wait()


def test_it_runs_the_pipeline_and_serves(demo: Demo) -> None:
    assert "■ model-card:v0  report\n└── ▶ register  run completed\n" in demo.said
    assert f"GraphiQL  {demo.url}/graphql" in demo.said
    with Client(demo.url, project="digits") as client:
        assert len(list(client.runs())) == 11


def test_a_second_one_is_told_where_the_first_serves(demo: Demo) -> None:
    second = subprocess.run(
        [*COMMAND, "demo"],
        cwd=demo.folder,
        env=environment(demo.folder, demo.port),
        capture_output=True,
        text=True,
    )

    assert second.returncode == 1
    assert f"is served already at {demo.url}" in second.stderr


def test_the_client_s_fifteen_lines_run(demo: Demo, tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    (comment,) = re.findall(r"print\(.*?# (.*)", code)
    code = code.replace("http://localhost:8000", demo.url)

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=child_environment(PYTHONWARNINGS="error"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    assert done.stdout == f"{comment}\n"


@pytest.mark.parametrize(("query", "answer"), EXAMPLES)
def test_each_graphql_example_has_the_answer_that_is_shown(
    demo: Demo, query: str, answer: str
) -> None:
    response = httpx.post(f"{demo.url}/graphql", json={"query": query})

    assert response.json()["data"] == json.loads(answer)["data"]
    assert "errors" not in response.json()


def test_three_examples_are_shown() -> None:
    assert len(EXAMPLES) == 3


def test_ctrl_c_ends_it_cleanly(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGINT)
    began = time.monotonic()

    assert demo.process.wait(30) == 0
    assert time.monotonic() - began < 15
    assert processes(demo.folder / "data") == {}
