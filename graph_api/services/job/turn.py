"""One slice of a job, under a lease."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping

from graph_api.blobs import BlobStore
from graph_api.errors import (
    Forbidden,
    GraphApiError,
    Incident,
    InVain,
    RightsEnded,
    StoreUnavailable,
)
from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.artifact import Id
from graph_api.models.job import Job, Kind
from graph_api.services import api_key
from graph_api.services.job import deletion, verification
from graph_api.services.job.end import end
from graph_api.services.job.slice import GIVE_BACK, TRIES, Slice
from graph_api.services.lease import DEAD, SAY, Lost, while_held
from graph_api.settings import Settings

CLAIM = cypher("job/claim", Job)
DUE = cypher("job/due", Id)
RENEW = cypher("job/renew", Id)

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
    held = {"id": id, "lease": lease, "microseconds": round(DEAD * instant.SECOND)}
    for job in await graph.write(CLAIM, now=instant.now(), **held):
        await while_held(_work(graph, blobs, settings, job, lease), _keep(graph, held))


async def _keep(graph: Graph, held: dict[str, str | int]) -> None:
    """Renew a lease; returns once it is lost."""
    await asyncio.sleep(SAY)
    while await graph.write(RENEW, **held):
        await asyncio.sleep(SAY)


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
        incident = Incident()
        _log.exception("Incident %s in the job %s", incident.id, job.id)
        await end(graph, job.id, "FAILED", incident.code, str(incident), lease=lease)


async def _given_back(graph: Graph, blobs: BlobStore, job: Job, lease: str) -> bool:
    """Give a job back that a store has failed; False where it was tried often enough.

    A try while a store is away does not count.
    """
    try:
        await graph.check()
        await blobs.check()
        tries, pause = job.tries, min(_PAUSES[0] * 2 ** (job.tries - 1), _PAUSES[1])
    except StoreUnavailable:
        tries, pause = job.tries - 1, DEAD
    if tries >= TRIES:
        return False
    microseconds = round(pause * instant.SECOND)
    await graph.write(GIVE_BACK, id=job.id, lease=lease, tries=tries, microseconds=microseconds)
    return True
