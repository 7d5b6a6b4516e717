"""A service with the data of the demo."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from graph_api.settings import Settings, child_environment
from graph_api.supervisor.neo4j import running
from tests.service import neo4j_variables, serving

DIGITS = Path(__file__).parents[1] / "examples" / "digits.py"


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Where it answers, without a slash at the end."""
    folder = tmp_path_factory.mktemp("neo4j")
    with running(folder, heap="512m", cache=Settings().cache) as neo4j:
        data = tmp_path_factory.mktemp("service")
        with serving(data, "folder", neo4j_variables(neo4j)) as service:
            environment = child_environment(GRAPH_API_URL=service.url)
            subprocess.run([sys.executable, DIGITS], env=environment, check=True)
            yield service.url
