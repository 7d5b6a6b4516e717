"""The sweeper: a process beside the workers that sweeps from time to time."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from graph_api.blobs import BlobStore, blob_store
from graph_api.egress import Egress
from graph_api.errors import StoreUnavailable
from graph_api.graph import Graph, connect
from graph_api.models import instant
from graph_api.models.doctor import Finding
from graph_api.models.sweep import Swept
from graph_api.models.viewer import Viewer
from graph_api.services import doctor, expiry, heartbeat, integration, job, organization, webhook
from graph_api.services.keyring import Keyring
from graph_api.services.notice import Closures
from graph_api.services.sweep import sweep
from graph_api.settings import Settings

_log = logging.getLogger("graph_api")

# Jobs and webhooks that are gone on with side by side, and seconds between two looks for some.
_JOBS = 4
_WEBHOOKS = 32
_PAUSE = 1.0

Due = Callable[[int], Awaitable[list[str]]]
TakeTurn = Callable[[str], Awaitable[None]]


async def once(settings: Settings) -> Swept:
    """Sweep, and say what was taken."""
    async with _stores(settings) as (graph, blobs):
        return await _sweep(settings, graph, blobs)


async def examine(settings: Settings, *, read: bool) -> AsyncGenerator[Finding]:
    """What the doctor finds; with ``read`` the bytes of every content are hashed."""
    async with _stores(settings) as (graph, blobs):
        async for finding in doctor.examine(graph, blobs, instant.now(), read=read):
            yield finding
        for examined in (integration.examine, webhook.examine):
            async for finding in examined(graph, Keyring.of(settings)):
                yield finding


async def forever(settings: Settings) -> None:
    """Sweep, end runs that have fallen silent, do jobs, tell webhooks, each beside the others."""
    async with _stores(settings) as (graph, blobs):
        courier = webhook.Courier(
            graph, Egress.of(settings), Keyring.of(settings), settings, Closures()
        )
        jobs = partial(job.take_turn, graph, blobs, settings)
        webhooks = partial(webhook.take_turn, courier)
        await asyncio.gather(
            _sweeping(settings, graph, blobs),
            _listening(settings, graph),
            _working("job", _JOBS, partial(job.due, graph), jobs),
            _working("webhook", _WEBHOOKS, partial(webhook.due, graph), webhooks),
        )


async def _sweeping(settings: Settings, graph: Graph, blobs: BlobStore) -> None:
    while True:
        await asyncio.sleep(settings.sweep_seconds)
        try:
            swept = await _sweep(settings, graph, blobs)
        except StoreUnavailable as error:
            _log.warning("No sweep: %s", error)
        except Exception:
            _log.exception("The sweep broke off; the next one goes on.")
        else:
            if any(swept.model_dump().values()):
                _log.warning("Swept: %s", swept)


async def _sweep(settings: Settings, graph: Graph, blobs: BlobStore) -> Swept:
    now = instant.now()
    swept = await sweep(graph, blobs, now)
    keyring = Keyring.of(settings)
    resealed = await integration.reseal(graph, keyring) + await webhook.reseal(graph, keyring)
    jobs = await job.forget(graph, now)
    expired = await expiry.expire(graph, blobs, await _viewer(graph), settings, now)
    if expired.needed:
        _log.warning("Versions that have expired, and that something needs: %d", expired.needed)
    return swept.model_copy(update={"expired": expired.deleted, "resealed": resealed, "jobs": jobs})


async def _listening(settings: Settings, graph: Graph) -> None:
    since = time.monotonic()
    while True:
        await asyncio.sleep(settings.sweep_seconds)
        try:
            viewer = await _viewer(graph)
            # While the graph was away no heartbeat could arrive: that is not the runs' silence.
            if time.monotonic() - since > settings.heartbeat_seconds:
                crashed = await heartbeat.crash_silent(graph, viewer, settings.heartbeat_seconds)
                if crashed:
                    _log.warning("Runs that crashed: %s", ", ".join(crashed))
        except StoreUnavailable as error:
            since = time.monotonic()
            _log.warning("No run is listened to: %s", error)
        except Exception:
            _log.exception("Silent runs could not be ended; the next try goes on.")


async def _working(what: str, most: int, due: Due, take_turn: TakeTurn) -> None:
    """Let what is due take its turns, a few side by side."""
    under_way = dict[str, asyncio.Task[None]]()
    while True:
        try:
            for id in await due(most):
                if id not in under_way and len(under_way) < most:
                    under_way[id] = asyncio.create_task(_turn(what, take_turn, id))
        except StoreUnavailable as error:
            _log.warning("No %s goes on: %s", what, error)
        except Exception:
            _log.exception("No %s can be looked for; the next try goes on.", what)
        if under_way:
            await asyncio.wait(
                under_way.values(), timeout=_PAUSE, return_when=asyncio.FIRST_COMPLETED
            )
            under_way = {id: task for id, task in under_way.items() if not task.done()}
        else:
            await asyncio.sleep(_PAUSE)


async def _turn(what: str, take_turn: TakeTurn, id: str) -> None:
    try:
        await take_turn(id)
    except StoreUnavailable as error:
        _log.warning("The %s %s waits: %s", what, id, error)
    except Exception:
        _log.exception("The %s %s was broken off; the next try goes on.", what, id)


@asynccontextmanager
async def _stores(settings: Settings) -> AsyncGenerator[tuple[Graph, BlobStore]]:
    async with connect(settings) as graph:
        yield graph, blob_store(settings)


async def _viewer(graph: Graph) -> Viewer:
    default = await organization.ensure_default(graph)
    return Viewer(user="sweeper", organization_id=default.id)


def main() -> None:
    """Sweep until killed."""
    logging.basicConfig(format="%(asctime)s %(message)s")
    asyncio.run(forever(Settings()))


if __name__ == "__main__":
    main()
