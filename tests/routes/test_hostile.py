"""Documents that nobody would write by hand, and sockets that mean no good, against a worker."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, build_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema
from hypothesis_graphql.nodes import String
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from graph_api.graph import Graph
from graph_api.schema import schema
from graph_api.settings import Settings
from tests.environment import environment
from tests.service import Service, neo4j_settings, serving

pytestmark = pytest.mark.no_bytes

MIB = 1 << 20
BUILT: GraphQLSchema = build_schema(schema.as_str())
OPERATIONS = len(BUILT.query_type.fields) if BUILT.query_type else 0
# Of each operation, for schemathesis; of whole documents, for hypothesis-graphql.
EXAMPLES, DOCUMENTS = (50, 2_000) if environment.deep else (1, 25)
SOCKETS = 500 if environment.deep else 100


@pytest.fixture(scope="module")
def attacked(
    connected: Graph, neo4j: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Service]:
    with serving(tmp_path_factory.mktemp("hostile"), "folder", neo4j_settings(neo4j)) as service:
        yield service


def test_schemathesis_finds_no_server_error(attacked: Service, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{attacked.url}/graphql"),
            *("--checks", "not_a_server_error", "--max-examples", str(EXAMPLES)),
            *("--phases", "fuzzing", "--seed", "1", "--no-color"),
            *("--generation-database", ":memory:"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "No issues found" in done.stdout, done.stdout[-3000:]
    assert "Traceback" not in attacked.log.read_text()


# What the schema's own scalars can look like, right and wrong.
SCALARS: dict[str, Any] = {
    name: st.text(max_size=20).map(lambda text: String(value=text))
    for name in ("BigInt", "JSON", "Base64", "DateTime", "MetricValue")
    if name in BUILT.type_map
}


@settings(
    max_examples=DOCUMENTS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(document=from_schema(BUILT, custom_scalars=SCALARS))
def test_no_document_is_answered_by_an_internal_error(attacked: Service, document: str) -> None:
    with httpx.Client(trust_env=False, timeout=30) as http:
        answer = http.post(f"{attacked.url}/graphql", json={"query": document})

    assert answer.status_code < 500, (document, answer.text)
    for error in answer.json().get("errors", []):
        assert error["extensions"]["code"] != "INTERNAL", (document, answer.text)


async def flood(url: str, kind: int) -> None:
    """Open a socket, send what it should not get, and wait until it is closed or a while."""
    waiting = "subscription { entityChanged(ids: []) { __typename } }"
    begin, asked = {"type": "connection_init"}, [{"query": "{ a" * 500}, {"query": waiting}]
    messages: list[list[dict[str, Any]]] = [
        [],
        [{"type": "nothing"}] * 3,
        [begin] * 5,
        *(
            [begin, *({"type": "subscribe", "id": f"{n}", "payload": it} for n in range(150))]
            for it in asked
        ),
    ]
    with suppress(WebSocketException, OSError, TimeoutError):
        async with connect(
            url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None
        ) as wire:
            for message in messages[kind]:
                await wire.send(json.dumps(message))
            async with asyncio.timeout(3):
                async for _ in wire:
                    pass


async def test_a_good_client_is_answered_while_sockets_flood(attacked: Service) -> None:
    url = attacked.url.replace("http", "ws") + "/graphql"
    before = attacked.resident()
    took: list[float] = []
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30))
        floods = [asyncio.create_task(flood(url, number % 5)) for number in range(SOCKETS)]
        while not all(task.done() for task in floods):
            begun = time.monotonic()
            answer = await http.post(
                f"{attacked.url}/graphql", json={"query": "{ organization { name } }"}
            )
            took.append(time.monotonic() - begun)
            assert answer.status_code == 200
            await asyncio.sleep(0.05)

    assert len(took) > 5
    assert max(took) < 10
    assert attacked.resident() - before < 64 * MIB
