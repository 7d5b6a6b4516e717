"""One slice of a job, under a lease."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from graph_api.blobs import BlobStore
from graph_api.errors import Forbidden, GraphApiError, InVain, RightsEnded, StoreUnavailable
from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.artifact import Id
from graph_api.models.job import Job, Kind
from graph_api.services import api_key
from graph_api.services.job import deletion, verification
from graph_api.services.job.end import end
from graph_api.services.job.slice import GIVE_BACK, TRIES, Lost, Slice
from graph_api.settings import Settings

CLAIM = cypher("job/claim", Job)
DUE = cypher("job/due", Id)
RENEW = cypher("job/renew", Id)

# Seconds after which another sweeper goes on with a job whose sweeper has not said that it lives,
# and how often one says so.
_DEAD = 5.0
_SAY = 1.0
# Seconds until a slice is tried again that a store has failed, while the stores answer: from the
# first of them, which doubles, to the second.
_PAUSES = (1.0, 60.0)

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

    While a store is away it waits, and likewise, but not for ever, where the stores answer and what
    it needs fails: StoreUnavailable.
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
        if job.tries > TRIES:
            # Whoever tried it last did not live to say so.
            raise InVain(TRIES)
        viewer = await api_key.returning(graph, job.organization_id, job.key_id, keys=settings.keys)
        slice = Slice(graph, blobs, settings, viewer, job, lease)
        if await _WORK[job.kind](slice):
            await end(graph, job.id, "COMPLETED", lease=lease)
    except Lost:
        raise
    except StoreUnavailable as error:
        # In vain for now; else the job ends.
        if not isinstance(error, InVain) and await _given_back(graph, blobs, job, lease):
            raise
        told = InVain(TRIES)
        await end(graph, job.id, "FAILED", told.code, str(told), lease=lease)
    except Forbidden as error:
        # Whoever sees the job reads it: neither of keys nor of projects.
        told = RightsEnded()
        _log.warning("The job %s: %s", job.id, error)
        await end(graph, job.id, "FAILED", told.code, str(told), lease=lease)
    except GraphApiError as error:
        await end(graph, job.id, "FAILED", error.code, str(error), lease=lease)
    except Exception:
        incident = secrets.token_hex(8)
        _log.exception("Incident %s in the job %s", incident, job.id)
        message = f"Internal error; the service's log has it as incident {incident}."
        await end(graph, job.id, "FAILED", "INTERNAL", message, lease=lease)


async def _given_back(graph: Graph, blobs: BlobStore, job: Job, lease: str) -> bool:
    """Give a job back that a store has failed; False where it was tried often enough.

    A try while a store is away does not count.
    """
    try:
        await graph.check()
        await blobs.check()
        tries, pause = job.tries, min(_PAUSES[0] * 2 ** (job.tries - 1), _PAUSES[1])
    except StoreUnavailable:
        tries, pause = job.tries - 1, _DEAD
    if tries >= TRIES:
        return False
    microseconds = round(pause * instant.SECOND)
    await graph.write(GIVE_BACK, id=job.id, lease=lease, tries=tries, microseconds=microseconds)
    return True
