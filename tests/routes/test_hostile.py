"""Documents that nobody would write by hand, and sockets that mean no good, against a worker."""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import AsyncExitStack, suppress
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
from graph_api.settings import Settings, child_environment
from tests.environment import environment
from tests.service import Service, neo4j_settings, serving
from tests.structure.source import ROOT

pytestmark = pytest.mark.no_bytes

MIB = 1 << 20
BUILT: GraphQLSchema = build_schema(schema.as_str())
# Of each operation, for schemathesis; of whole documents, for hypothesis-graphql.
EXAMPLES, DOCUMENTS = (50, 2_000) if environment.deep else (1, 25)
SOCKETS = 500 if environment.deep else 100


@pytest.fixture(scope="module")
def attacked(
    connected: Graph, neo4j: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Service]:
    with serving(tmp_path_factory.mktemp("hostile"), "folder", neo4j_settings(neo4j)) as service:
        yield service


def test_schemathesis_finds_no_server_error(attacked: Service) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{attacked.url}/graphql"),
            *("--checks", "not_a_server_error", "--max-examples", str(EXAMPLES)),
            *("--phases", "fuzzing", "--seed", "1", "--no-color"),
            *("--generation-database", ":memory:"),
        ],
        cwd=ROOT,
        env=child_environment(SCHEMATHESIS_HOOKS="tests.routes.scalars"),
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert re.search(r"Tested: [1-9]", done.stdout), done.stdout[-3000:]
    assert "Traceback" not in attacked.log.read_text()


# What the schema's own scalars can look like, right and wrong.
SCALARS: dict[str, Any] = {
    name: st.text(max_size=20).map(lambda text: String(value=text))
    for name in ("AsOf", "BigInt", "JSON", "Base64", "DateTime", "MetricValue")
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
            [begin, *({"type": "subscribe", "id": f"{n}", "payload": it} for n in range(20))]
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


STRANGE = [
    "no JSON",
    "[" * 100_000,
    "[]",
    "7",
    '{"type": 7}',
    '{"type": "connection_init", "payload": {"authorization": "Bearer \\ud800"}}',
    '{"type": "connection_init", "payload": 7}',
]
ASKED: list[dict[str, Any]] = [
    {"type": "subscribe", "id": "a", "payload": []},
    {"type": "subscribe", "id": 7, "payload": {}},
    {"type": "subscribe", "id": "a", "payload": {"query": "{ a", "variables": [1]}},
    {"type": "subscribe", "id": "a", "payload": {"query": 7}},
    {
        "type": "subscribe",
        "id": "a",
        "payload": {"query": "{ a", "operationName": 1},
    },
    {"type": "complete", "id": []},
]


async def test_strange_messages_end_in_a_refusal_and_no_trace(attacked: Service) -> None:
    url = attacked.url.replace("http", "ws") + "/graphql"
    protocols = [Subprotocol("graphql-transport-ws")]
    before = attacked.log.read_text()
    for message in STRANGE:
        async with connect(url, subprotocols=protocols, proxy=None) as wire:
            await wire.send(message)
            with suppress(WebSocketException):
                async with asyncio.timeout(5):
                    assert json.loads(await wire.recv())["type"] == "connection_ack"
                    continue
            assert wire.close_code in (4400, 1002, 1003, 1007), message
    for asked in ASKED:
        async with connect(url, subprotocols=protocols, proxy=None) as wire:
            await wire.send('{"type": "connection_init"}')
            await wire.recv()
            await wire.send(json.dumps(asked))
            with suppress(WebSocketException):
                async with asyncio.timeout(5):
                    assert "BAD_" in str(await wire.recv()), asked
                    continue
            assert wire.close_code == 4400, asked
    async with httpx.AsyncClient(trust_env=False) as http:
        odd = await http.get(
            f"{attacked.url}/graphql",
            params={"query": "{ __typename }"},
            headers={"origin": "http://["},
        )
    assert odd.status_code == 403
    assert attacked.log.read_text() == before


async def test_trailers_without_end_are_cut_off(attacked: Service) -> None:
    host, port = httpx.URL(attacked.url).host, httpx.URL(attacked.url).port or 0
    head = (
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        "transfer-encoding: chunked\r\n\r\n"
    )
    before = attacked.resident()
    for more in (b"0\r\nx: " + b"v" * (4 * MIB), b"0\r\n" + b"a: a\r\n" * MIB, b"1;" + b"e" * MIB):
        reader, writer = await asyncio.open_connection(host, port)
        with suppress(ConnectionError):
            writer.write(head.encode() + more)
            await writer.drain()
        async with asyncio.timeout(5):
            with suppress(ConnectionError):
                await reader.read()
        writer.close()
    assert attacked.resident() - before < 16 * MIB


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
