"""A served GraphiQL page, and a Chromium to open it with."""

import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from graph_api.settings import Settings, child_environment
from graph_api.supervisor.neo4j import running
from tests.service import neo4j_variables, serving
from tests.ui.chromium import ARGUMENTS, chromium

DIGITS = Path(__file__).parents[2] / "examples" / "digits.py"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Where a service with the data of the demo answers, without a slash at the end."""
    folder = tmp_path_factory.mktemp("neo4j")
    with running(folder, heap="512m", cache=Settings().cache) as neo4j:
        data = tmp_path_factory.mktemp("service")
        with serving(data, "folder", neo4j_variables(neo4j)) as service:
            environment = child_environment(GRAPH_API_URL=service.url)
            subprocess.run([sys.executable, DIGITS], env=environment, check=True)
            yield service.url


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    executable = chromium()
    expect.set_options(timeout=30_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS, chromium_sandbox=False
        )
        yield browser
        await browser.close()
