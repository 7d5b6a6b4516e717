"""Subscriptions, as clients know them: graphql-transport-ws and GraphQL over SSE."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

import graph_api as ga
from graph_api.graph import Graph
from graph_api.settings import Settings
from tests.service import Service, neo4j_settings, serving
from tests.test_keys import Command, command, variables, workers

__all__ = ["command", "variables", "workers"]

pytestmark = pytest.mark.no_bytes

CHANGED = """subscription ($ids: [ID!]!, $after: BigInt) {
  entityChanged(ids: $ids, after: $after) { change { seq what by } entities { id __typename } } }"""
COMMITTED = """subscription ($project: String!) {
  artifactCommitted(project: $project) { change { seq } artifact { name version } } }"""
UPDATED = """subscription ($project: String!, $run: ID) {
  runUpdated(project: $project, run: $run) { change { what } runs { id status } } }"""


class Socket:
    """A client of graphql-transport-ws."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire

    async def send(self, type: str, **fields: Any) -> None:
        await self.wire.send(json.dumps({"type": type, **fields}))

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            return json.loads(await self.wire.recv())

    async def subscribe(self, id: str, query: str, **variables: Any) -> None:
        await self.send("subscribe", id=id, payload={"query": query, "variables": variables})

    async def next(self) -> Any:
        """The data of the next event."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def outcome(self, query: str, **variables: Any) -> str:
        """The code of the error with which an operation ends at once."""
        await self.subscribe("outcome", query, **variables)
        message = await self.receive()
        errors = message["payload"]
        if message["type"] == "next":
            errors = message["payload"]["errors"]
            assert (await self.receive())["type"] == "complete"
        (error,) = errors
        return error["extensions"]["code"]

    async def closed(self) -> int | None:
        """The code with which the service closes the connection."""
        async with asyncio.timeout(20):
            await self.wire.wait_closed()
        return self.wire.close_code

    async def settled(self) -> None:
        """Returns once the service has taken in what was sent before."""
        await self.send("ping")
        assert (await self.receive())["type"] == "pong"
        # The operation reads its place in the ledger in a task of its own.
        await asyncio.sleep(1)


def describe(client: ga.Client, run: ga.Run, words: str) -> None:
    """Change what is said of a run."""
    client.execute(
        "mutation ($i: UpdateRunInput!) { updateRun(input: $i) { __typename } }",
        {"i": {"id": run.id, "description": words}},
    )


@asynccontextmanager
async def opened(
    service: Service, parameters: dict[str, str] | None = None, **more: Any
) -> AsyncGenerator[Socket]:
    url = service.url.replace("http", "ws") + "/graphql"
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect(url, subprotocols=protocols, proxy=None, **more) as wire:
        socket = Socket(wire)
        await socket.send("connection_init", payload=parameters or {})
        yield socket


async def acknowledged(socket: Socket) -> Socket:
    assert (await socket.receive())["type"] == "connection_ack"
    return socket


async def test_a_run_that_is_waited_for_tells_each_change_in_order(
    service: Service, client: ga.Client
) -> None:
    run = await asyncio.to_thread(client.start_run)
    other = await asyncio.to_thread(client.start_run)
    async with opened(service) as socket:
        await acknowledged(socket)
        await socket.subscribe("a", CHANGED, ids=[run.id])
        await socket.subscribe("b", UPDATED, project=client.project, run=run.id)
        await socket.settled()

        def work() -> None:
            other.complete()
            describe(client, run, "Words.")
            run.complete()

        await asyncio.to_thread(work)
        told = [await socket.receive() for _ in range(4)]

    events = {
        id: [message["payload"]["data"] for message in told if message["id"] == id] for id in "ab"
    }
    changed = [event["entityChanged"] for event in events["a"]]
    assert [event["change"]["what"] for event in changed] == [
        "Run updated: description",
        "Run COMPLETED",
    ]
    assert [event["entities"] for event in changed] == [[{"id": run.id, "__typename": "Run"}]] * 2
    assert changed[1]["change"]["seq"] == changed[0]["change"]["seq"] + 1
    updated = [event["runUpdated"]["runs"] for event in events["b"]]
    assert [[one["id"] for one in runs] for runs in updated] == [[run.id]] * 2
    assert updated[1] == [{"id": run.id, "status": "COMPLETED"}]


async def test_what_was_missed_is_told_from_a_place_in_the_ledger(
    service: Service, client: ga.Client
) -> None:
    run = await asyncio.to_thread(client.start_run)
    async with opened(service) as socket:
        await acknowledged(socket)
        await socket.subscribe("a", CHANGED, ids=[run.id], after=0)
        began = (await socket.next())["entityChanged"]["change"]
    await asyncio.to_thread(run.complete)

    async with opened(service) as socket:
        await acknowledged(socket)
        await socket.subscribe("a", CHANGED, ids=[run.id], after=began["seq"])
        ended = (await socket.next())["entityChanged"]["change"]

    assert [began["what"], ended["what"]] == ["Run started", "Run COMPLETED"]


async def test_commits_in_a_project_come_as_server_sent_events(
    service: Service, client: ga.Client
) -> None:
    await asyncio.to_thread(client.start_run)
    body = {"query": COMMITTED, "variables": {"project": client.project}}
    headers = {"accept": "text/event-stream"}

    def log(project: str | None, name: str) -> None:
        made = ga.Artifact(name, type="dataset")
        made.add_reference("s3://bucket/x", name="x", checksum=False)
        client.log_artifact(made, project=project)

    async with (
        httpx.AsyncClient(base_url=service.url, timeout=20, trust_env=False) as http,
        http.stream("POST", "/graphql", json=body, headers=headers) as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        await asyncio.sleep(1)
        await asyncio.to_thread(log, f"{client.project}-other", "elsewhere")
        await asyncio.to_thread(log, None, "data")
        lines: list[str] = []
        async for line in response.aiter_lines():
            # Comments keep the connection alive.
            if line and not line.startswith(":"):
                lines.append(line)
            if len(lines) == 2:
                break

    assert lines[0] == "event: next"
    data = json.loads(lines[1].removeprefix("data: "))["data"]["artifactCommitted"]
    assert data["artifact"] == {"name": "data", "version": "v0"}


async def test_what_is_no_subscription_is_sent_to_be_asked_otherwise(service: Service) -> None:
    async with opened(service) as socket:
        await acknowledged(socket)
        outcome = await socket.outcome("{ organization { name } }")
        unnamed = await socket.outcome("")
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(
            f"{service.url}/graphql",
            json={"query": 'mutation { createProject(input: {name: "x"}) { __typename } }'},
            headers={"accept": "text/event-stream"},
        )

    assert (outcome, unnamed) == ("BAD_USER_INPUT", "BAD_USER_INPUT")
    assert "Queries and mutations are answered to a POST" in answer.text
    assert "ProjectPayload" not in answer.text


async def test_there_are_so_many_connections_and_no_more(
    neo4j: Settings, graph: Graph, tmp_path: Path
) -> None:
    variables = neo4j_settings(neo4j) | {"GRAPH_API_CONNECTIONS": "2"}
    with serving(tmp_path, "folder", variables) as service:
        async with opened(service) as first, opened(service) as second:
            await acknowledged(first)
            await acknowledged(second)
            async with opened(service) as third:
                await acknowledged(third)
                with pytest.raises(ConnectionClosed) as closed:
                    await third.receive()
            headers = {"accept": "text/event-stream"}
            body = {"query": UPDATED, "variables": {"project": "p"}}
            async with httpx.AsyncClient(trust_env=False) as http:
                stream = await http.post(f"{service.url}/graphql", json=body, headers=headers)
        async with opened(service) as again:
            await acknowledged(again)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013
    assert (stream.status_code, stream.headers["retry-after"]) == (503, "1")
    assert "TOO_BUSY" in stream.text


async def test_a_named_document_is_found_and_one_that_is_not_trusted_is_refused(
    neo4j: Settings, graph: Graph, tmp_path: Path
) -> None:
    trusted = tmp_path / "documents.json"
    trusted.write_text(json.dumps({"changed": CHANGED}))
    variables = neo4j_settings(neo4j) | {"GRAPH_API_TRUSTED_DOCUMENTS": str(trusted)}
    with serving(tmp_path, "folder", variables) as service:
        async with opened(service) as socket:
            await acknowledged(socket)
            named = {"documentId": "changed", "variables": {"ids": ["run_none"]}}
            await socket.send("subscribe", id="a", payload=named)
            found = await socket.receive()
            await socket.receive()
            outcome = await socket.outcome(UPDATED, project="p")

    assert "NOT_FOUND" in json.dumps(found)
    assert outcome == "DOCUMENT_NOT_TRUSTED"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (CHANGED, {"ids": ["run_none"]}, "NOT_FOUND"),
        (CHANGED, {"ids": []}, "BAD_USER_INPUT"),
        (UPDATED, {"project": 7}, "BAD_USER_INPUT"),
        (COMMITTED, {"project": "nowhere"}, "NOT_FOUND"),
        ("subscription { nope }", {}, "BAD_USER_INPUT"),
        ("subscription { " + "x " * 20_000 + "}", {}, "DOCUMENT_TOO_LARGE"),
    ],
)
async def test_what_cannot_be_waited_for_is_refused_with_a_code(
    service: Service, query: str, variables: dict[str, Any], code: str
) -> None:
    async with opened(service) as socket:
        await acknowledged(socket)
        outcome = await socket.outcome(query, **variables)

    assert outcome == code


async def test_a_subscription_in_a_plain_request_is_refused(service: Service) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(
            f"{service.url}/graphql",
            json={"query": COMMITTED, "variables": {"project": "p"}},
            headers={"accept": "application/json"},
        )

    (error,) = answer.json()["errors"]
    assert answer.json().get("data") is None
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_page_of_another_origin_gets_no_socket(service: Service) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(service, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with opened(service, origin=service.url) as socket:
        await acknowledged(socket)


async def test_a_message_that_is_too_large_ends_the_socket(service: Service) -> None:
    async with opened(service) as socket:
        await acknowledged(socket)
        await socket.subscribe("a", "{ organization { name } } #" + "x" * (1 << 20))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.receive()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_what_is_no_message_ends_the_socket_as_the_protocol_says(service: Service) -> None:
    for wrong in ("[]", '{"type": 7}', '{"type": "subscribe", "id": "a", "payload": null}'):
        async with opened(service) as socket:
            await acknowledged(socket)
            await socket.send("ping", payload=None)
            assert (await socket.receive())["type"] == "pong"
            await socket.wire.send(wrong)
            assert await socket.closed() == 4400


async def test_a_socket_needs_a_key_and_ends_with_it(
    workers: list[Service], command: Command, tmp_path: Path
) -> None:
    made = command("keys", "create", "grace", "--write", "digits")
    key = {"authorization": f"Bearer {made.stdout.strip()}"}
    client = ga.Client(workers[0].url, project="digits", api_key=made.stdout.strip())
    run = await asyncio.to_thread(client.start_run)

    for wrong in ({}, {"authorization": "Bearer graph-api_wrong"}):
        async with opened(workers[1], wrong) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await socket.receive()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4403
    async with (
        opened(workers[1], key) as first,
        opened(workers[1], additional_headers=key) as second,
    ):
        for socket in (first, second):
            await acknowledged(socket)
            await socket.subscribe("a", CHANGED, ids=[run.id])
            await socket.settled()
        await asyncio.to_thread(describe, client, run, "Seen.")
        assert (await first.next())["entityChanged"]["change"]["by"] == "grace"
        await second.next()

        await asyncio.to_thread(command, "keys", "revoke", made.stderr.split()[1])
        other = command("keys", "create", "ada", "--write", "digits").stdout.strip()
        with ga.Client(workers[0].url, project="digits", api_key=other) as ada:
            await asyncio.to_thread(describe, ada, run, "Unseen.")

        for socket in (first, second):
            # A socket of an ended key is also closed, within seconds: that may come first.
            with contextlib.suppress(ConnectionClosed):
                told = await socket.receive()
                assert "Unseen" not in json.dumps(told)
                assert told["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
                assert (await socket.receive())["type"] == "complete"
                await socket.subscribe("q", "{ organization { name } }")
                refused = json.dumps(await socket.receive())
                assert "UNAUTHENTICATED" in refused
                assert '"name"' not in refused
            assert await socket.closed() == 4403
    client.heartbeats.close()


async def test_what_a_key_does_not_see_is_not_told(
    workers: list[Service], command: Command
) -> None:
    owner = command("keys", "create", "owner", "--everywhere", "write").stdout.strip()
    narrow = command("keys", "create", "narrow", "--write", "mine").stdout.strip()
    key = {"authorization": f"Bearer {narrow}"}
    with ga.Client(workers[0].url, project="theirs", api_key=owner) as client:
        hidden = await asyncio.to_thread(client.start_run)
        seen = await asyncio.to_thread(lambda: client.start_run(project="mine"))
        async with opened(workers[0], key) as socket:
            await acknowledged(socket)
            told = [await socket.outcome(CHANGED, ids=[id]) for id in (hidden.id, "run_none")]
            told += [await socket.outcome(UPDATED, project=of) for of in ("theirs", "nobodys")]
            await socket.subscribe("a", UPDATED, project="mine")
            await socket.settled()
            await asyncio.to_thread(hidden.complete)
            await asyncio.to_thread(seen.complete)
            shown = await socket.next()
            used = "mutation ($i: RunEntitiesInput!) { use(input: $i) { __typename } }"
            of_both = {"i": {"run": seen.id, "entities": [hidden.id]}}
            await socket.subscribe("b", CHANGED, ids=[seen.id])
            await socket.settled()
            await asyncio.to_thread(client.execute, used, of_both)
            events = [await socket.next() for _ in range(2)]

    assert told == ["NOT_FOUND"] * 4
    assert shown["runUpdated"]["runs"] == [{"id": seen.id, "status": "COMPLETED"}]
    # Who did what tells of the hidden run, too.
    (changed,) = [event["entityChanged"] for event in events if "entityChanged" in event]
    assert (changed["change"]["what"], changed["change"]["by"]) == (None, None)
    assert changed["entities"] == [{"id": seen.id, "__typename": "Run"}]
