"""The whole service in this process, and GraphQL over HTTP to it."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from graph_api.app import create
from graph_api.blobs import BlobStore
from graph_api.graph import Graph, Query
from graph_api.services.stores import Stores
from graph_api.settings import Settings


@dataclass
class Api:
    """GraphQL requests as a frontend sends them."""

    http: httpx.AsyncClient
    graph: Graph

    @property
    def app(self) -> ASGIApp:
        """What httpx speaks to; it has no way to leave before the answer."""
        transport = self.http._transport  # pyright: ignore[reportPrivateUsage]  # has no other name
        assert isinstance(transport, httpx.ASGITransport)
        return transport.app  # pyright: ignore[reportReturnType]  # httpx's own type of the same

    @contextmanager
    def statements(self) -> Generator[list[str]]:
        """The names of the statements that run meanwhile."""
        names: list[str] = []
        fetch = self.graph.fetch

        async def counted(query: Query[Any], **parameters: Any) -> list[Any]:
            names.append(query.name)
            return await fetch(query, **parameters)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.graph, "fetch", counted)
            yield names

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        """The response as it comes."""
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body)

    async def data(self, query: str, **variables: Any) -> Any:
        """The data of a request without errors."""
        response = await self.post(query, **variables)
        assert response.status_code == 200, response.text
        assert "errors" not in response.json(), response.text
        return response.json()["data"]

    async def errors(self, query: str, **variables: Any) -> list[tuple[str, str]]:
        """Code and message of each error."""
        response = await self.post(query, **variables)
        return [
            (error["extensions"]["code"], error["message"]) for error in response.json()["errors"]
        ]

    async def mutate(self, mutation: str, payload: str, /, **input: Any) -> Any:
        """The one result of a mutation."""
        name = mutation
        type = name[0].upper() + name[1:]
        type = {"AddAliases": "Aliases", "RemoveAliases": "Aliases"}.get(type, type)
        type = {"Use": "RunEntities", "Log": "RunEntities"}.get(type, type)
        query = f"""mutation ($input: {type}Input!) {{ {name}(input: $input) {{
          __typename {payload} ... on Error {{ message code }} }} }}"""
        return (await self.data(query, input=input))[name]


@pytest.fixture
async def api(graph: Graph, neo4j: Settings, blobs: BlobStore) -> AsyncGenerator[Api]:
    """The service on an empty graph and the byte store of the test."""
    async with served(neo4j, graph, blobs) as api:
        yield api


@asynccontextmanager
async def served(settings: Settings, graph: Graph, blobs: BlobStore) -> AsyncGenerator[Api]:
    """GraphQL to the service with these settings."""
    async with in_process(settings, graph, blobs) as (_, http):
        yield Api(http, graph)


@asynccontextmanager
async def in_process(
    settings: Settings, graph: Graph, blobs: BlobStore
) -> AsyncGenerator[tuple[Starlette, httpx.AsyncClient]]:
    """The service with these settings, and what speaks to it."""
    app = create(settings)
    async with app.router.lifespan_context(app) as lifespan:
        assert lifespan
        stores = Stores.of(graph, blobs)
        state = {**lifespan, "blobs": blobs, "stores": stores}

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": state}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            while (await http.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.01)
            yield app, http
