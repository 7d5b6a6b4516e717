"""Followers of the ledger that begin, or go, while others look at it."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

from graph_api.graph import Graph, Query, connect
from graph_api.models.viewer import Viewer
from graph_api.services import ledger, project
from graph_api.services.changes import Changes
from graph_api.settings import Limits, Settings

pytestmark = pytest.mark.no_bytes


@dataclass
class Reads:
    """What followers read; one statement waits until it is let go on."""

    hold: str = ""
    answered: bool = True
    """Whether it waits with its answer; else it waits before it is asked."""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    names: list[str] = field(default_factory=list[str])
    looked: int = 0
    """The newest seq that a look has found."""

    async def wait(self, name: str, *, answered: bool) -> None:
        """Wait here, if it is this that waits."""
        if (name, answered) == (self.hold, self.answered):
            self.hold = ""
            self.held.set()
            await self.free.wait()


@contextmanager
def reads_of(graph: Graph) -> Generator[Reads]:
    """What is read of the graph meanwhile."""
    reads, fetch = Reads(), graph.fetch

    async def seen(query: Query[Any], **parameters: Any) -> list[Any]:
        await reads.wait(query.name, answered=False)
        reads.names.append(query.name)
        rows = await fetch(query, **parameters)
        await reads.wait(query.name, answered=True)
        if query.name == "ledger/now":
            reads.looked = rows[0].seq
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "fetch", seen)
        yield reads


@dataclass
class Follower:
    """Someone who follows the ledger, and what they were told."""

    told: list[int]
    early: list[int]
    """Changes that no look had found when they were told."""
    task: asyncio.Task[None]

    @classmethod
    def of(cls, changes: Changes, viewer: Viewer, after: int, until: int, reads: Reads) -> Self:
        """Someone who begins now, after a place, and ends with another."""
        told: list[int] = []
        early: list[int] = []

        async def follow() -> None:
            async with asyncio.timeout(60):
                async for change in changes.follow(viewer, after, asyncio.Event()):
                    told.append(change.seq)
                    if change.seq > reads.looked:
                        early.append(change.seq)
                    if change.seq >= until:
                        return

        return cls(told, early, asyncio.create_task(follow()))


@pytest.fixture
async def following(neo4j: Settings) -> AsyncGenerator[Graph]:
    """The graph as another process reads it, who follows what is written."""
    async with connect(neo4j) as graph:
        yield graph


async def write(graph: Graph, viewer: Viewer, name: str) -> int:
    """Make a change; its seq."""
    await project.create(graph, viewer, Limits(), name)
    return (await ledger.now(graph, viewer)).seq


@pytest.mark.parametrize("statement", ["ledger/now", "ledger/changes"])
async def test_who_begins_in_the_middle_of_a_look_misses_nothing_and_is_told_nothing_twice(
    graph: Graph, following: Graph, viewer: Viewer, statement: str
) -> None:
    start = await write(graph, viewer, "before")
    changes = Changes(following)
    places = (start, 0, start - 1, start, start + 1)
    with reads_of(following) as reads:
        reads.hold = statement
        followers = [Follower.of(changes, viewer, places[0], start + 3, reads)]
        await reads.held.wait()
        await write(graph, viewer, "a")
        followers += [Follower.of(changes, viewer, after, start + 3, reads) for after in places[1:]]
        await asyncio.sleep(0.3)
        await write(graph, viewer, "b")
        reads.free.set()
        assert await write(graph, viewer, "c") == start + 3
        await asyncio.gather(*(it.task for it in followers))

    assert [it.told for it in followers] == [[*range(after + 1, start + 4)] for after in places]
    assert [it.early for it in followers] == [[]] * 5
    await changes.close()


async def test_what_is_written_after_a_look_is_told_after_the_next(
    graph: Graph, following: Graph, viewer: Viewer
) -> None:
    start = await write(graph, viewer, "before")
    changes = Changes(following)
    with reads_of(following) as reads:
        follower = Follower.of(changes, viewer, start, start + 2, reads)
        while "ledger/now" not in reads.names:
            await asyncio.sleep(0.01)
        reads.hold, reads.answered = "ledger/changes", False
        await write(graph, viewer, "a")
        await reads.held.wait()
        # The one who reads what the look has found will find this, too.
        await write(graph, viewer, "b")
        reads.free.set()
        await follower.task

    assert (follower.told, follower.early) == ([start + 1, start + 2], [])
    await changes.close()


@pytest.mark.parametrize("statement", ["ledger/now", "ledger/changes"])
async def test_who_leaves_in_the_middle_of_a_look_keeps_nobody_from_it(
    graph: Graph, following: Graph, viewer: Viewer, statement: str
) -> None:
    start = await write(graph, viewer, "before")
    changes = Changes(following)
    with reads_of(following) as reads:
        reads.hold = statement
        leaving = Follower.of(changes, viewer, start, start + 1, reads)
        await reads.held.wait()
        staying = Follower.of(changes, viewer, start, start + 1, reads)
        await asyncio.sleep(0.3)
        leaving.task.cancel()
        await asyncio.wait([leaving.task])
        reads.free.set()
        await write(graph, viewer, "a")
        await staying.task

    assert (leaving.told, staying.told) == ([], [start + 1])
    await changes.close()


async def test_one_reads_a_change_for_all_who_wait_for_it(
    graph: Graph, following: Graph, viewer: Viewer
) -> None:
    start = await write(graph, viewer, "before")
    changes = Changes(following)
    with reads_of(following) as reads:
        followers = [Follower.of(changes, viewer, start, start + 1, reads) for _ in range(20)]
        while reads.names.count("ledger/changes") < 20:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        reads.names.clear()
        await write(graph, viewer, "a")
        await asyncio.gather(*(it.task for it in followers))

    assert [it.told for it in followers] == [[start + 1]] * 20
    assert reads.names.count("ledger/changes") == 1
    await changes.close()
