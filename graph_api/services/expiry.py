"""Expiry: versions whose time to live is over go into the trash, unless something needs them.

The time is counted from the last use: that a run used or logged the version, or that the time was
set. Aliases that are not protected do not keep a version; protected ones do, also further
downstream, as do members of models and datasets, links, runs that go on and references; and what
is read-only stays.
"""

from graph_api.blobs import BlobStore
from graph_api.errors import BadInput, Needed, ReadOnly, TooSlow
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant
from graph_api.models.deletion import Due
from graph_api.models.expiry import Expired
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, deletion, due, entity, ledger
from graph_api.settings import Settings

DUE = cypher("expiry/due", Due)
POSTPONE = cypher("expiry/postpone")

# A hundred years.
_LONGEST = 36_525 * 86_400
_BATCH = 100
# When a version that is needed is looked at again, in microseconds.
_AGAIN = instant.DAY


async def set_time_to_live(graph: Graph, viewer: Viewer, id: str, seconds: int | None) -> None:
    """Have a committed version expire so long after its last use, counted from now; None: never.

    BadInput unless that is a second to a hundred years.
    """
    if seconds is not None and not 0 < seconds <= _LONGEST:
        raise BadInput(f"seconds is {seconds:,}; a time to live is 1 to {_LONGEST:,} seconds.")

    async def work(tx: Transaction) -> None:
        await tx.write(entity.LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        row = await artifact.committed(tx, viewer, id)
        viewer.require("write", row.project_id)
        await entity.check_changeable(tx, row.collection_id)
        expires_at = None if seconds is None else drawn.at + seconds * instant.SECOND
        before, after = {"time_to_live": row.time_to_live}, {"time_to_live": seconds}
        properties = {**after, "expires_at": expires_at}
        await entity.revise(tx, viewer, drawn, id, before, after, properties)
        told = "ended" if seconds is None else f"set: {seconds} s"
        await ledger.record(tx, viewer, drawn, f"Time to live {told}", [id])

    await graph.in_transaction(work)


async def expire(
    graph: Graph, blobs: BlobStore, viewer: Viewer, settings: Settings, now: int
) -> Expired:
    """Delete what has expired by ``now`` (µs since 1970 UTC) and nothing needs.

    What is needed is looked at again a day later, and each once here. It may be done by several at
    once.
    """
    deleted = needed = 0

    async def read(first: int) -> list[str]:
        return [row.id for row in await graph.fetch(DUE, now=now, first=first)]

    async for id in due.each(read, _BATCH):
        try:
            await deletion.delete(
                graph,
                blobs,
                viewer,
                [id],
                force=False,
                trash_seconds=settings.trash_seconds,
                seconds=settings.lineage_seconds,
                expired=now,
            )
            deleted += 1
        except deletion.NotExpired:
            continue
        except (Needed, ReadOnly, TooSlow):
            needed += 1
            await graph.write(POSTPONE, id=id, now=now, until=now + _AGAIN)
    return Expired(deleted=deleted, needed=needed)
