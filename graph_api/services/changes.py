"""The changes of the ledger as they come, for all who wait for them in this process.

While anybody waits, one of them looks at the ledger every so often; nobody is told by the writers,
who may be other processes. So every change is told, once and in order, also after the graph was
away.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator

from graph_api.errors import StoreUnavailable
from graph_api.graph import Graph
from graph_api.models.ledger import Change
from graph_api.models.turns import Turns
from graph_api.models.viewer import Viewer
from graph_api.services import ledger

# Seconds between two looks, and after one that failed.
_PAUSE = 0.1
_AGAIN = 0.5
_BATCH = 100
# The newest changes that are kept for those who read a little later than others.
_KEPT = 1_000
# Events that are made or executed at once, and of one user.
_TOLD, _OF_ONE = 16, 8

_log = logging.getLogger("graph_api")


class Changes:
    """What is written to an organization's ledger."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._seq = 0
        self._recent: deque[Change] = deque(maxlen=_KEPT)
        self._looking: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()
        self.turns = Turns(_TOLD, _OF_ONE, patience=None)
        """What a subscription takes to begin, and each of its events: they come all at once."""

    async def follow(
        self, viewer: Viewer, after: int, end: asyncio.Event
    ) -> AsyncGenerator[Change]:
        """Every change after a place, until the end; the caller asks what may be seen.

        Who sees a change, and then reads the graph, sees all that it says.
        """
        while not end.is_set():
            try:
                for change in await self._read(viewer, after):
                    yield change
                    after = change.seq
            except StoreUnavailable:
                await asyncio.sleep(_AGAIN)
            while self._seq <= after and not end.is_set():
                await self._look(viewer)

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    async def _read(self, viewer: Viewer, after: int) -> list[Change]:
        """Some of the changes after a place, up to the newest that every reader sees in full."""
        # All who waited for one change wake at once: one of them reads it.
        async with self._reading:
            if self._recent and self._recent[0].seq <= after + 1 <= self._recent[-1].seq:
                return [change for change in self._recent if change.seq > after]
            found = await ledger.changes(self._graph, viewer, after, _BATCH)
            seen = [change for change in found if change.seq <= self._seq]
            if not self._recent or (seen and seen[0].seq > self._recent[-1].seq + 1):
                self._recent.clear()
            newest = self._recent[-1].seq if self._recent else after
            self._recent.extend(change for change in seen if change.seq > newest)
            return seen

    async def _look(self, viewer: Viewer) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._ask(viewer))
        # Who goes away does not keep others from what they wait for.
        await asyncio.shield(self._looking)

    async def _ask(self, viewer: Viewer) -> None:
        await asyncio.sleep(_PAUSE)
        try:
            self._seq = (await ledger.now(self._graph, viewer)).seq
        except Exception as error:
            if not isinstance(error, StoreUnavailable):
                _log.exception("The ledger cannot be read; trying again.")
            await asyncio.sleep(_AGAIN)
