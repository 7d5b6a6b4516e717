"""The service as an ASGI application: settings, stores, routes and the GraphQL endpoint."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypedDict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import Route, WebSocketRoute

from graph_api.blobs import BlobStore, blob_store
from graph_api.errors import GraphApiError, StoreUnavailable
from graph_api.graph import Graph, connect
from graph_api.models.viewer import Viewer
from graph_api.routes import archive, blobs, graphiql, graphql, health, lineage, safety
from graph_api.routes.load import Rates, agreed
from graph_api.routes.refusal import crashed, refusal, unserved
from graph_api.schema import schema
from graph_api.schema.context import Context
from graph_api.services import api_key, organization
from graph_api.services.stores import Stores
from graph_api.settings import Settings

_log = logging.getLogger("graph_api")

# How long a start waits before it asks a store again that is not there yet.
_AGAIN = 0.1
# How long an end waits for a try that is under way: longer than a connection takes to fail.
_CLOSING = 3.0


class State(TypedDict):
    """What every request finds in ``request.state``."""

    settings: Settings
    stores: Stores
    blobs: BlobStore
    viewer_of: Callable[..., Awaitable[Viewer]]
    prepared: Callable[[], object]
    rates: Rates


class Entrance:
    """Lets requests in once the stores have what the service needs to begin.

    With ``keys``, those that bring one; without, everybody, who is then ``local``.
    """

    def __init__(self, graph: Graph, *, keys: bool) -> None:
        self._graph, self._keys = graph, keys
        self._organization_id: str | None = None
        self._closing = asyncio.Event()

    async def prepare(self, blobs: BlobStore) -> None:
        """Make constraints, the default organization and the bucket, as soon as that can be."""
        while self._organization_id is None and not self._closing.is_set():
            try:
                await self._graph.apply_constraints()
                await blobs.check()
                default = await organization.ensure_default(self._graph)
            except StoreUnavailable:
                await self._pause(_AGAIN)
            except Exception:
                _log.exception("The stores cannot be prepared; trying again.")
                await self._pause(1)
            else:
                self._organization_id = default.id

    def close(self) -> None:
        """Try no more. To break a try off would leave its connection half open."""
        self._closing.set()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    def prepared(self) -> str:
        """The id of the organization; StoreUnavailable until the service is ready."""
        if self._organization_id is None:
            raise StoreUnavailable("graph")
        return self._organization_id

    async def viewer_of(
        self, connection: HTTPConnection, parameters: Mapping[str, object] | None = None
    ) -> Viewer:
        """Who comes by a connection; Unauthenticated where that cannot be told, StoreUnavailable.

        ``parameters`` are those of a WebSocket's ``connection_init``.
        """
        organization_id = self.prepared()
        if not self._keys:
            return api_key.local(organization_id)
        return await api_key.authenticate(
            self._graph, organization_id, _secret(connection, parameters or {})
        )


def _secret(connection: HTTPConnection, parameters: Mapping[str, object]) -> str | None:
    """What comes after ``Authorization: Bearer`` (RFC 6750, section 2.1), or so named."""
    given = {name.lower(): value for name, value in parameters.items()}.get("authorization")
    header = connection.headers.get("authorization", given)
    scheme, _, secret = header.partition(" ") if isinstance(header, str) else ("", "", "")
    return secret.strip() if scheme.lower() == "bearer" else None


def create(settings: Settings) -> Starlette:
    """The service, wired for these settings."""
    rates = Rates(agreed(settings))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[State]:
        store = blob_store(settings)
        async with connect(settings) as graph:
            entrance = Entrance(graph, keys=settings.keys)
            preparing = asyncio.create_task(entrance.prepare(store))
            stores = Stores.of(graph, store)
            yield {
                "settings": settings,
                "stores": stores,
                "blobs": store,
                "viewer_of": entrance.viewer_of,
                "prepared": entrance.prepared,
                "rates": rates,
            }
            await stores.close()
            entrance.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(preparing, _CLOSING)

    def context_of(connection: HTTPConnection) -> Context:
        state = connection.state
        viewer_of = partial(state.viewer_of, connection)
        lasting = connection.scope["type"] == "websocket" or state.media_type == graphql.EVENTS
        base_url = str(connection.base_url)
        return Context(settings, state.stores, viewer_of, base_url, lasting=lasting)

    endpoint = graphql.Endpoint(schema, settings, context_of, rates)
    return Starlette(
        routes=[
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            *health.routes,
            *archive.routes,
            Route("/lineage/stream", lineage.Streams(settings).answer),
            *blobs.routes,
            *(graphiql.assets if settings.graphiql else ()),
        ],
        lifespan=lifespan,
        middleware=safety.middleware(settings),
        exception_handlers={
            GraphApiError: refusal,
            HTTPException: unserved,
            Exception: crashed,
        },
    )


def from_environment() -> Starlette:
    """The service, wired by the environment."""
    return create(Settings())
