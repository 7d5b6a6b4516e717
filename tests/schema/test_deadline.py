"""Requests that take too long, or that nobody waits for, end; so do their statements."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect
from starlette.types import Message
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from graph_api.blobs import BlobStore
from graph_api.errors import DeadlineExceeded
from graph_api.graph import Graph, Query
from graph_api.graph.graph import Transaction
from graph_api.models import deadline
from graph_api.models.run import NewRun
from graph_api.models.turns import Turns
from graph_api.models.viewer import Viewer
from graph_api.routes.disconnect import while_connected
from graph_api.schema.deadline import Execution
from graph_api.services import project, run
from graph_api.settings import Limits, Settings
from tests.schema.conftest import Api, served

pytestmark = pytest.mark.no_bytes

SECONDS = 0.5
PROJECTS = "{ projects { nodes { name } } }"
# Of other fields: by a statement of its own.
TWO_LOADS = '{ a: node(id: "run_a") { id } b: node(id: "run_b") { ... on Run { name } } }'


class Number(BaseModel, frozen=True):
    number: int


ENDLESS = Query(
    "tests/endless",
    "UNWIND range(1, 1000000000000) AS x WITH x WHERE x % 7 = 8 RETURN count(x) AS number",
    Number,
)
UNDER_WAY = Query(
    "tests/under_way",
    "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery = $text RETURN count(*) AS number",
    Number,
)
PROCESSOR_TIME = Query(
    "tests/processor_time",
    'CALL dbms.queryJmx("java.lang:type=OperatingSystem") YIELD attributes '
    "RETURN attributes.ProcessCpuTime.value AS number",
    Number,
)


async def number(graph: Graph, query: Query[Number], **parameters: Any) -> int:
    row = await graph.fetch_one(query, **parameters)
    assert row
    return row.number


async def under_way(graph: Graph) -> int:
    """How many endless statements Neo4j works on."""
    return await number(graph, UNDER_WAY, text=ENDLESS.text)


async def ended(graph: Graph, within: float) -> None:
    """Returns once Neo4j works on no endless statement, and its processor rests."""
    until = time.monotonic() + within
    share = 1.0
    while await under_way(graph) or share > 0.3:
        assert time.monotonic() < until, f"Neo4j still takes {share:.0%} of a processor."
        before, start = await number(graph, PROCESSOR_TIME), time.monotonic()
        await asyncio.sleep(0.2)
        after = await number(graph, PROCESSOR_TIME)
        share = (after - before) / 1e9 / (time.monotonic() - start)


@dataclass
class Speaking:
    """A client that says what it says, and then may leave before it is answered."""

    scope: dict[str, Any]
    waiting: asyncio.Queue[Message] = field(default_factory=asyncio.Queue[Message])
    heard: list[Message] = field(default_factory=list[Message])

    @classmethod
    def http(cls, query: str, accept: bytes = b"*/*") -> "Speaking":
        """A POST."""
        own = [(b"content-type", b"application/json"), (b"accept", accept)]
        one = cls({"type": "http", "method": "POST", "scheme": "http", "headers": own})
        body = json.dumps({"query": query}).encode()
        one.says({"type": "http.request", "body": body, "more_body": False})
        return one

    @classmethod
    def websocket(cls, query: str) -> "Speaking":
        """One operation over graphql-transport-ws."""
        subprotocols = ["graphql-transport-ws"]
        scope = {"type": "websocket", "scheme": "ws", "headers": [], "subprotocols": subprotocols}
        one = cls(scope)
        one.says({"type": "websocket.connect"})
        operation = {"type": "subscribe", "id": "a", "payload": {"query": query}}
        for message in ({"type": "connection_init"}, operation):
            one.says({"type": "websocket.receive", "text": json.dumps(message)})
        return one

    def says(self, message: Message) -> None:
        """What the service receives next."""
        self.waiting.put_nowait(message)

    async def to(self, api: Api) -> None:
        """Returns once the service has ended with it."""

        async def hears(message: Message) -> None:
            self.heard.append(message)

        common = {"path": "/graphql", "query_string": b"", "http_version": "1.1"}
        headers = [*self.scope["headers"], (b"host", b"localhost")]
        scope = {**self.scope, **common, "headers": headers}
        await api.app(scope, self.waiting.get, hears)


def text_of(message: Message) -> bytes:
    """What a message carries."""
    return message.get("body", b"") or message.get("text", "").encode()


@contextmanager
def endless_reads(graph: Graph, only: str = "") -> Generator[None]:
    """Meanwhile every read of the graph, or only those of one statement, takes for ever."""
    fetch = graph.fetch

    async def endless(query: Query[Any], **parameters: Any) -> list[Any]:
        if query.name.startswith(only):
            # Else Neo4j would end it some time after the request's deadline, too.
            with deadline.within(60):
                await fetch(ENDLESS)
        return await fetch(query, **parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "fetch", endless)
        yield


@pytest.fixture
async def hasty(graph: Graph, neo4j: Settings, blobs: BlobStore) -> AsyncGenerator[Api]:
    """A service whose requests have half a second."""
    update = {"request_seconds": SECONDS, "lineage_seconds": 0.1}
    async with served(neo4j.model_copy(update=update), graph, blobs) as api:
        yield api


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_request_that_takes_too_long_ends_with_its_statement(
    hasty: Api, graph: Graph, accept: str
) -> None:
    with endless_reads(graph):
        start = time.monotonic()
        response = await hasty.http.post(
            "/graphql", json={"query": PROJECTS}, headers={"accept": accept}
        )
        took = time.monotonic() - start
    await ended(graph, within=2)

    (error,) = response.json()["errors"]
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert error == {
        "message": "The request was not done within 0.5 seconds (GRAPH_API_REQUEST_SECONDS) and "
        "was ended; ask for less at once. Of its mutations, the last may or may not be done.",
        "extensions": {"code": "DEADLINE_EXCEEDED"},
    }
    assert SECONDS <= took < SECONDS + 1


async def test_connections_are_whole_after_many_requests_took_too_long(
    hasty: Api, graph: Graph
) -> None:
    with endless_reads(graph):
        answers = await asyncio.gather(*(hasty.post(PROJECTS) for _ in range(8)))
    await ended(graph, within=4)

    codes = [answer.json()["errors"][0]["extensions"]["code"] for answer in answers]
    assert codes == ["DEADLINE_EXCEEDED"] * 8
    again = await asyncio.gather(*(graph.fetch(UNDER_WAY, text="none") for _ in range(20)))
    assert again == [[Number(number=0)]] * 20


async def test_a_mutation_that_takes_too_long_is_not_done_by_half(
    hasty: Api, graph: Graph, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_transaction = graph.in_transaction

    async def endless(work: Any) -> Any:
        async def then_endless(transaction: Transaction) -> Any:
            done = await work(transaction)
            await transaction.fetch(ENDLESS)
            return done

        return await in_transaction(then_endless)

    with monkeypatch.context() as patch:
        patch.setattr(graph, "in_transaction", endless)
        query = 'mutation { createProject(input: {name: "half"}) { __typename } }'
        assert [code for code, _ in await hasty.errors(query)] == ["DEADLINE_EXCEEDED"]
    await ended(graph, within=2)

    # Who asks by the hasty service may be ended, too.
    assert await project.by_name(graph, viewer, "half") is None


async def test_the_graph_ends_a_statement_by_itself_where_nobody_could_tell_it(
    graph: Graph,
) -> None:
    # Neo4j looks every two seconds.
    with deadline.within(SECONDS), pytest.raises(DeadlineExceeded, match=r"within 0\.5 seconds"):
        await graph.fetch(ENDLESS)


@pytest.mark.parametrize(("query", "statements"), [(PROJECTS, 1), (TWO_LOADS, 2)])
async def test_a_request_whose_client_leaves_ends_with_its_statements(
    api: Api, graph: Graph, query: str, statements: int
) -> None:
    before = asyncio.all_tasks()
    speaking = Speaking.http(query)

    with endless_reads(graph):
        answering = asyncio.ensure_future(speaking.to(api))
        await asyncio.sleep(0.3)
    assert (await under_way(graph), answering.done()) == (statements, False)
    speaking.says({"type": "http.disconnect"})
    await asyncio.wait_for(answering, 1)
    await ended(graph, within=2)

    assert speaking.heard == []
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("protocol", ["websocket", "http"])
async def test_what_is_loaded_for_an_event_ends_where_its_client_leaves(
    api: Api, graph: Graph, viewer: Viewer, protocol: str
) -> None:
    new = NewRun(project="digits")
    id = (await run.start(graph, viewer, Limits(), new)).id
    query = f'subscription {{ entityChanged(ids: ["{id}"], after: 0) {{ change {{ seq }} }} }}'
    speaking = Speaking.http(query, b"text/event-stream")
    if protocol == "websocket":
        speaking = Speaking.websocket(query)

    with endless_reads(graph, "entity/by_ids"):
        answering = asyncio.ensure_future(speaking.to(api))
        async with asyncio.timeout(20):
            while not await under_way(graph):
                await asyncio.sleep(0.1)
        speaking.says({"type": f"{protocol}.disconnect", "code": 1001})
        await asyncio.wait_for(answering, 5)
        await ended(graph, within=3)

    assert b"entityChanged" not in b"".join(map(text_of, speaking.heard))


async def test_what_is_loaded_for_a_request_that_takes_too_long_ends_with_it(
    hasty: Api, graph: Graph
) -> None:
    before = asyncio.all_tasks()
    with endless_reads(graph):
        asking = asyncio.ensure_future(hasty.errors(TWO_LOADS))
        await asyncio.sleep(SECONDS / 2)
    loads = await under_way(graph)
    codes = [code for code, _ in await asking]
    await ended(graph, within=2)

    assert (loads, codes) == (2, ["DEADLINE_EXCEEDED"])
    assert asyncio.all_tasks() == before


async def test_work_is_over_once_its_client_has_left() -> None:
    said: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            said.append("over")

    async def receive() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await while_connected(receive, work())
    assert said == ["over"]


async def test_work_ends_as_it_ends_while_its_client_waits() -> None:
    before = asyncio.all_tasks()

    async def receive() -> Message:
        return await asyncio.Future[Message]()

    async def works() -> int:
        return 7

    async def fails() -> int:
        raise ValueError("no")

    assert await while_connected(receive, works()) == 7
    with pytest.raises(ValueError, match="no"):
        await while_connected(receive, fails())
    assert asyncio.all_tasks() == before


def test_a_request_has_longer_than_a_walk() -> None:
    with pytest.raises(ValidationError, match="GRAPH_API_REQUEST_SECONDS is 30: set it above"):
        Settings(request_seconds=30, lineage_seconds=30)


@strawberry.type
class Told:
    names: list[str]


@strawberry.type
class Nowhere:
    none: str


@strawberry.type
class Events:
    @strawberry.subscription
    async def events(self) -> AsyncGenerator[Told]:
        for number in range(30):
            yield Told(names=[str(number)])


async def test_an_event_leaves_nothing_behind_in_what_executes_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Any] = []
    build = Execution.build_per_event_executor

    def built(self: Execution, payload: Any) -> Any:
        made.append(build(self, payload))
        return made[-1]

    monkeypatch.setattr(Execution, "build_per_event_executor", built)
    told = strawberry.Schema(Nowhere, subscription=Events, execution_context_class=Execution)
    context = SimpleNamespace(
        viewer=SimpleNamespace(user="local"),
        changes=SimpleNamespace(turns=Turns(1, 1, patience=None)),
        settings=SimpleNamespace(request_seconds=9),
    )

    events = await told.subscribe("subscription { events { names } }", context_value=context)
    assert not isinstance(events, ExecutionResult | PreExecutionError)
    found = [event async for event in events]

    assert [event.data for event in found] == [{"events": {"names": [str(n)]}} for n in range(30)]
    assert len(made) == 30
    # Of each event the payload's own selections alone.
    assert [len(it._selections) + len(it._relevant_sub_fields) for it in made] == [3] * 30
