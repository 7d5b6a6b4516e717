"""The sweeper: a process beside the workers that sweeps from time to time."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from graph_api.blobs import BlobStore, blob_store
from graph_api.errors import StoreUnavailable
from graph_api.graph import Graph, connect
from graph_api.models import instant
from graph_api.models.doctor import Finding
from graph_api.models.sweep import Swept
from graph_api.models.viewer import Viewer
from graph_api.services import doctor, expiry, heartbeat, integration, job, organization
from graph_api.services.keyring import Keyring
from graph_api.services.sweep import sweep
from graph_api.settings import Settings

_log = logging.getLogger("graph_api")

# Jobs that are gone on with side by side, and seconds between two looks for some.
_JOBS = 4
_PAUSE = 1.0


async def once(settings: Settings) -> Swept:
    """Sweep, and say what was taken."""
    async with _stores(settings) as (graph, blobs):
        return await _sweep(settings, graph, blobs)


async def examine(settings: Settings, *, read: bool) -> AsyncGenerator[Finding]:
    """What the doctor finds; with ``read`` the bytes of every content are hashed."""
    async with _stores(settings) as (graph, blobs):
        async for finding in doctor.examine(graph, blobs, instant.now(), read=read):
            yield finding
        async for finding in integration.examine(graph, Keyring.of(settings)):
            yield finding


async def forever(settings: Settings) -> None:
    """Sweep, end runs that have fallen silent, and do jobs, each beside the others."""
    async with _stores(settings) as (graph, blobs):
        await asyncio.gather(
            _sweeping(settings, graph, blobs),
            _listening(settings, graph),
            _working(settings, graph, blobs),
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
    resealed = await integration.reseal(graph, Keyring.of(settings))
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


async def _working(settings: Settings, graph: Graph, blobs: BlobStore) -> None:
    """Do slices of jobs, a few side by side; so the jobs take turns."""
    under_way = dict[str, asyncio.Task[None]]()
    while True:
        try:
            for id in await job.due(graph, _JOBS):
                if id not in under_way and len(under_way) < _JOBS:
                    under_way[id] = asyncio.create_task(_slice(settings, graph, blobs, id))
        except StoreUnavailable as error:
            _log.warning("No job goes on: %s", error)
        except Exception:
            _log.exception("Jobs cannot be looked for; the next try goes on.")
        if under_way:
            await asyncio.wait(
                under_way.values(), timeout=_PAUSE, return_when=asyncio.FIRST_COMPLETED
            )
            under_way = {id: task for id, task in under_way.items() if not task.done()}
        else:
            await asyncio.sleep(_PAUSE)


async def _slice(settings: Settings, graph: Graph, blobs: BlobStore, id: str) -> None:
    try:
        await job.take_turn(graph, blobs, settings, id)
    except StoreUnavailable as error:
        _log.warning("The job %s waits: %s", id, error)
    except Exception:
        _log.exception("The job %s was broken off; the next try goes on.", id)


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
