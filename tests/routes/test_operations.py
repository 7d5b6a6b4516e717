"""A document with operations of every type: the one that is named runs, and no other."""

import asyncio
import json
from typing import Any

import httpx
import pytest

import graph_api as ga
from tests.routes.test_subscriptions import UPDATED, acknowledged, opened
from tests.service import Service

pytestmark = pytest.mark.no_bytes

DOCUMENT = """
query Ask($name: String!) { project(name: $name) { name } }
mutation Make($name: String!) { createProject(input: {name: $name}) {
  ... on ProjectPayload { project { name } } ... on Error { code } } }
query AskMuch($name: String!) { project(name: $name) { runs(first: 1000) { nodes { id } } } }
subscription Wait($ids: [ID!]!) { entityChanged(ids: $ids, after: 0) {
  change { what } entities { id } } }
"""


def body(operation: str | None, **variables: Any) -> dict[str, Any]:
    """What asks for an operation of the document."""
    named = {} if operation is None else {"operationName": operation}
    return {"query": DOCUMENT, "variables": variables, **named}


@pytest.fixture
async def http(service: Service) -> Any:
    async with httpx.AsyncClient(base_url=service.url, timeout=30, trust_env=False) as http:
        yield http


@pytest.fixture
def name(client: ga.Client) -> str:
    """Of a project that nobody has made yet."""
    return f"{client.project}-operations"


async def post(http: httpx.AsyncClient, given: dict[str, Any], accept: str = "*/*") -> Any:
    return (await http.post("/graphql", json=given, headers={"accept": accept})).json()


async def made(http: httpx.AsyncClient, name: str) -> bool:
    """Whether the mutation was carried out."""
    query = "query ($name: String!) { project(name: $name) { name } }"
    answer = await post(http, {"query": query, "variables": {"name": name}})
    return answer["data"] == {"project": {"name": name}}


def event_of(run: ga.Run) -> dict[str, Any]:
    """The first that is told of a run."""
    change = {"change": {"what": "Run started"}, "entities": [{"id": run.id}]}
    return {"entityChanged": change}


async def test_a_post_runs_the_operation_that_it_names(http: httpx.AsyncClient, name: str) -> None:
    asked = await post(http, body("Ask", name=name))
    nothing = await made(http, name)
    done = await post(http, body("Make", name=name))
    again = await post(http, body("Ask", name=name))

    assert (asked["data"], nothing) == ({"project": None}, False)
    assert done["data"] == {"createProject": {"project": {"name": name}}}
    assert again["data"] == {"project": {"name": name}}


async def test_what_an_operation_costs_is_that_of_the_named_one(
    http: httpx.AsyncClient, name: str
) -> None:
    alone = "query Ask($name: String!) { project(name: $name) { name } }"
    expected = await post(http, {"query": alone, "variables": {"name": name}})
    costs = [
        (await post(http, body(operation, name=name)))["extensions"]["cost"]["cost"]
        for operation in ("Ask", "AskMuch")
    ]

    assert costs[0] == expected["extensions"]["cost"]["cost"]
    assert costs[1] > 1_000


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (None, "The document has 4 operations; name one by `operationName`."),
        ("", 'Unknown operation named "".'),
        ("make", 'Unknown operation named "make".'),
    ],
)
async def test_nothing_runs_where_no_operation_of_the_document_is_named(
    http: httpx.AsyncClient, name: str, operation: str | None, said: str
) -> None:
    answer = await post(http, body(operation, name=name))

    assert [error["message"] for error in answer["errors"]] == [said]
    assert list(answer) == ["errors"]
    assert not await made(http, name)


async def test_a_get_runs_a_named_query_and_refuses_a_named_mutation(
    http: httpx.AsyncClient, name: str
) -> None:
    def given(operation: str) -> dict[str, str]:
        variables = json.dumps({"name": name})
        return {"query": DOCUMENT, "operationName": operation, "variables": variables}

    asked = await http.get("/graphql", params=given("Ask"))
    refused = await http.get("/graphql", params=given("Make"))

    assert asked.json()["data"] == {"project": None}
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert [error["extensions"]["code"] for error in refused.json()["errors"]] == [
        "METHOD_NOT_ALLOWED"
    ]
    assert "data" not in refused.json()
    assert not await made(http, name)


async def test_a_stream_of_events_runs_a_named_subscription_alone(
    http: httpx.AsyncClient, client: ga.Client, name: str
) -> None:
    run = await asyncio.to_thread(client.start_run)
    events = {"accept": "text/event-stream"}
    refused = await http.post("/graphql", json=body("Make", name=name), headers=events)
    waiting = body("Wait", ids=[run.id])
    told: list[Any] = []
    async with http.stream("POST", "/graphql", json=waiting, headers=events) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: "))["data"])
                break

    assert "Queries and mutations are answered to a POST" in refused.text
    assert "ProjectPayload" not in refused.text
    assert told == [event_of(run)]
    assert not await made(http, name)


async def test_a_socket_runs_a_named_subscription_alone(
    http: httpx.AsyncClient, service: Service, client: ga.Client, name: str
) -> None:
    run = await asyncio.to_thread(client.start_run)
    refused: list[Any] = []
    async with opened(service) as socket:
        await acknowledged(socket)
        for operation in ("Ask", "Make"):
            await socket.send("subscribe", id=operation, payload=body(operation, name=name))
            message = await socket.receive()
            refused.append((message["id"], message["type"], message["payload"]))
        await socket.send("subscribe", id="w", payload=body("Wait", ids=[run.id]))
        told = await socket.next()

    assert told == event_of(run)
    assert [(id, type) for id, type, _ in refused] == [("Ask", "error"), ("Make", "error")]
    codes = [error["extensions"]["code"] for _, _, payload in refused for error in payload]
    assert codes == ["BAD_USER_INPUT"] * 2
    assert not await made(http, name)


@pytest.mark.parametrize("wrong", [body("Nobody"), {"query": "subscription {"}])
async def test_a_document_with_nothing_to_run_leaves_the_other_operations_of_its_socket(
    service: Service, client: ga.Client, wrong: dict[str, Any]
) -> None:
    run = await asyncio.to_thread(client.start_run)
    async with opened(service) as socket:
        await acknowledged(socket)
        await socket.subscribe("b", UPDATED, project=client.project, run=run.id)
        await socket.settled()
        await socket.send("subscribe", id="wrong", payload=wrong)
        refused = await socket.receive()
        await asyncio.to_thread(run.complete)
        told = await socket.next()

    assert (refused["id"], refused["type"]) == ("wrong", "error")
    assert [error["extensions"]["code"] for error in refused["payload"]] == ["BAD_USER_INPUT"]
    assert told["runUpdated"]["runs"] == [{"id": run.id, "status": "COMPLETED"}]
