"""Ending jobs, and forgetting them a while later."""

from graph_api.errors import Cancelled
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant
from graph_api.models.artifact import Id
from graph_api.models.job import Status
from graph_api.models.page import Count
from graph_api.models.viewer import Viewer
from graph_api.services.job.read import checked

END = cypher("job/end", Id)
FORGET = cypher("job/forget", Count)
LOCK = cypher("job/lock")

# How long jobs that have ended are kept, in microseconds.
_KEPT = 30 * instant.DAY
# What one transaction removes.
_BATCH = 10_000


async def cancel(graph: Graph, viewer: Viewer, id: str) -> None:
    """End a job; what it has done stays. One that has ended stays as it is."""

    async def work(tx: Transaction) -> None:
        await tx.write(LOCK, id=id)
        row = await checked(tx, viewer, id)
        viewer.require("write", row.project_id)
        error = Cancelled(viewer.user, row.done, row.total)
        await end(tx, id, "CANCELLED", error.code, str(error))

    await graph.in_transaction(work)


async def end(
    graph: Graph | Transaction,
    id: str,
    status: Status,
    code: str | None = None,
    message: str | None = None,
    *,
    lease: str | None = None,
) -> None:
    """End a job that has not ended; with a lease, only if it holds still."""
    ended = {"status": status, "code": code, "message": message, "now": instant.now()}
    await graph.write(END, id=id, lease=lease, **ended)


async def forget(graph: Graph, now: int) -> int:
    """Remove the jobs that ended thirty days before ``now`` (µs since 1970 UTC); how many."""
    total = 0
    while True:
        (gone,) = await graph.write(FORGET, before=now - _KEPT, most=_BATCH)
        total += gone.count
        if gone.count < _BATCH:
            return total
