"""Two operations of which one stands still while the other goes on as far as it can."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from neo4j import AsyncDriver
from pydantic import BaseModel

from graph_api.errors import GraphApiError
from graph_api.graph import Graph, Query, Transaction
from graph_api.graph.query import Row

Result = TypeVar("Result")
Step = Callable[[str], Awaitable[None]]


class Waiting(BaseModel, frozen=True):
    """How many transactions wait for a lock."""

    count: int


WAITING = Query(
    "tests/waiting",
    # One that waits while it commits, for a node to hang an edge on, is not said to be blocked.
    """
    SHOW TRANSACTIONS YIELD status, elapsedTime
    WHERE status STARTS WITH 'Blocked'
      OR status = 'Closing' AND elapsedTime.milliseconds > 100
    RETURN count(*) AS count
    """,
    Waiting,
)


class Stepped(Graph):
    """A graph of a worker of its own, which asks before each statement and before each commit."""

    def __init__(self, driver: AsyncDriver, step: Step) -> None:
        super().__init__(driver)
        self._step = step

    async def fetch(self, query: Query[Row], **parameters: Any) -> list[Row]:
        await self._step(query.name)
        return await super().fetch(query, **parameters)

    async def write(self, query: Query[Row], **parameters: Any) -> list[Row]:
        await self._step(query.name)
        return await super().write(query, **parameters)

    async def in_transaction(self, work: Callable[[Transaction], Awaitable[Result]]) -> Result:
        async def stepped(tx: Transaction) -> Result:
            result = await work(_SteppedTransaction(tx, self._step))
            await self._step("commit")
            return result

        return await super().in_transaction(stepped)


class _SteppedTransaction(Transaction):
    def __init__(self, inner: Transaction, step: Step) -> None:
        self._inner = inner
        self._step = step

    async def fetch(self, query: Query[Row], **parameters: Any) -> list[Row]:
        await self._step(query.name)
        return await self._inner.fetch(query, **parameters)

    write = fetch


Operation = Callable[[Graph], Awaitable[object]]


@dataclass
class Steps:
    """The steps of one operation, which stops before one of them until it may go on."""

    stop: int | None = None
    names: list[str] = field(default_factory=list[str])
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) - 1 == self.stop:
            self.stopped.set()
            await self.released.wait()


async def outcome(operation: Operation, graph: Graph) -> str:
    """What it answers, or the error that it raises."""
    try:
        return repr(await operation(graph))
    except GraphApiError as error:
        return f"{error.code}: {error}"


async def interleaved(
    driver: AsyncDriver, observer: Graph, first: Operation, second: Operation, stop: int
) -> tuple[str, str]:
    """The outcomes where the first stood still before a step while the second went on.

    The second ends meanwhile, or waits for a lock that the first holds: then the first goes on.
    """
    steps = Steps(stop)
    one = asyncio.create_task(outcome(first, Stepped(driver, steps)))
    reached = asyncio.create_task(steps.stopped.wait())
    await asyncio.wait({one, reached}, return_when=asyncio.FIRST_COMPLETED)
    two = asyncio.create_task(outcome(second, Graph(driver)))
    while not two.done() and not (await observer.fetch(WAITING))[0].count:
        await asyncio.wait({two}, timeout=0.002)
    steps.released.set()
    try:
        return await one, await two
    finally:
        reached.cancel()
        with suppress(asyncio.CancelledError):
            await reached
