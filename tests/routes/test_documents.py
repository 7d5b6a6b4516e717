"""Documents that requests name instead of carrying them."""

import json
from collections.abc import AsyncGenerator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from graph_api.blobs import BlobStore
from graph_api.errors import PersistedQueryNotFound
from graph_api.graph import Graph
from graph_api.routes.documents import Kept
from graph_api.settings import Settings
from tests.schema.conftest import Api, served

pytestmark = pytest.mark.no_bytes

RESPONSE = "application/graphql-response+json"
QUERY = "query Named($n: String!) { __type(name: $n) { name } }"
SENT: dict[str, Any] = {"variables": {"n": "Run"}}
ANSWER = {"__type": {"name": "Run"}}


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def persisted(text: str) -> dict[str, Any]:
    """The extensions that name a document as Apollo's clients do."""
    return {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}


def refused(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert list(body) == ["errors"]
    return response.status_code, body["errors"][0]["extensions"]["code"]


async def post(api: Api, accept: str = "*/*", /, **body: Any) -> httpx.Response:
    return await api.http.post("/graphql", json=body, headers={"accept": accept})


async def test_a_document_is_found_by_its_hash_once_it_came_with_it(api: Api) -> None:
    named: dict[str, Any] = {"extensions": persisted(QUERY), **SENT}

    unknown = await post(api, **named)
    strict = await post(api, RESPONSE, **named)
    registered = await post(api, query=QUERY, **named)
    found = await post(api, **named)
    by_id = await post(api, documentId=f"sha256:{digest(QUERY)}", **SENT)

    assert refused(unknown) == (200, "PERSISTED_QUERY_NOT_FOUND")
    # Clients look for exactly this text.
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert refused(strict) == (400, "PERSISTED_QUERY_NOT_FOUND")
    assert [it.json()["data"] for it in (registered, found, by_id)] == [ANSWER] * 3


async def test_a_document_is_found_by_its_hash_with_a_get(api: Api) -> None:
    named = {"extensions": json.dumps(persisted(QUERY)), "variables": json.dumps(SENT["variables"])}

    unknown = await api.http.get("/graphql", params=named)
    await api.http.get("/graphql", params=named | {"query": QUERY})
    found = await api.http.get("/graphql", params=named)
    by_id = {"documentId": f"sha256:{digest(QUERY)}", "variables": named["variables"]}

    assert refused(unknown) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert found.json()["data"] == ANSWER
    assert (await api.http.get("/graphql", params=by_id)).json()["data"] == ANSWER


async def test_a_mutation_that_is_kept_cannot_be_sent_by_get(api: Api) -> None:
    mutation = 'mutation { createProject(input: {name: "kept"}) { __typename } }'
    await post(api, query=mutation, extensions=persisted(mutation))

    response = await api.http.get("/graphql", params={"documentId": f"sha256:{digest(mutation)}"})

    assert refused(response) == (405, "METHOD_NOT_ALLOWED")


async def test_a_document_with_the_hash_of_another_is_refused_and_not_kept(api: Api) -> None:
    other = "{ __typename }"

    assert refused(await post(api, query=other, extensions=persisted(QUERY))) == (
        200,
        "PERSISTED_QUERY_MISMATCH",
    )
    for named in (QUERY, other):
        assert refused(await post(api, extensions=persisted(named)))[1] == (
            "PERSISTED_QUERY_NOT_FOUND"
        )


NAMELESS: list[tuple[dict[str, Any], str]] = [
    ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a"}}}, "BAD_USER_INPUT"),
    ({"extensions": {"persistedQuery": {"version": 1}}}, "BAD_USER_INPUT"),
    ({"extensions": {"persistedQuery": 7}}, "BAD_USER_INPUT"),
    ({"extensions": persisted(QUERY), "documentId": "a"}, "BAD_USER_INPUT"),
    ({"documentId": 7}, "BAD_REQUEST"),
    ({"documentId": "custom"}, "PERSISTED_QUERY_NOT_FOUND"),
    ({"documentId": "custom", "query": QUERY}, "PERSISTED_QUERY_MISMATCH"),
    ({"extensions": {"other": 1}}, "BAD_REQUEST"),
]


async def test_what_names_no_document_is_refused(api: Api) -> None:
    for body, code in NAMELESS:
        assert refused(await post(api, RESPONSE, **body)) == (400, code), body


def test_the_longest_unused_documents_are_dropped() -> None:
    kept = Kept(most=3 * (512 + 10))
    ids = [f"sha256:{digest(text * 10)}" for text in "abcd"]
    for id, text in zip(ids[:3], "abc", strict=True):
        kept.text(id, text * 10)

    assert kept.text(ids[0], None) == "a" * 10
    kept.text(ids[3], "d" * 10)
    kept.text(ids[3], "d" * 10)

    assert [kept.text(ids[n], None) for n in (0, 2, 3)] == ["a" * 10, "c" * 10, "d" * 10]
    with pytest.raises(PersistedQueryNotFound):
        kept.text(ids[1], None)
    huge = "e" * 1_100
    assert kept.text(f"sha256:{digest(huge)}", huge) == huge
    with pytest.raises(PersistedQueryNotFound):
        kept.text(f"sha256:{digest(huge)}", None)


@pytest.fixture
async def strict(
    graph: Graph, neo4j: Settings, blobs: BlobStore, tmp_path: Path
) -> AsyncGenerator[Api]:
    """A service that executes two documents."""
    listed = tmp_path / "persisted-documents.json"
    listed.write_text(json.dumps({digest(QUERY): QUERY, "typename": "{ __typename }"}))
    settings = neo4j.model_copy(update={"trusted_documents": listed})
    async with served(settings, graph, blobs) as api:
        yield api


async def test_only_documents_of_the_list_are_executed(strict: Api) -> None:
    ways: list[dict[str, Any]] = [
        {"documentId": digest(QUERY)},
        {"documentId": f"sha256:{digest(QUERY)}"},
        {"extensions": persisted(QUERY)},
        {"query": QUERY},
        {"query": QUERY, "extensions": persisted(QUERY)},
    ]
    for named in ways:
        assert (await post(strict, **named, **SENT)).json()["data"] == ANSWER
    custom = await post(strict, documentId="typename")
    assert custom.json()["data"] == {"__typename": "Query"}


UNTRUSTED: list[dict[str, Any]] = [
    {"query": "{ organization { name } }"},
    {"query": "{ organization { name } }", "documentId": "typename"},
    {
        "query": "{ organization { name } }",
        "extensions": persisted("{ organization { name } }"),
    },
    {"documentId": "other"},
    {"extensions": persisted("{ organization { name } }")},
]


async def test_no_other_document_is_executed(strict: Api) -> None:
    with strict.statements() as statements:
        for body in UNTRUSTED:
            for accept in ("*/*", RESPONSE):
                response = await post(strict, accept, **body)
                assert refused(response) == (403, "DOCUMENT_NOT_TRUSTED"), body

    assert statements == []


async def test_a_request_without_a_document_is_none_where_a_list_is_trusted(strict: Api) -> None:
    assert refused(await post(strict)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', "{", None])
def test_a_list_that_cannot_be_read_keeps_the_service_from_starting(
    tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "documents.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(ValidationError, match=f"GRAPH_API_TRUSTED_DOCUMENTS names {path}"):
        Settings(trusted_documents=path)
