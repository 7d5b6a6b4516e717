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
from graph_api.services import doctor, expiry, heartbeat, integration, organization
from graph_api.services.keyring import Keyring
from graph_api.services.sweep import sweep
from graph_api.settings import Settings

_log = logging.getLogger("graph_api")


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
    """Sweep, and end runs that have fallen silent, after every pause; a sweep may take long."""
    async with _stores(settings) as (graph, blobs):
        await asyncio.gather(_sweeping(settings, graph, blobs), _listening(settings, graph))


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
    expired = await expiry.expire(graph, blobs, await _viewer(graph), settings, now)
    if expired.needed:
        _log.warning("Versions that have expired, and that something needs: %d", expired.needed)
    return swept.model_copy(update={"expired": expired.deleted, "resealed": resealed})


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
