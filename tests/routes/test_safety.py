"""Safe by default: other origins, other hosts, headers, what is told of the schema, and load."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph_api.app import create
from graph_api.graph import Graph, Nothing, Query, Transaction
from graph_api.routes.refusal import HEADERS
from graph_api.settings import Settings
from tests.test_app import serving, until_ready

pytestmark = pytest.mark.no_bytes

OURS, LISTED, FOREIGN = "http://localhost", "https://lineage.example.org", "https://evil.example"
HOLD = Query("tests/hold", "MATCH (l:Ledger) SET l.held = true", Nothing)
TYPENAME = {
    "data": {"__typename": "Query"},
    "extensions": {"cost": {"cost": 1, "limit": 1_000_000}},
}


@asynccontextmanager
async def serving_with(
    neo4j: Settings, folder: Path, **chosen: Any
) -> AsyncGenerator[httpx.AsyncClient]:
    """The service with these settings beside the defaults."""
    given = neo4j.model_dump() | {"data": folder} | chosen
    async with serving(Settings.model_validate(given)) as http:
        yield http


def refused(response: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    body: dict[str, Any] = response.json()
    error = body["errors"][0]["extensions"] if "errors" in body else body
    return response.status_code, error["code"]


async def said(http: httpx.AsyncClient, query: str, **variables: Any) -> list[tuple[str, str]]:
    """Code and message of each error."""
    response = await http.post("/graphql", json={"query": query, "variables": variables})
    return [(one["extensions"]["code"], one["message"]) for one in response.json()["errors"]]


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": OURS}, True),
        ({"origin": LISTED, "sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "x-graph-api": "1"}, True),
        ({"origin": FOREIGN, "x-graph-api": "1"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "x-graph-api": "0"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": FOREIGN}, False),
        ({"origin": FOREIGN, "sec-fetch-site": "same-origin"}, False),
        ({"origin": f"{OURS}:8001"}, False),
        ({"origin": f"{LISTED}.evil.example"}, False),
        ({"origin": "null"}, False),
    ],
)
async def test_a_query_by_get_for_a_page_of_another_origin_needs_the_header(
    neo4j: Settings, tmp_path: Path, headers: dict[str, str], passes: bool
) -> None:
    async with serving_with(neo4j, tmp_path, cors_origins=[LISTED]) as http:
        query = {"query": "{ __typename }"}
        response = await http.get("/graphql", params=query, headers=headers)

    if passes:
        assert (response.status_code, response.json()) == (200, TYPENAME)
    else:
        assert refused(response) == (403, "CSRF")
        assert "`X-Graph-Api: 1`" in response.text


@pytest.mark.parametrize(
    ("host", "chosen", "passes"),
    [
        ("localhost:8000", {}, True),
        ("LOCALHOST", {}, True),
        ("127.0.0.1:1", {}, True),
        ("[::1]:8000", {}, True),
        ("evil.example", {}, False),
        ("localhost.evil.example:8000", {}, False),
        ("10.0.0.1", {}, False),
        ("[", {}, False),
        ("", {}, False),
        ("evil.example", {"keys": True}, True),
        ("lineage.example.org:1", {"allowed_hosts": ["Lineage.example.org"]}, True),
        ("localhost", {"allowed_hosts": ["lineage.example.org"], "keys": True}, True),
        ("evil.example", {"allowed_hosts": ["lineage.example.org"], "keys": True}, False),
    ],
)
async def test_what_is_for_another_host_is_refused(
    neo4j: Settings, tmp_path: Path, host: str, chosen: dict[str, Any], passes: bool
) -> None:
    async with serving_with(neo4j, tmp_path, **chosen) as http:
        headers, query = {"host": host}, {"query": "{ __typename }"}
        asked = await http.post("/graphql", json=query, headers=headers)
        others = [await http.get(path, headers=headers) for path in ("/metrics", "/blobs/k", "/ui")]
        alive = await http.get("/healthz", headers=headers)

    if passes and "keys" in chosen:
        assert 421 not in {one.status_code for one in (asked, *others)}
    elif passes:
        assert asked.json() == TYPENAME
        assert [other.status_code for other in others] == [200, 403, 307]
    else:
        assert [refused(one) for one in (asked, *others)] == [(421, "MISDIRECTED")] * 4
        assert f"the name {host!r};" in asked.json()["errors"][0]["message"]
    assert alive.json() == {"status": "alive"}


ROUTES = [("/graphql", "POST"), ("/artifacts/x/zip", "GET"), ("/blobs/k", "PUT")]
UPLOAD = "content-type, if-none-match, x-amz-checksum-sha256, x-graph-api, authorization, range"


async def preflight(http: httpx.AsyncClient, path: str, method: str, origin: str) -> httpx.Response:
    asked = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": UPLOAD,
    }
    return await http.options(path, headers=asked)


async def test_no_page_of_another_origin_may_use_the_service_unless_it_is_listed(
    neo4j: Settings, tmp_path: Path
) -> None:
    async with serving_with(neo4j, tmp_path) as http:
        answers = [await preflight(http, *route, LISTED) for route in ROUTES]
        answers.append(
            await http.post(
                "/graphql", json={"query": "{ __typename }"}, headers={"origin": LISTED}
            )
        )
    async with serving_with(neo4j, tmp_path, cors_origins=[LISTED]) as http:
        answers += [await preflight(http, *route, FOREIGN) for route in ROUTES]
        answers.append(await http.get("/blobs/k", headers={"origin": FOREIGN}))

    assert [one.status_code for one in answers] == [405, 405, 405, 200, 400, 400, 400, 403]
    assert [one for one in answers if "access-control-allow-origin" in one.headers] == []


async def test_pages_of_a_listed_origin_may_query_and_load_up_and_down(
    neo4j: Settings, tmp_path: Path
) -> None:
    async with serving_with(neo4j, tmp_path, cors_origins=[LISTED]) as http:
        for path, method in ROUTES:
            asked = await preflight(http, path, method, LISTED)
            assert asked.status_code == 200
            assert asked.headers["access-control-allow-origin"] == LISTED
            assert asked.headers["access-control-allow-methods"] == "GET, HEAD, POST, PUT"
            assert "access-control-allow-credentials" not in asked.headers
            got = await http.request(method, path, headers={"origin": LISTED})
            assert got.headers["access-control-allow-origin"] == LISTED
            assert got.headers["access-control-expose-headers"] == (
                "accept-ranges, content-disposition, content-range, etag, retry-after"
            )
            assert "Origin" in got.headers["vary"]


async def test_every_answer_tells_browsers_to_do_as_little_as_can_be(
    neo4j: Settings, tmp_path: Path
) -> None:
    query = {"params": {"query": "{ __typename }"}}
    asked: list[tuple[str, str, dict[str, Any], int]] = [
        ("GET", "/graphql", query, 200),
        ("GET", "/graphql", {"params": {"query": "{"}}, 200),
        ("GET", "/graphql", query | {"headers": {"origin": FOREIGN}}, 403),
        ("POST", "/graphql", {"content": "{}"}, 415),
        ("GET", "/artifacts/run_x/zip", {}, 400),
        ("GET", "/blobs/k", {}, 403),
        ("PUT", "/blobs/k", {}, 403),
        ("GET", "/healthz", {}, 200),
        ("GET", "/readyz", {}, 200),
        ("GET", "/metrics", {}, 200),
        ("GET", "/nowhere", {}, 404),
        ("POST", "/healthz", {}, 405),
        ("GET", "/metrics", {"headers": {"host": "evil.example"}}, 421),
        ("OPTIONS", "/graphql", {}, 405),
    ]
    async with serving_with(neo4j, tmp_path) as http:
        await until_ready(http)
        for method, path, more, status in asked:
            answer = await http.request(method, path, **more)
            assert answer.status_code == status, (method, path)
            assert (HEADERS | {"cache-control": "no-store"}).items() <= dict(answer.headers).items()
            assert "server" not in answer.headers

    assert HEADERS == {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


async def test_what_nobody_foresaw_is_a_safe_answer_without_its_reason() -> None:
    # Without its lifespan the service has no state.
    transport = httpx.ASGITransport(create(Settings()), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        answer = await http.get("/artifacts/x/zip")

    assert refused(answer) == (500, "INTERNAL")
    assert answer.json()["message"] == "Internal error; the service's log has it."
    assert (HEADERS | {"cache-control": "no-store"}).items() <= dict(answer.headers).items()


async def test_what_is_not_served_is_said_in_json(neo4j: Settings, tmp_path: Path) -> None:
    async with serving_with(neo4j, tmp_path) as http:
        missing, wrong = await http.get("/nowhere"), await http.post("/healthz")

    assert missing.json() == {"code": "NOT_FOUND", "message": "GET /nowhere: Not Found."}
    assert refused(wrong) == (405, "METHOD_NOT_ALLOWED")
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_introspection_can_be_off(neo4j: Settings, tmp_path: Path) -> None:
    asked = [
        "{ __schema { queryType { name } } }",
        '{ other: __type(name: "Run") { name } }',
        "{ ...F } fragment F on Query { ... on Query { __schema { queryType { name } } } }",
    ]
    for query in asked:
        async with serving_with(neo4j, tmp_path) as http:
            answer = await http.post("/graphql", json={"query": query})
            assert "errors" not in answer.json()
        async with serving_with(neo4j, tmp_path, introspection=False) as http:
            (error,) = await said(http, query)
            typename = await http.post("/graphql", json={"query": "{ __typename }"})
        assert error[0] == "INTROSPECTION_OFF"
        assert "is not answered here (GRAPH_API_INTROSPECTION is false)" in error[1]
        assert typename.json() == TYPENAME


async def test_suggestions_can_be_off(neo4j: Settings, tmp_path: Path) -> None:
    wrong = "{ projekt { id } runs(project: 1, fist: 1) { x } ... on Quary { __typename } }"
    coerced = "query ($d: LineageDirection!) { lineage(roots: [], direction: $d) { complete } }"
    async with serving_with(neo4j, tmp_path) as http:
        told = [*await said(http, wrong), *await said(http, coerced, d="UPSTREAN")]
    async with serving_with(neo4j, tmp_path, suggestions=False) as http:
        # Another text: what is wrong with the first is remembered as it was.
        hidden = [*await said(http, f"{wrong} #"), *await said(http, coerced, d="UPSTREAN")]

    assert len([message for _, message in told if "Did you mean" in message]) >= 4
    assert [message.partition(" Did you mean")[0] for _, message in told] == [
        message for _, message in hidden
    ]


async def test_graphiql_can_be_off(neo4j: Settings, tmp_path: Path) -> None:
    async with serving_with(neo4j, tmp_path, graphiql=False) as http:
        page = await http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
        asset = await http.get("/ui/index.html")
        query = await http.get("/graphql", params={"query": "{ __typename }"})

    assert refused(page) == (404, "NOT_FOUND")
    assert "GRAPH_API_GRAPHIQL is false" in page.text
    assert refused(asset) == (404, "NOT_FOUND")
    assert query.json() == TYPENAME


async def test_a_user_who_asks_too_fast_is_told_when_to_come_again(
    neo4j: Settings, tmp_path: Path
) -> None:
    async with serving_with(neo4j, tmp_path, rate=0.2) as http:
        await until_ready(http)
        body = {"query": "{ __typename }"}
        answers = [await http.post("/graphql", json=body) for _ in range(4)]
        archive = await http.get("/artifacts/run_x/zip")
        alive = {(await http.get("/healthz")).status_code for _ in range(20)}

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert refused(answers[2]) == refused(archive) == (429, "RATE_LIMITED")
    assert answers[2].headers["retry-after"] == archive.headers["retry-after"] == "5"
    message = answers[2].json()["errors"][0]["message"]
    assert message.startswith("A user can send 0.2 requests per second (GRAPH_API_RATE)")
    assert alive == {200}


async def test_who_finds_no_turn_is_told_to_come_again_and_nothing_is_done(
    neo4j: Settings, tmp_path: Path, graph: Graph
) -> None:
    held, release = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Transaction) -> None:
        await transaction.fetch(HOLD)
        held.set()
        await release.wait()

    def create_project(name: str) -> dict[str, Any]:
        query = "mutation ($n: String!) { createProject(input: {name: $n}) { __typename } }"
        return {"query": query, "variables": {"n": name}}

    async with serving_with(neo4j, tmp_path, concurrent_requests=1) as http:
        await until_ready(http)
        holding = asyncio.create_task(graph.in_transaction(hold))
        await held.wait()
        first = asyncio.create_task(http.post("/graphql", json=create_project("first")))
        await asyncio.sleep(0.1)
        second = await http.post("/graphql", json=create_project("second"))
        alive = await http.get("/healthz")
        release.set()
        await asyncio.gather(holding, first)
        found = (
            '{ first: project(name: "first") { name } second: project(name: "second") { name } }'
        )
        after = await http.post("/graphql", json={"query": found})

    assert refused(second) == (503, "TOO_BUSY")
    assert second.headers["retry-after"] == "1"
    assert "1 requests are under way" in second.text
    assert alive.status_code == 200
    assert first.result().json()["data"] == {"createProject": {"__typename": "ProjectPayload"}}
    assert after.json()["data"] == {"first": {"name": "first"}, "second": None}
