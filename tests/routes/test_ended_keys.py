"""Connections that last longer than the key that they came by."""

import asyncio
import json
import time
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from graph_api.services import api_key
from graph_api.settings import Limits
from tests.routes.test_subscriptions import UPDATED, Socket, acknowledged, opened
from tests.service import Service
from tests.test_keys import command, variables, workers

__all__ = ["command", "variables", "workers"]

pytestmark = pytest.mark.no_bytes

# Half a second between two looks, and what a busy machine takes to look and to tell.
SOON = 3.5


async def messages(socket: Socket) -> tuple[list[Any], int | None, float]:
    """All that comes until the socket is closed, the code of that, and when it was."""
    came: list[Any] = []
    with suppress(ConnectionClosed):
        async for message in socket.wire:
            came.append(json.loads(message))
    return came, socket.wire.close_code, time.time()


async def events(answer: httpx.Response) -> tuple[list[str], float]:
    """The lines that come until the stream ends, and when it did."""
    lines = [line async for line in answer.aiter_lines() if line and not line.startswith(":")]
    return lines, time.time()


@pytest.mark.parametrize("how", ["revoked", "expired"])
async def test_whoever_stays_is_sent_away_soon_after_the_end_of_their_key(
    workers: list[Service], graph: Graph, viewer: Viewer, how: str
) -> None:
    """Though nothing happens that they wait for, and on every worker."""
    life = timedelta(seconds=6) if how == "expired" else None
    scope: dict[str, Any] = {"projects": {"digits": "write"}}
    kept = await api_key.create(graph, viewer, Limits(), "grace", **scope)
    made = await api_key.create(graph, viewer, Limits(), "grace", lifetime=life, **scope)
    end = time.time() + 6
    key, other = ({"authorization": f"Bearer {one.secret}"} for one in (made, kept))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        idle, waiting = [
            [await acknowledged(await enter(opened(worker, key))) for worker in workers]
            for _ in range(2)
        ]
        spared = await acknowledged(await enter(opened(workers[0], other)))
        http = await enter(httpx.AsyncClient(trust_env=False, timeout=20))
        asked: dict[str, Any] = {
            "json": {"query": UPDATED, "variables": {"project": "digits"}},
            "headers": key | {"accept": "text/event-stream"},
        }
        streams = [
            await enter(http.stream("POST", f"{worker.url}/graphql", **asked)) for worker in workers
        ]
        for socket in (*waiting, spared):
            await socket.subscribe("a", UPDATED, project="digits")
            await socket.settled()
        if how == "revoked":
            end = time.time()
            await api_key.revoke(graph, viewer, made.id)
        left = await asyncio.gather(*map(messages, (*idle, *waiting)))
        told = await asyncio.gather(*map(events, streams))
        await spared.send("ping")
        assert (await spared.receive())["type"] == "pong"

    assert [(came, code) for came, code, _ in left[:2]] == [([], 4403)] * 2
    for (event, complete), code, _ in left[2:]:
        (error,) = event["payload"]["errors"]
        assert error["message"].startswith(f"The API key {made.id} ")
        assert f"{how} at 20" in error["message"]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
        assert complete == {"id": "a", "type": "complete"}
        assert code == 4403
    for lines, _ in told:
        (error,) = json.loads(lines[1].removeprefix("data: "))["errors"]
        assert error["extensions"] == {"code": "UNAUTHENTICATED"}
        assert [lines[0], *lines[2:]] == ["event: next", "event: complete", "data: "]
    assert [at for *_, at in (*left, *told) if not end - 1 < at < end + SOON] == []
