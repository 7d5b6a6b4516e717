"""Work that is done only as long as somebody waits for its answer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

Answer = TypeVar("Answer")


async def while_connected(receive: Receive, work: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of work that begins once the request is read.

    Raises ClientDisconnect where the client leaves first: the work is cancelled and has ended by
    then. What it does in the graph it does whole or not at all.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.wait((working, leaving))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
