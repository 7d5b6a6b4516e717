"""A WebSocket that speaks graphql-transport-ws, within limits.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from graph_api.errors import GraphApiError

# Seconds without any operation after which a socket is closed, and between two looks.
IDLE = 60.0
_LOOK = 5.0


class Socket(BaseGraphQLTransportWSHandler[Any, None]):
    """One connection, of the endpoint that ``view`` is."""

    async def handle(self) -> None:
        """Take messages until either side goes."""
        idle = asyncio.create_task(self._end_idle())
        try:
            await super().handle()
        finally:
            idle.cancel()

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation; its document may be named, as in a request."""
        payload = cast("dict[str, Any]", message["payload"])
        admitted = cast("Callable[[Any, Mapping[str, Any]], str]", cast("Any", self.view).admitted)
        if self.connection_acknowledged:
            try:
                payload["query"] = admitted(self.context, payload)
            except GraphApiError as error:
                said: Any = {"message": str(error), "extensions": {"code": error.code}}
                await self.send_message({"id": message["id"], "type": "error", "payload": [said]})
                return
        await super().handle_subscribe(message)

    async def _end_idle(self) -> None:
        quiet = 0.0
        while quiet < IDLE:
            await asyncio.sleep(_LOOK)
            quiet = 0 if self.operations else quiet + _LOOK
        await self.websocket.close(code=1000, reason=f"No operation for {IDLE:g} seconds")
