"""A connection of HTTP/1.1 as uvicorn has it, with bounds on what it leaves open.

uvicorn reads the head of a request (its address and headers) however long it is and however slowly
it comes. Here one that is too long, or of too many headers, is answered 431; trailers
and what stands around chunks are bounded likewise. A connection is closed
where a head has not come in time from its first byte, or has not begun in time after the connection
or the last answer. A body that goes on after its answer does not prolong that.
"""

import asyncio
import json
from http import HTTPStatus
from typing import ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph_api.settings import Settings

HEADERS = 100
"""Most headers of a request."""


class Connection(HttpToolsProtocol):
    """One connection of a client."""

    limits: ClassVar[Settings]
    _upgrading: ClassVar[asyncio.Lock] = asyncio.Lock()

    _in_message = False
    _moved = False
    """Whether the bytes that came last were of a body, or ended something."""
    _head_bytes = 0
    """What came since then: a head, or what stands around the chunks of a body and after them."""
    _too_long = False
    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # as uvicorn has it
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._moved = False
        super().data_received(data)
        if self._in_message and not self.transport.is_closing():
            self._head_bytes = 0 if self._moved else self._head_bytes + len(data)
            if self._head_bytes > self.limits.head_bytes:
                self._refuse_head()

    def on_message_begin(self) -> None:
        self._in_message, self._head_bytes = True, 0
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._moved = True
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.limits.head_bytes or len(self.headers) > HEADERS:
            self._too_long = True
            raise ValueError("The head is too long.")  # uvicorn calls send_400_response.
        self._head_came()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._moved = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_message, self._moved = False, True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # Where requests came one behind the other, this may not be the answer to the last.
        if self.cycle.response_complete and not self.transport.is_closing():
            self._expect_head()

    def handle_websocket_upgrade(self) -> None:
        """Make it a WebSocket, behind those that came before: a hundred at once hold up others."""
        self.transport.pause_reading()
        task = self.loop.create_task(self._upgrade())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _upgrade(self) -> None:
        async with self._upgrading:
            # Whatever else is ready goes in between.
            await asyncio.sleep(0)
            if not self.transport.is_closing():
                super().handle_websocket_upgrade()
                self.transport.resume_reading()

    def send_400_response(self, msg: str) -> None:
        if self._too_long:
            self._refuse_head()
        else:
            self._refuse(400, "BAD_REQUEST", "This is no request of HTTP/1.1.")

    def _expect_head(self) -> None:
        self._head_came()
        self._closing = self.loop.call_later(self.limits.head_seconds, self.transport.close)

    def _head_came(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def _refuse_head(self) -> None:
        said = (
            f"The address and headers of a request are at most {self.limits.head_bytes:,} bytes "
            f"(GRAPH_API_HEAD_BYTES), and {HEADERS} headers."
        )
        self._refuse(431, "HEAD_TOO_LONG", said)

    def _refuse(self, status: int, code: str, message: str) -> None:
        # There is none before the first request, whatever its type says.
        if cast("object", self.cycle) is not None and not self.cycle.response_complete:
            # An answer is under way, which this must not end up in.
            self.transport.close()
            return
        body = json.dumps({"message": message, "code": code}).encode()
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            "content-type: application/json\r\n"
            f"content-length: {len(body)}\r\n"
            "cache-control: no-store\r\n"
            "x-content-type-options: nosniff\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
