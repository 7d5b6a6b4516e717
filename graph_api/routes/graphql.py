"""GraphQL over HTTP, as https://graphql.github.io/graphql-over-http/draft/ has it.

1. An ``Accept`` that takes no media type of ours is refused before anything is read.
2. Who asks is told by the request's key, and then the parameters are read.
3. With ``application/graphql-response+json`` the status says whether the document was executed;
   with ``application/json`` every well-formed request is answered 200.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar, cast

import orjson
from cross_web import HTTPException, StarletteRequestAdapter
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.base import BaseSchema
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.unset import UNSET, UnsetType

from graph_api.errors import (
    BadInput,
    DeadlineExceeded,
    GraphApiError,
    InvalidInput,
    StoreUnavailable,
    Unauthenticated,
)
from graph_api.models.turns import Turns
from graph_api.models.viewer import Viewer
from graph_api.routes import graphiql, origin
from graph_api.routes.accept import preferred
from graph_api.routes.disconnect import while_connected
from graph_api.routes.documents import documents, id_of
from graph_api.routes.load import Memory, Places, Rates
from graph_api.routes.parameters import JSON, Refused, bad, parameter, parameters
from graph_api.routes.refusal import RETRY_AFTER, graphql_error, headers_of, status_of
from graph_api.routes.socket import MOST_OPERATIONS, Socket
from graph_api.settings import Settings

RESPONSE = "application/graphql-response+json"
EVENTS = "text/event-stream"

# How long a WebSocket may take to say who comes.
_INIT = timedelta(seconds=10)
# How long a request waits for its turn, in seconds.
_PATIENCE = 1.0
_ALLOW = {"allow": "GET, POST"}


class Refreshing(Protocol):
    """A context that can be asked who asks, and that loads for them."""

    @property
    def viewer(self) -> Viewer: ...

    async def refresh(self) -> None:
        """Unauthenticated, StoreUnavailable."""
        ...

    def stop_loading(self) -> None:
        """End what is still being loaded: nobody waits for it."""
        ...


Context = TypeVar("Context", bound=Refreshing)


class _Adapter(StarletteRequestAdapter):
    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.whole = request


class Endpoint(GraphQL[Context, None], Generic[Context]):
    """Where GraphQL is asked; for a browser that asks for a page, GraphiQL."""

    request_adapter_class = _Adapter
    graphql_transport_ws_handler_class = Socket

    def __init__(
        self,
        schema: BaseSchema,
        settings: Settings,
        context_of: Callable[[HTTPConnection], Context],
        rates: Rates,
    ) -> None:
        super().__init__(
            schema,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL],
            connection_init_wait_timeout=_INIT,
            max_subscriptions_per_connection=MOST_OPERATIONS,
            allowed_origins=settings.cors_origins,
        )
        self._settings, self._context_of, self._rates = settings, context_of, rates
        most = settings.concurrent_requests
        self._turns = Turns(most, max(most // 2, 1) if settings.keys else most, _PATIENCE)
        self._memory = Memory(settings.body_bytes)
        self._documents = documents(settings.trusted())
        self.places = Places(settings.connections)
        self.stepping = asyncio.Lock()
        self.arriving = Places(max(settings.connections // 10, 10))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        try:
            response = await self._answered(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        media_type = JSON
        try:
            if request.method not in ("GET", "POST"):
                said = f"{request.method} is not allowed here; send a GET or a POST."
                raise Refused(405, "METHOD_NOT_ALLOWED", said, _ALLOW)
            if graphiql.is_asked_for(request):
                return self._page(request)
            media_type = _media_type(request)
            request.state.media_type = media_type
            if request.method == "GET":
                origin.check(request, self._settings.cors_origins)
            context = request.state.context = self._context_of(request)
            await self._admit(request, context)
            with self._memory.hold() as request.state.grows:
                return await self.run(request)
        except Refused as refused:
            return self._refusal(media_type, refused)
        except InvalidInput as error:
            # The request is well-formed, so that its media type says the status.
            status = self._status(False, False) if media_type == RESPONSE else 200
            return self._refusal(media_type, Refused(status, error.code, str(error)))
        except GraphApiError as error:
            refused = Refused(status_of(error), error.code, str(error), headers_of(error))
            return self._refusal(media_type, refused)
        except HTTPException as error:
            if isinstance(error.__cause__, InvalidOperationTypeError):
                said = "Only queries can be sent by GET; send a POST."
                refused = Refused(405, "METHOD_NOT_ALLOWED", said, {"allow": "POST"})
            else:
                refused = bad(error.reason)
            return self._refusal(media_type, refused)

    def _page(self, request: Request) -> Response:
        if not self._settings.graphiql:
            said = "There is no page here (GRAPH_API_GRAPHIQL is false); POST a query as JSON."
            raise Refused(404, "NOT_FOUND", said)
        return graphiql.page(request)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        if isinstance(request, Request):
            return request.state.context
        return self._context_of(request)

    async def _admit(self, request: Request, context: Context) -> None:
        """Find out who asks, and that they do not ask too often."""
        try:
            await context.refresh()
        except StoreUnavailable:
            # Without keys whoever needs the stores is told so, and others need nobody's name.
            if self._settings.keys:
                raise
            request.state.user = ""
        else:
            request.state.user = context.viewer.user
            self._rates.take(context.viewer.user)

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Let a WebSocket in by its headers or the parameters that it begins with, or end it."""
        try:
            await context.refresh()
        except Unauthenticated as error:
            raise ConnectionRejectionError from error
        except StoreUnavailable:
            # Each operation will say so.
            pass
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """A message of a WebSocket, by the parser that takes the bodies of requests."""
        return orjson.loads(data)

    def should_render_graphql_ide(self, request: object) -> bool:
        """Never: Strawberry's own page, which it gives to ``*/*`` too, loads from elsewhere."""
        return False

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = request.state.media_type
        return response

    async def parse_http_body(self, request: Any) -> GraphQLRequestData:
        """The parameters of a request; Refused where they are none."""
        assert isinstance(request, _Adapter)
        whole = request.whole
        given = await parameters(whole, self._settings)
        return GraphQLRequestData(
            query=self._document(given),
            variables=parameter(given, "variables", dict, "an object"),
            operation_name=parameter(given, "operationName", str, "a string"),
            extensions=parameter(given, "extensions", dict, "an object"),
            protocol="sse" if whole.state.media_type == EVENTS else "http",
        )

    def _document(self, given: Mapping[str, Any]) -> str:
        extensions = parameter(given, "extensions", dict, "an object")
        named = id_of(parameter(given, "documentId", str, "a string"), extensions)
        query = self._documents.text(named, parameter(given, "query", str, "a string"))
        if not query:
            raise bad("The parameter `query` is missing: it holds the GraphQL document.")
        return query

    def admitted(self, context: Context, given: Mapping[str, Any]) -> str:
        """The document of an operation of a WebSocket; GraphApiError where it may not begin."""
        self._rates.take(context.viewer.user)
        try:
            parameter(given, "variables", dict, "an object")
            parameter(given, "operationName", str, "a string")
            return self._document(given)
        except Refused as refused:
            raise BadInput(str(refused)) from refused

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        """Events, as long as there is a place for one who waits for them."""
        user: str = request.state.user

        async def held() -> AsyncIterator[str]:
            try:
                with self.places.hold(user):
                    async for event in stream():
                        yield event
            finally:
                request.state.context.stop_loading()

        self.places.check(user)
        return await super().create_streaming_response(request, held, sub_response, headers)

    async def execute_operation(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The result, once it is the request's turn. Whoever is slow to send waits for none."""
        async with self._turns.take(request.state.user):
            return await super().execute_operation(request, *args, **kwargs)

    async def execute_single(self, request: Any, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Executes as long as the client is there."""
        work = super().execute_single(request, *args, **kwargs)
        return await while_connected(request.receive, work)

    def create_response(
        self,
        response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse],
        sub_response: Response,
    ) -> Response:
        """The answer in the media type that was asked for, with the status that it gives it."""
        assert isinstance(response_data, dict)
        media_type = sub_response.media_type or JSON
        errors = cast("list[dict[str, Any]]", response_data.get("errors") or [])
        data: dict[str, Any] = dict(response_data)
        # What no field is to blame for was found before any was executed.
        executed = data.get("data") is not None or any(error.get("path") for error in errors)
        codes = [error.get("extensions", {}).get("code") for error in errors]
        # What took too long was executed, too, though no field of it is left.
        executed = executed or DeadlineExceeded.code in codes
        if not executed:
            del data["data"]
            data.pop("extensions", None)
        headers = {"vary": "accept"}
        status = 200
        if StoreUnavailable.code in codes:
            status, headers["retry-after"] = 503, RETRY_AFTER
        elif media_type == RESPONSE and errors:
            status = self._status(executed, data.get("data") is not None)
        return Response(orjson.dumps(data), status, headers, f"{media_type}; charset=utf-8")

    def _status(self, executed: bool, data: bool) -> int:
        if self._settings.newest_statuses:
            return (294 if data else 200) if executed else 422
        return 200 if executed else 400

    def _refusal(self, media_type: str, refused: Refused) -> Response:
        body = orjson.dumps({"errors": [graphql_error(str(refused), refused.code)]})
        return Response(body, refused.status, refused.headers, f"{media_type}; charset=utf-8")


def _media_type(request: Request) -> str:
    found = preferred(request, [JSON, RESPONSE, EVENTS])
    if found is None:
        asked = request.headers.get("accept", "")
        said = f"An answer is {RESPONSE}, {JSON} or {EVENTS}; `Accept: {asked[:100]}` takes none."
        raise Refused(406, "NOT_ACCEPTABLE", said)
    return found
