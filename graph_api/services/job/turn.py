"""One slice of a job, under a lease."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from graph_api.blobs import BlobStore
from graph_api.errors import GraphApiError, StoreUnavailable
from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.artifact import Id
from graph_api.models.job import Job, Kind
from graph_api.services import api_key
from graph_api.services.job import deletion, verification
from graph_api.services.job.end import end
from graph_api.services.job.slice import Lost, Slice
from graph_api.settings import Settings

CLAIM = cypher("job/claim", Job)
DUE = cypher("job/due", Id)
RENEW = cypher("job/renew", Id)

# Seconds after which another sweeper goes on with a job whose sweeper has not said that it lives,
# and how often one says so.
_DEAD = 5.0
_SAY = 1.0

_WORK: Mapping[Kind, Callable[[Slice], Awaitable[bool]]] = {
    "DELETE_COLLECTION": deletion.go_on,
    "VERIFY_ARTIFACT": verification.go_on,
}

_log = logging.getLogger("graph_api")


async def due(graph: Graph, first: int) -> list[str]:
    """The ids of some jobs that wait, those that wait longest first."""
    return [row.id for row in await graph.fetch(DUE, first=first) if row.id]


async def take_turn(graph: Graph, blobs: BlobStore, settings: Settings, id: str) -> None:
    """Go on with a job for one slice, unless somebody else does; what goes wrong ends it.

    While a store is away it waits: StoreUnavailable.
    """
    lease = secrets.token_hex(8)
    held = {"id": id, "lease": lease, "microseconds": round(_DEAD * instant.SECOND)}
    for job in await graph.write(CLAIM, now=instant.now(), **held):
        working = asyncio.create_task(_work(graph, blobs, settings, job, lease))
        keeping = asyncio.create_task(_keep(graph, held))
        try:
            await asyncio.wait([working, keeping], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                with suppress(Lost):
                    await working
        finally:
            for task in (working, keeping):
                task.cancel()
            await asyncio.gather(working, keeping, return_exceptions=True)


async def _keep(graph: Graph, held: dict[str, str | int]) -> None:
    """Renew a lease; returns once it is lost."""
    await asyncio.sleep(_SAY)
    while await graph.write(RENEW, **held):
        await asyncio.sleep(_SAY)


async def _work(graph: Graph, blobs: BlobStore, settings: Settings, job: Job, lease: str) -> None:
    try:
        viewer = await api_key.returning(graph, job.organization_id, job.key_id, keys=settings.keys)
        slice = Slice(graph, blobs, settings, viewer, job, lease)
        if await _WORK[job.kind](slice):
            await end(graph, job.id, "COMPLETED", lease=lease)
    except (Lost, StoreUnavailable):
        raise
    except GraphApiError as error:
        await end(graph, job.id, "FAILED", error.code, str(error), lease=lease)
    except Exception:
        incident = secrets.token_hex(8)
        _log.exception("Incident %s in the job %s", incident, job.id)
        message = f"Internal error; the service's log has it as incident {incident}."
        await end(graph, job.id, "FAILED", "INTERNAL", message, lease=lease)
