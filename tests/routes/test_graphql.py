"""GraphQL over HTTP, to the letter, on a real server."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import npm
from tests.service import Service

pytestmark = pytest.mark.no_bytes

AUDITS = Path(__file__).parent / "audits"
TYPENAME = '{"query": "{ __typename }"}'
JSON, RESPONSE = "application/json", "application/graphql-response+json"
MIB = 1 << 20


@pytest.fixture
def http(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=30) as http:
        yield http


def post(http: httpx.Client, body: Any = TYPENAME, **headers: str) -> httpx.Response:
    """POST a body, as JSON unless the headers (with underscores) say otherwise."""
    named = {"content-type": JSON} | {k.replace("_", "-"): v for k, v in headers.items()}
    return http.post("/graphql", content=body, headers=named)


def refused(response: httpx.Response) -> tuple[int, str]:
    """The status and the code of an answer without data."""
    body = response.json()
    assert list(body) == ["errors"]
    (error,) = body["errors"]
    return response.status_code, error["extensions"]["code"]


def test_all_audits_of_graphql_over_http_pass(service: Service, tmp_path: Path) -> None:
    folder = shutil.copytree(AUDITS, tmp_path / "audits")

    results = json.loads(npm.run(folder, 'node audit.mjs "$1"', f"{service.url}/graphql"))

    assert [one for one in results if one["status"] != "ok"] == []
    assert len(results) == 61


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{JSON};q=0.5, {RESPONSE};q=0.4", JSON),
        (f"{RESPONSE}, {JSON}", RESPONSE),
        (f"{JSON}, {RESPONSE}", JSON),
        (f"{JSON};q=0, */*", RESPONSE),
        ("text/html, */*;q=0.1", JSON),
    ],
)
def test_an_answer_has_the_media_type_that_is_rather_wanted(
    http: httpx.Client, accept: str | None, media_type: str
) -> None:
    response = post(http, **({} if accept is None else {"accept": accept}))

    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert response.headers["vary"] == "accept"
    assert response.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{JSON};q=0", f"{JSON};q=x"])
def test_an_answer_that_is_not_wanted_is_not_made(http: httpx.Client, accept: str) -> None:
    assert refused(post(http, accept=accept)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", f"{JSON}; charset=latin-1", "application/x-www-form-urlencoded", "json"],
)
def test_a_body_that_is_said_to_be_no_json_in_utf_8_is_refused(
    http: httpx.Client, content_type: str
) -> None:
    response = post(http, content_type=content_type)

    assert refused(response) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.headers["accept"] == JSON


def test_a_compressed_body_is_refused_unread(http: httpx.Client) -> None:
    response = post(http, b"\x1f\x8b" + bytes(1000), content_encoding="gzip")

    assert refused(response) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused_with_those_that_are_allowed(
    http: httpx.Client, method: str
) -> None:
    response = http.request(method, "/graphql")

    assert refused(response) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, POST"


def test_a_mutation_by_get_is_refused(http: httpx.Client) -> None:
    query = 'mutation { createProject(input: {name: "by-get"}) { __typename } }'
    response = http.get("/graphql", params={"query": query})

    assert refused(response) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "POST"
    found = post(http, json.dumps({"query": '{ project(name: "by-get") { id } }'}))
    assert found.json()["data"] == {"project": None}


@pytest.mark.parametrize("accept", ["*/*", f"{JSON}, text/html;q=0.9", RESPONSE])
def test_a_get_without_a_query_is_refused_where_no_page_is_wanted(
    http: httpx.Client, accept: str
) -> None:
    response = http.get("/graphql", headers={"accept": accept})

    assert refused(response) == (400, "BAD_REQUEST")
    assert http.get("/graphql", headers={"accept": "text/html"}).text.startswith("<!doctype html>")


def test_a_query_by_get_takes_every_parameter_once(http: httpx.Client) -> None:
    query = "query A($n: String!) { __type(name: $n) { name } } query B { __typename }"
    given = {"query": query, "operationName": "A", "variables": '{"n": "Run"}', "extensions": ""}

    assert http.get("/graphql", params=given).json()["data"] == {"__type": {"name": "Run"}}
    twice = http.get("/graphql", params=[("query", "{ __typename }"), ("query", "{ a }")])
    assert refused(twice) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "The body is no JSON: "),
        ("[]", "The body is no JSON object."),
        (f"[{TYPENAME}]", "The body is no JSON object."),
        ("7", "The body is no JSON object."),
        ('{"query": ', "The body is no JSON: "),
        ("[" * 100_000, "The body is no JSON: "),
        ('{"query":' + '{"a":' * 100_000, "The body is no JSON: "),
        (b'{"query": "\xff"}', "The body is no JSON: "),
        ("{}", "The parameter `query` is missing"),
        ('{"query": ""}', "The parameter `query` is missing"),
        ('{"query": 7}', "The parameter `query` is not a string."),
        (
            '{"query": "{ __typename }", "variables": []}',
            "The parameter `variables` is not an object.",
        ),
        (
            '{"query": "query A { __typename }", "operationName": "B"}',
            'Unknown operation named "B".',
        ),
    ],
    ids=lambda value: str(value)[:30],
)
@pytest.mark.parametrize("accept", [JSON, RESPONSE])
def test_what_is_no_request_is_answered_400(
    http: httpx.Client, body: str | bytes, says: str, accept: str
) -> None:
    response = post(http, body, accept=accept)

    assert refused(response) == (400, "BAD_REQUEST")
    assert response.json()["errors"][0]["message"].startswith(says)
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"


@pytest.mark.parametrize(
    ("query", "variables"),
    [("{", {}), ("{ nothing }", {}), ("query($id: ID!) { node(id: $id) { id } }", {"id": None})],
)
def test_what_cannot_be_executed_has_no_data(
    http: httpx.Client, query: str, variables: dict[str, Any]
) -> None:
    body = json.dumps({"query": query, "variables": variables})
    for accept, status in ((JSON, 200), (RESPONSE, 400)):
        assert refused(post(http, body, accept=accept)) == (status, "BAD_USER_INPUT")


def test_one_of_several_operations_must_be_named(http: httpx.Client) -> None:
    body = {"query": "query A { a: __typename } query B { b: __typename }"}

    for accept, status in ((JSON, 200), (RESPONSE, 400)):
        response = post(http, json.dumps(body), accept=accept)
        assert refused(response) == (status, "BAD_USER_INPUT")
        assert response.json()["errors"][0]["message"] == (
            "The document has 2 operations; name one by `operationName`."
        )
    named = post(http, json.dumps(body | {"operationName": "B"}))
    assert named.json()["data"] == {"b": "Query"}


def test_what_was_executed_is_answered_200_with_its_errors(http: httpx.Client) -> None:
    body = json.dumps({"query": '{ organization { name } node(id: "run_x") { id } }'})
    for accept in (JSON, RESPONSE):
        response = post(http, body, accept=accept)
        assert response.status_code == 200
        assert response.json()["data"]["organization"] == {"name": "default"}


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    http: httpx.Client, service: Service
) -> None:
    before = service.resident()

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * MIB

    announced = post(http, b" " * (16 * MIB + 1))
    assert refused(announced) == (413, "BODY_TOO_LARGE")
    assert "16,777,216 bytes (GRAPH_API_BODY_BYTES)" in announced.json()["errors"][0]["message"]
    # The answer may come, and the connection be closed, while the rest is still being sent.
    with suppress(httpx.WriteError):
        assert refused(post(http, endless())) == (413, "BODY_TOO_LARGE")
    assert service.resident() - before < 64 * MIB
    assert post(http).status_code == 200
