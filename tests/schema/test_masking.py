"""Whatever goes wrong inside, a client hears a code and a sentence, and nothing of the inside."""

import logging
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from graph_api.graph import Graph, Nothing, Query
from graph_api.graph.graph import connect
from graph_api.models.page import Count
from graph_api.settings import Settings
from tests.schema.conftest import Api

pytestmark = pytest.mark.no_bytes

INSIDE = ["secret", "MATCH", "neo4j", "Neo4j", "Neo.", "bolt", "pydantic", "Traceback", ".py", "/"]
BROKEN = Query("tests/broken", "MATCH (secret RETURN", Nothing)
# A row that is not that of its model.
ODD = Query("tests/odd", "RETURN 'secret' AS count", Count)
# Fails while it runs.
FAILING = Query("tests/failing", "RETURN 1 / 0 AS count, 'secret' AS secret", Count)
PROJECTS = "{ projects { nodes { name } } }"


@pytest.fixture
async def away(neo4j: Settings) -> AsyncGenerator[Graph]:
    """A graph that is not there."""
    async with connect(neo4j.model_copy(update={"neo4j_uri": "bolt://127.0.0.1:1"})) as graph:
        yield graph


def reading(graph: Graph, inside: Query[Any] | Exception) -> Any:
    """What a read does instead of its own."""
    fetch = graph.fetch

    async def instead(query: Query[Any], **parameters: Any) -> list[Any]:
        if isinstance(inside, Exception):
            raise inside
        return await fetch(inside)

    return instead


FAULTS: list[Query[Any] | Exception] = [
    BROKEN,
    ODD,
    FAILING,
    RuntimeError("secret of /etc/secret"),
    KeyError("secret"),
    OSError(2, "No such file", "/secret"),
]


async def test_a_fault_of_the_service_is_told_by_an_incident_that_the_log_has(
    api: Api,
    graph: Graph,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for inside in FAULTS:
        await is_masked(api, graph, monkeypatch, caplog, inside)


async def is_masked(
    api: Api,
    graph: Graph,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    inside: Query[Any] | Exception,
) -> None:
    """A fault is answered by its incident, and the log has it."""
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "graph_api"):
        patch.setattr(graph, "fetch", reading(graph, inside))
        response = await api.post(PROJECTS)
        transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            archive = await http.get("/artifacts/artifact_x/zip")

    (error,) = response.json()["errors"]
    incident = error["extensions"]["incident"]
    assert response.json()["data"] is None
    assert error == {
        "message": f"Internal error; the service's log has it as incident {incident}.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["projects"],
        "extensions": {"code": "INTERNAL", "incident": incident},
    }
    (record,) = [it for it in caplog.records if incident in it.message]
    assert record.exc_info
    assert [word for word in INSIDE if word in response.text or word in archive.text] == []
    assert archive.status_code == 500


async def test_a_graph_that_is_away_is_not_described(
    api: Api, graph: Graph, away: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(graph, "fetch", away.fetch)
        response = await api.post(PROJECTS)
        archive = await api.http.get("/artifacts/artifact_x/zip")

    said = "The graph does not answer; try again in a few seconds."
    assert (response.status_code, archive.status_code) == (503, 503)
    assert response.json()["errors"][0]["message"] == said
    assert archive.json() == {"message": said, "code": "UNAVAILABLE"}


NO_VALUES: list[tuple[str, dict[str, Any]]] = [
    ("{", {}),
    ("{ \0 }", {}),
    ('{ node(id: "\\uD800") { id } }', {}),
    ("{ projects(first: 99999999999) { nodes { id } } }", {}),
    ("query ($n: Int) { projects(first: $n) { nodes { id } } }", {"n": 2**31}),
    ("query ($n: Int) { projects(first: $n) { nodes { id } } }", {"n": "1"}),
    ("query ($n: Int) { projects(first: $n) { nodes { id } } }", {"n": 1.5}),
    ("query ($n: Int) { projects(first: $n) { nodes { id } } }", {"n": [1]}),
    ('{ lineage(roots: ["a"], asOf: "secret") { complete } }', {}),
    (
        'query ($n: AsOf) { lineage(roots: ["a"], asOf: $n) { complete } }',
        {"n": {"secret": 1}},
    ),
    ('{ lineage(roots: ["a"], direction: SECRET) { complete } }', {}),
    (
        "query ($w: ProjectWhere) { projects(where: $w) { nodes { id } } }",
        {"w": {"createdAt": {"gt": "secret"}}},
    ),
    (
        "query ($w: ProjectWhere) { projects(where: $w) { nodes { id } } }",
        {"w": {"secret": 1}},
    ),
    (
        "mutation ($i: LogMetricsInput!) { logMetrics(input: $i) { __typename } }",
        {"i": {"run": "r", "points": [{"key": "k", "value": 1, "at": "secret"}]}},
    ),
    (
        "mutation ($i: LogMetricsInput!) { logMetrics(input: $i) { __typename } }",
        {"i": {"run": "r", "points": [{"key": "k", "value": 1, "at": 7}]}},
    ),
    (
        "mutation ($i: LogArtifactInput!) { logArtifact(input: $i) { __typename } }",
        {"i": {"project": "", "name": "", "type": "", "files": [{"path": "", "content": 1}]}},
    ),
]


async def test_what_is_no_value_of_its_type_has_a_code(api: Api) -> None:
    for query, variables in NO_VALUES:
        ((code, message),) = await api.errors(query, **variables)
        assert code == "BAD_USER_INPUT", (query, variables)
        # The value itself may be named, never where or how it was looked at.
        assert [word for word in INSIDE[1:] if word in message] == []
