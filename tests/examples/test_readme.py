"""What README shows works as it stands, on the data of the demo."""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from graph_api.settings import child_environment

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```graphql\n(.*?)```\n```json\n(.*?)```", README, re.S)


def test_the_client_s_fifteen_lines_run(demo_url: str, tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    (comment,) = re.findall(r"print\(.*?# (.*)", code)
    code = code.replace("http://localhost:8000", demo_url)

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
    demo_url: str, query: str, answer: str
) -> None:
    response = httpx.post(f"{demo_url}/graphql", json={"query": query})

    assert response.json()["data"] == json.loads(answer)["data"]
    assert "errors" not in response.json()


def test_three_examples_are_shown() -> None:
    assert len(EXAMPLES) == 3
