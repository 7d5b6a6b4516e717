"""A WebSocket that speaks graphql-transport-ws, within limits.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Any, Protocol, cast

from graphql import GraphQLError
from starlette import status
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)

from graph_api.errors import (
    GraphApiError,
    StoreUnavailable,
    TooManyConnections,
    TooManyOperations,
)
from graph_api.routes.load import Places
from graph_api.routes.refusal import graphql_error

MOST_OPERATIONS = 100
# Seconds without any operation after which a socket is closed, and between two looks at it.
IDLE = 60.0
_LOOK = 5.0
# How long the operations of a key that has ended may take to say so, before their socket is closed.
_LAST_WORDS = 3.0


class Admitting(Protocol):
    """The endpoint that a socket is of."""

    arriving: Places
    """Of those of whom nobody knows yet who they are."""
    places: Places
    stepping: asyncio.Lock

    def admitted(self, context: Any, given: Mapping[str, Any]) -> str:
        """The document of an operation; GraphApiError where it may not begin."""
        ...


class Socket(BaseGraphQLTransportWSHandler[Any, None]):
    """One connection."""

    @property
    def _endpoint(self) -> Admitting:
        return cast("Admitting", self.view)

    async def handle(self) -> None:
        """Take messages until either side goes."""
        with ExitStack() as self._held:
            try:
                self._held.enter_context(self._endpoint.arriving.hold(None))
            except TooManyConnections as error:
                await self._close(status.WS_1013_TRY_AGAIN_LATER, error)
                return
            try:
                await super().handle()
            finally:
                self.context.stop_loading()

    async def handle_message(self, message: Message) -> None:
        """Take one message, which may be any JSON at all."""
        async with self._endpoint.stepping:
            # One message of all sockets in a turn of the loop: whatever else is ready goes between.
            await asyncio.sleep(0)
        given = cast("object", message)
        found = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        payload = found.get("payload", {})
        if not (
            isinstance(found.get("type"), str)
            and isinstance(found.get("id", ""), str)
            and (isinstance(payload, dict) or (payload is None and found["type"] != "subscribe"))
        ):
            await self.handle_invalid_message("A message is an object with a type")
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Let in whoever may come, once there is a place for them."""
        await super().handle_connection_init(message)
        if not self.connection_acknowledged:
            return
        self._held.close()
        try:
            self._held.enter_context(self._endpoint.places.hold(self._user()))
        except TooManyConnections as error:
            await self._close(status.WS_1013_TRY_AGAIN_LATER, error)
        else:
            self._held.callback(asyncio.create_task(self._watch()).cancel)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation, for who the key stands for now; its document may be named."""
        if self.connection_acknowledged:
            payload = cast("dict[str, Any]", message["payload"])
            try:
                if len(self.operations) >= MOST_OPERATIONS:
                    raise TooManyOperations(MOST_OPERATIONS)
                if self._user() is None:
                    await self.context.refresh()
                # First, so that whoever comes too often has the graph asked for nothing.
                payload["query"] = self._endpoint.admitted(self.context, payload)
                await self.context.refresh()
            except GraphApiError as error:
                said: Any = graphql_error(str(error), error.code)
                await self.send_message({"id": message["id"], "type": "error", "payload": [said]})
                return
        await super().handle_subscribe(message)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> None:
        """Nothing: what is wrong with one operation does not end the others of the socket."""

    def _user(self) -> str | None:
        try:
            return self.context.viewer.user
        except StoreUnavailable:
            return None

    async def _watch(self) -> None:
        """Close a socket that nobody uses, or whose key has ended."""
        quiet = 0.0
        while quiet < IDLE:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.context.end.wait(), _LOOK)
                begun: Any = self.operations.values()
                if tasks := [it.task for it in begun if it.task]:
                    await asyncio.wait(tasks, timeout=_LAST_WORDS)
                await self.websocket.close(code=4403, reason="Forbidden")
                return
            quiet = 0 if self.operations else quiet + _LOOK
        await self.websocket.close(code=1000, reason=f"No operation for {IDLE:g} seconds")

    async def _close(self, code: int, error: GraphApiError) -> None:
        await self.websocket.close(code=code, reason=str(error)[:120])
