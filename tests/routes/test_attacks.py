"""Connections that mean no good, against a real worker; a good client is answered meanwhile."""

import asyncio
import socket
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from graph_api import Client
from graph_api.settings import Settings
from tests.service import Service, neo4j_settings, serving

pytestmark = pytest.mark.no_bytes

MIB = 1 << 20
HEAD = b"POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
# What a connection sends at once; then comes a byte four times a second.
SLOW = {
    "nothing": (b"", b""),
    "empty lines": (b"\r\n", b"\r\n"),
    "head": (HEAD % b"/graphql" + b"x-a: ", b"a"),
    "body": (HEAD % b"/graphql" + b"content-length: 1000\r\n\r\n", b" "),
    "body after its answer": (HEAD % b"/healthz" + b"content-length: 1000\r\n\r\n", b" "),
}


@pytest.fixture(scope="module")
def attacked(neo4j: Settings, tmp_path_factory: pytest.TempPathFactory) -> Generator[Service]:
    """A service that waits for no one very long."""
    variables = neo4j_settings(neo4j)
    variables |= {"GRAPH_API_HEAD_SECONDS": "1", "GRAPH_API_BODY_SECONDS": "1"}
    with serving(tmp_path_factory.mktemp("attacked"), "folder", variables) as service:
        yield service


def address(service: Service) -> tuple[str, int]:
    url = httpx.URL(service.url)
    return url.host, int(url.port or 0)


async def received(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the connection is closed, however that is done."""
    answer = bytearray()
    with suppress(ConnectionError):
        while data := await reader.read(MIB):
            answer += data
    return bytes(answer)


async def dribble(service: Service, begin: bytes, more: bytes) -> bytes:
    """Send slowly until the connection is closed; what was answered."""
    reader, writer = await asyncio.open_connection(*address(service))
    answer = asyncio.create_task(received(reader))
    with suppress(ConnectionError):
        writer.write(begin)
        while not answer.done():
            writer.write(more)
            await asyncio.wait([answer], timeout=0.25)
    writer.close()
    return await answer


async def send(service: Service, *parts: bytes) -> bytes:
    """Send all of it; what is answered until the connection is closed."""
    reader, writer = await asyncio.open_connection(*address(service))
    with suppress(ConnectionError):
        for part in parts:
            writer.write(part)
            await writer.drain()
    async with asyncio.timeout(20):
        answer = await received(reader)
    writer.close()
    return answer


async def test_two_hundred_slow_connections_are_closed_and_delay_nobody(attacked: Service) -> None:
    good, right = {"query": "{ organization { name } }"}, {"organization": {"name": "default"}}
    answered, longest = 0, 0.0
    async with httpx.AsyncClient(base_url=attacked.url, timeout=10) as http:
        await http.post("/graphql", json=good)
        before = attacked.resident()
        connections = [
            asyncio.create_task(dribble(attacked, *slow))
            for slow in SLOW.values()
            for _ in range(40)
        ]
        while not all(connection.done() for connection in connections):
            begun = time.monotonic()
            assert (await http.post("/graphql", json=good)).json()["data"] == right
            longest = max(longest, time.monotonic() - begun)
            answered += 1
            await asyncio.sleep(0.02)

    answers = [connection.result()[:12].decode() for connection in connections]
    assert {kind: set(answers[40 * n :][:40]) for n, kind in enumerate(SLOW)} == {
        "nothing": {""},
        "empty lines": {""},
        "head": {""},
        "body": {"HTTP/1.1 408"},
        "body after its answer": {"HTTP/1.1 405"},
    }
    assert answered >= 10
    assert longest < 5
    assert attacked.resident() - before < 32 * MIB


LIMIT = 64 << 10
BEGUN = b"GET / HTTP/1.1\r\nhost: localhost\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * LIMIT,
        BEGUN + b"a" * LIMIT,
        BEGUN + b"a: " + b"a" * LIMIT,
        BEGUN + b"a: a\r\n" * (LIMIT // 6),
        BEGUN + b"a: a\r\n" * 100 + b"\r\n",
        BEGUN + b"a: " + b"a" * LIMIT + b"\r\n\r\n",
    ],
    ids=["address", "name", "value", "endless", "many", "whole"],
)
async def test_a_head_that_is_too_long_is_answered_431(attacked: Service, head: bytes) -> None:
    answer = await send(attacked, head)

    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b'"code": "HEAD_TOO_LONG"' in answer
    assert b"65,536 bytes (GRAPH_API_HEAD_BYTES), and 100 headers." in answer


async def test_a_flood_of_headers_takes_no_memory(attacked: Service) -> None:
    before = attacked.resident()

    await asyncio.gather(
        *(send(attacked, BEGUN, *[b"a: a\r\n" * 10_000] * 100) for _ in range(20)),
        *(send(attacked, BEGUN, *[b"a" * LIMIT] * 100) for _ in range(20)),
    )

    assert attacked.resident() - before < 32 * MIB
    assert httpx.get(f"{attacked.url}/healthz").status_code == 200


async def test_what_is_no_http_is_refused_and_no_answer_names_the_server(
    attacked: Service,
) -> None:
    garbage = await send(attacked, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    whole = await send(attacked, BEGUN + b"connection: close\r\n\r\n")

    assert garbage.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"code": "BAD_REQUEST"' in garbage
    assert whole.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert [one for one in (garbage, whole) if b"\r\nserver:" in one.lower()] == []


async def test_requests_on_one_connection_are_all_answered(attacked: Service) -> None:
    """Longer than a head may take, in one go and with pauses."""
    one = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n"
    reader, writer = await asyncio.open_connection(*address(attacked))
    for _ in range(4):
        writer.write(one)
        await asyncio.sleep(0.4)
        writer.write(b"\r\n")
        assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
    writer.write((one + b"\r\n") * 3 + one + b"connection: close\r\n\r\n")
    assert (await reader.read()).count(b"HTTP/1.1 200") == 4
    writer.close()


def test_no_reference_is_ever_looked_up(attacked: Service, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("never told")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        references = [
            f"http://{host}/latest/meta-data",
            f"https://{host}/a.zip",
            f"s3://{host}/bucket/key",
            secret.as_uri(),
        ]
        files = [{"path": str(n), "reference": one} for n, one in enumerate(references)]
        with Client(attacked.url, project="references") as client:
            logged = client.execute(
                """mutation ($files: [ContentInput!]!) {
                  logArtifact(input: {project: "references", name: "r", type: "t", files: $files}) {
                    ... on CommitPayload { artifact {
                      id size files { nodes { reference size sha256 downloadUrl } }
                      upstream { complete } } }
                    ... on Error { message } } }""",
                {"files": files},
            )
        made = logged["logArtifact"]["artifact"]
        archives = [httpx.get(f"{attacked.url}/artifacts/{made['id']}/zip") for _ in range(2)]

        assert [file["reference"] for file in made["files"]["nodes"]] == references
        assert {file["downloadUrl"] for file in made["files"]["nodes"]} == {None}
        assert archives[0].status_code == 200
        assert b"never told" not in archives[0].content
        with pytest.raises(BlockingIOError):
            listener.accept()
