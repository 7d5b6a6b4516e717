"""Subscriptions, without a server."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from graph_api.schema import schema
from graph_api.schema.context import Context
from graph_api.services import project
from graph_api.services.stores import Stores
from graph_api.settings import Limits, Settings

pytestmark = pytest.mark.no_bytes

CHANGED = "subscription ($ids: [ID!]!) { entityChanged(ids: $ids, after: 0) { change { what } } }"


async def test_events_of_a_user_whose_turns_are_all_taken_keep_nobody_else_waiting(
    graph: Graph, viewer: Viewer, neo4j: Settings, tmp_path: Path
) -> None:
    stores = Stores.of(graph, FolderBlobs(tmp_path, b"secret"))
    id = await project.create(graph, viewer, Limits(), "p")

    async def results(user: str) -> Any:
        async def authenticate(_: Mapping[str, object]) -> Viewer:
            return viewer.model_copy(update={"user": user})

        context = Context(neo4j, stores, authenticate, "http://test/", lasting=True)
        await context.refresh()
        return await schema.stream(CHANGED, {"ids": [id]}, context_value=context)

    async def told(of: Any) -> str:
        async with asyncio.timeout(20):
            return (await anext(of)).data["entityChanged"]["change"]["what"]

    eve, ada = await results("eve"), await results("ada")
    assert await told(eve) == await told(ada)
    async with AsyncExitStack() as held:
        for _ in range(8):
            await held.enter_async_context(stores.changes.turns.take("eve"))
        await project.update(graph, viewer, Limits(), id, description="Words.")
        waiting = asyncio.create_task(told(eve))

        assert await told(ada) == "Project updated: description"
        await asyncio.sleep(0.5)
        assert not waiting.done()
    assert await waiting == "Project updated: description"
    for one in (eve, ada):
        await one.aclose()
    await stores.close()
