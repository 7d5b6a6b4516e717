"""Pages of other origins in a real Chromium: the listed may use the service, the rest may not."""

import json
from collections.abc import Generator
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser

from graph_api.settings import Settings
from tests.client.unreliable import Answer, answering
from tests.service import Service, neo4j_settings, serving
from tests.ui.conftest import browser

__all__ = ["browser"]

pytestmark = pytest.mark.no_bytes

# Logs "hello" as a frontend does, and reads it back; what fails is told by its name.
LOG = """
async (service) => {
  const ask = async (query) => {
    const response = await fetch(`${service}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    return (await response.json()).data;
  };
  const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  try {
    const { createDraft } = await ask(`mutation { createDraft(input: {
      project: "page", name: "data", type: "dataset"}) {
        ... on DraftPayload { artifact { id } } } }`);
    const draft = createDraft.artifact.id;
    const { requestUploads } = await ask(`mutation { requestUploads(input: {draft: "${draft}",
      files: [{path: "a.txt", size: 5, sha256: "${sha256}"}]}) {
        ... on UploadsPayload { uploads { method url headers { name value } } } } }`);
    const { method, url, headers } = requestUploads.uploads[0];
    const put = await fetch(url, {
      method,
      headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
      body: "hello",
    });
    const { commitArtifact } = await ask(`mutation { commitArtifact(input: {draft: "${draft}"}) {
      ... on CommitPayload { artifact { files { nodes { downloadUrl } } } } } }`);
    const bytes = await fetch(commitArtifact.artifact.files.nodes[0].downloadUrl, {
      headers: { range: "bytes=1-3" },
    });
    return [put.status, await bytes.text(), bytes.headers.get("content-range")];
  } catch (error) {
    return `${error}`;
  }
}
"""
# What a page can send without asking first.
FORGED = """
async (service) => {
  const told = [];
  const query = encodeURIComponent("{ organization { name } }");
  for (const path of [`/graphql?query=${query}`, "/metrics"]) {
    told.push(await fetch(`${service}${path}`).then(() => "read", (error) => `${error}`));
  }
  await fetch(`${service}/graphql`, {
    method: "POST",
    mode: "no-cors",
    body: JSON.stringify({
      query: 'mutation { createProject(input: {name: "forged"}) { __typename } }',
    }),
  }).catch(() => null);
  return told;
}
"""


PAGE = Answer(200, b"<html></html>", {"content-type": "text/html"})


@pytest.fixture(scope="module")
def page_url() -> Generator[str]:
    """An origin that is not the service's."""
    with answering(PAGE) as server:
        yield server.url


@pytest.fixture(scope="module")
def listing(
    neo4j: Settings, page_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Service]:
    """A service that lists that origin."""
    variables = neo4j_settings(neo4j) | {"GRAPH_API_CORS_ORIGINS": page_url}
    with serving(tmp_path_factory.mktemp("listing"), "folder", variables) as service:
        yield service


async def run(browser: Browser, page_url: str, script: str, service: str) -> Any:
    """What the script answers on a page of that origin."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(page_url)
    answer = await page.evaluate(script, service)
    await context.close()
    return answer


def project(service: Service, name: str) -> Any:
    """The project, as one sees it who is no page."""
    query = f"{{ project(name: {json.dumps(name)}) {{ name }} }}"
    asked = httpx.post(f"{service.url}/graphql", json={"query": query})
    return asked.json()["data"]["project"]


async def test_a_page_of_a_listed_origin_logs_and_reads_a_file(
    browser: Browser, page_url: str, listing: Service
) -> None:
    answer = await run(browser, page_url, LOG, listing.url)

    assert answer == [200, "ell", "bytes 1-3/5"]
    assert project(listing, "page") == {"name": "page"}


async def test_a_page_of_another_origin_reads_and_changes_nothing(
    browser: Browser, listing: Service
) -> None:
    log, failed = LOG.replace('project: "page"', 'project: "other"'), "TypeError: Failed to fetch"
    with answering(PAGE) as other:
        assert await run(browser, other.url, log, listing.url) == failed
        assert await run(browser, other.url, FORGED, listing.url) == [failed, failed]

    assert project(listing, "other") is None
    assert project(listing, "forged") is None


async def test_a_page_whose_name_was_made_to_lead_here_is_refused(
    browser: Browser, listing: Service
) -> None:
    """DNS rebinding: Chromium takes every name under localhost for this machine."""
    page = await browser.new_page()
    url = httpx.URL(listing.url).copy_with(host="evil.localhost")
    response = await page.goto(f"{url}/graphql")

    assert response is not None
    assert response.status == 421
    assert "does not go by the name" in await page.inner_text("body")
    await page.close()
