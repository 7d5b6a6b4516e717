"""Following the ledger: every change once, in order, however many write and however many read."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from graph_api.graph import Graph
from graph_api.models.ledger import Change
from graph_api.models.viewer import Viewer
from graph_api.services import ledger, project
from graph_api.services.changes import Changes
from graph_api.settings import Limits

pytestmark = pytest.mark.no_bytes

LIMITS = Limits()


async def take(changes: AsyncGenerator[Change], count: int) -> list[Change]:
    found: list[Change] = []
    async with asyncio.timeout(60):
        async for change in changes:
            found.append(change)
            if len(found) == count:
                break
    await changes.aclose()
    return found


async def make(graph: Graph, viewer: Viewer, names: list[str]) -> None:
    for name in names:
        await project.create(graph, viewer, LIMITS, name)


async def test_each_reader_is_told_every_change_once_and_in_order(
    graph: Graph, viewer: Viewer
) -> None:
    await make(graph, viewer, ["before"])
    start = (await ledger.now(graph, viewer)).seq
    changes = Changes(graph)
    readers = [
        asyncio.create_task(
            take(changes.follow(viewer, after, asyncio.Event()), 120 + start - after)
        )
        for after in (start, 0, start, 0)
    ]

    await asyncio.gather(
        *(make(graph, viewer, [f"{one}-{n}" for n in range(30)]) for one in range(4))
    )

    told = await asyncio.gather(*readers)
    everything = await ledger.changes(graph, viewer, 0, 1_000)
    assert [change.seq for change in everything] == list(range(1, start + 121))
    assert told == [everything[start:], everything, everything[start:], everything]
    await changes.close()


async def test_who_begins_long_ago_reads_more_than_is_kept(graph: Graph, viewer: Viewer) -> None:
    changes = Changes(graph)
    await make(graph, viewer, [f"p{n}" for n in range(230)])

    first = await take(changes.follow(viewer, 0, asyncio.Event()), 230)
    again = await take(changes.follow(viewer, 115, asyncio.Event()), 115)

    assert [change.seq for change in first] == list(range(1, 231))
    assert again == first[115:]
    await changes.close()


async def test_nobody_looks_when_nobody_waits(graph: Graph, viewer: Viewer) -> None:
    changes = Changes(graph)
    following = asyncio.create_task(take(changes.follow(viewer, 0, asyncio.Event()), 1))
    await asyncio.sleep(0.3)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following

    await asyncio.sleep(0.3)
    other = asyncio.all_tasks() - {asyncio.current_task()}

    assert [task for task in other if "Changes" in repr(task.get_coro())] == []
    await changes.close()
