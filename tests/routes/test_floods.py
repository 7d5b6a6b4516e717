"""Many operations over sockets: they are counted as requests are."""

import asyncio
from pathlib import Path

import httpx
import pytest

from graph_api import Client
from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from graph_api.services import api_key
from graph_api.settings import Limits, Settings
from tests.routes.test_subscriptions import CHANGED, UPDATED, acknowledged, opened
from tests.service import Service, neo4j_settings, serving

pytestmark = pytest.mark.no_bytes

ASKED = {"query": "{ organization { name } }"}


async def test_each_operation_takes_a_token_of_its_user_as_a_request_does(
    neo4j: Settings, graph: Graph, viewer: Viewer, tmp_path: Path
) -> None:
    made = [
        await api_key.create(graph, viewer, Limits(), user, everywhere="read")
        for user in ("eve", "eve", "ada")
    ]
    eve, again, ada = ({"authorization": f"Bearer {one.secret}"} for one in made)
    # A bucket of one, and 200 seconds until there is another.
    variables = neo4j_settings(neo4j) | {"GRAPH_API_KEYS": "true", "GRAPH_API_RATE": "0.005"}
    with serving(tmp_path, "folder", variables) as service:
        url = f"{service.url}/graphql"
        async with (
            httpx.AsyncClient(trust_env=False, timeout=20) as http,
            opened(service, eve) as socket,
        ):
            await acknowledged(socket)
            for number in range(500):
                await socket.subscribe(f"{number}", CHANGED, ids=[])
            came = [await socket.receive() for _ in range(501)]
            other = await http.post(url, json=ASKED, headers=again)
            good = await http.post(url, json=ASKED, headers=ada)

    refused = {one["id"]: one["payload"][0] for one in came if one["type"] == "error"}
    (admitted,) = [one for one in came if one["type"] == "next"]
    (begun,) = admitted["payload"]["errors"]
    assert (admitted["id"], begun["extensions"]) == ("0", {"code": "BAD_USER_INPUT"})
    assert list(refused) == [f"{number}" for number in range(1, 500)]
    assert [one["extensions"] for one in refused.values()] == [{"code": "RATE_LIMITED"}] * 499
    assert refused["499"]["message"].startswith("A user can send 0.005 requests per second")
    assert (other.status_code, other.json()["errors"][0]["extensions"]) == (
        429,
        refused["499"]["extensions"],
    )
    assert (good.status_code, good.json()["data"]) == (200, {"organization": {"name": "default"}})


async def test_a_socket_has_a_hundred_operations_under_way_and_no_more(service: Service) -> None:
    with Client(service.url, project="full") as client:
        await asyncio.to_thread(client.start_run)
    async with opened(service) as socket:
        await acknowledged(socket)
        for number in range(101):
            await socket.subscribe(f"{number}", UPDATED, project="full")
        refused = await socket.receive()
        await socket.send("complete", id="0")
        again = await socket.outcome(CHANGED, ids=[])

    assert (refused["type"], refused["id"]) == ("error", "100")
    (error,) = refused["payload"]
    assert error["extensions"] == {"code": "TOO_BUSY"}
    assert error["message"].startswith("100 operations are under way over this socket")
    assert again == "BAD_USER_INPUT"
