"""Turns: at most so many at once, and none of them starves the others."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from graph_api.errors import TooBusy


class Turns:
    """At most so many at once, and so many of one user; the others wait, each behind their own."""

    def __init__(self, most: int, each: int, patience: float | None) -> None:
        """``patience`` is how long one waits, in seconds; None is as long as it takes."""
        self._most, self._each, self._free = most, each, asyncio.Semaphore(most)
        self._patience = patience
        self._of: dict[str, tuple[asyncio.Semaphore, int]] = {}
        """What each user has left, and how many hold one or wait for it."""

    @asynccontextmanager
    async def take(self, user: str) -> AsyncGenerator[None]:
        """Hold one while in the block; TooBusy where patience ends."""
        mine, count = self._of.get(user, (asyncio.Semaphore(self._each), 0))
        self._of[user] = mine, count + 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(self._patience):
                        await held.enter_async_context(mine)
                        await held.enter_async_context(self._free)
                except TimeoutError as error:
                    raise TooBusy(self._each if mine.locked() else self._most) from error
                yield
        finally:
            _, count = self._of.pop(user)
            if count > 1:
                self._of[user] = mine, count - 1
