"""GraphiQL in a real Chromium, from our own origin alone."""

import json
import subprocess
import sys
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response, expect

from graph_api.graph import Graph
from graph_api.settings import Settings, child_environment
from tests.conftest import WIPE
from tests.service import neo4j_settings, serving
from tests.structure.source import ROOT

DIGITS = ROOT / "examples" / "digits.py"
RECORD_VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""

QUERY = ".graphiql-query-editor .view-lines"
RESULT = ".result-window .view-lines"


class Visit:
    """The page in a fresh profile, with all that it asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        page.context.on("request", lambda request: self.requests.append(request))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    async def open(self, url: str) -> None:
        """Return when an operation can be run and the schema is there to help in writing it."""
        await self.page.add_init_script(RECORD_VIOLATIONS)
        async with self.page.expect_response(lambda response: response.request.method == "POST"):
            await self.page.goto(url)
        await expect(self.page.locator(f"{QUERY} .view-line").first).to_be_visible()

    async def text(self, editor: str) -> str:
        return (await self.page.locator(editor).inner_text()).replace("\xa0", " ")

    async def run(self) -> Response:
        async with self.page.expect_response(is_run) as answer:
            await self.page.get_by_role("button", name="Execute query").click()
        return await answer.value

    async def violations(self) -> list[str]:
        return await self.page.evaluate("window.violations")


def is_run(response: Response) -> bool:
    sent = response.request.post_data
    return sent is not None and "IntrospectionQuery" not in sent


def posted(request: Request) -> dict[str, Any]:
    return json.loads(request.post_data or "")


@pytest.fixture(scope="module")
async def server_url(
    connected: Graph, neo4j: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[str]:
    """Where the page is served beside the data of the demo, without a slash at the end."""
    await connected.write(WIPE)
    with serving(tmp_path_factory.mktemp("service"), "folder", neo4j_settings(neo4j)) as service:
        environment = child_environment(GRAPH_API_URL=service.url)
        subprocess.run([sys.executable, DIGITS], env=environment, check=True)
        yield service.url


@pytest.fixture
async def visit(browser: Browser, server_url: str) -> AsyncGenerator[Visit]:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    visit = Visit(await context.new_page())
    await visit.open(f"{server_url}/graphql")
    yield visit
    await context.close()


async def test_using_every_part_of_the_page_asks_our_origin_alone(
    visit: Visit, server_url: str
) -> None:
    page = visit.page
    for plugin in ("Documentation Explorer", "GraphiQL Explorer", "History", "Examples"):
        await page.get_by_role("button", name=f"Show {plugin}").click()
    await page.get_by_role("region", name="Examples").get_by_role("button").first.click()
    await visit.run()
    await page.get_by_role("button", name="Prettify query").click()
    await page.get_by_role("button", name="Open settings dialog").click()
    await page.wait_for_load_state("networkidle")

    foreign = [
        request.url for request in visit.requests if not request.url.startswith(f"{server_url}/")
    ]
    assert foreign == []
    assert visit.complaints == []
    assert await visit.violations() == []


async def test_a_query_typed_into_the_editor_runs_by_the_keyboard_and_shows_its_result(
    visit: Visit,
) -> None:
    await visit.page.locator(QUERY).click()
    await visit.page.keyboard.press("ControlOrMeta+A")
    await visit.page.keyboard.insert_text("query Typed { __typename }")

    async with visit.page.expect_response(is_run) as answer:
        await visit.page.keyboard.press("ControlOrMeta+Enter")
    request = (await answer.value).request

    await expect(visit.page.locator(RESULT)).to_contain_text("__typename")
    assert json.loads(await visit.text(RESULT))["data"] == {"__typename": "Query"}
    sent = posted(request)
    assert sent["query"] == "query Typed { __typename }"
    headers = await request.all_headers()
    assert headers["content-type"] == "application/json"
    assert headers["x-graph-api"] == "1"


async def test_each_of_the_ten_examples_is_one_click_away_and_runs_without_an_error(
    visit: Visit,
) -> None:
    examples = visit.page.get_by_role("region", name="Examples").get_by_role("button")
    await expect(examples).to_have_count(10)
    answers: dict[str, dict[str, Any]] = {}
    for example in await examples.all():
        await example.click()
        answer = await visit.run()
        await expect(visit.page.locator(RESULT)).to_contain_text('"data"')
        answers[await example.locator("strong").inner_text()] = await answer.json()

    assert len(answers) == 10
    assert {name: answer for name, answer in answers.items() if "errors" in answer} == {}
    # The one tab is reused, since nobody wrote into it.
    await expect(visit.page.get_by_role("tab")).to_have_count(1)


async def test_an_example_does_not_replace_what_someone_wrote(visit: Visit) -> None:
    page = visit.page
    await page.locator(QUERY).click()
    await page.keyboard.press("ControlOrMeta+A")
    await page.keyboard.insert_text("query Mine { __typename }")
    await expect(page.get_by_role("tab", name="Mine")).to_be_visible()

    await page.get_by_role("region", name="Examples").get_by_role("button").nth(1).click()
    await expect(page.get_by_role("tab")).to_have_count(2)
    assert "Mine" not in await visit.text(QUERY)

    await page.get_by_role("tab", name="Mine").click()
    assert await visit.text(QUERY) == "query Mine { __typename }"


async def test_without_the_service_the_result_says_so(visit: Visit) -> None:
    await visit.page.context.set_offline(True)
    await visit.page.get_by_role("button", name="Execute query").click()

    await expect(visit.page.locator(RESULT)).to_contain_text("does not answer")
    assert json.loads(await visit.text(RESULT)) == {
        "errors": [{"message": "The service does not answer."}]
    }
