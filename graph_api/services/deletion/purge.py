"""What the sweep does to deleted versions whose time in the trash is over."""

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models.artifact import zip_key
from graph_api.models.deletion import Due
from graph_api.services import due, removal
from graph_api.services.deletion.plan import DIGESTS
from graph_api.services.deletion.trash import LOCK

DUE = cypher("deletion/due", Due)
HOLD_PAGES = cypher("deletion/hold_pages")
PURGE = cypher("deletion/purge")

_BATCH = 100


async def purge(graph: Graph, blobs: BlobStore, now: int) -> int:
    """Take the pages from all versions that are due at ``now`` (µs since 1970 UTC); how many.

    One whose zip the store refuses to delete waits for the next sweep. The sweep takes the pages,
    and then their contents, that nothing else has.
    """
    purged = 0

    async def read(first: int) -> list[str]:
        return [row.id for row in await graph.fetch(DUE, now=now, first=first)]

    async for id in due.each(read, _BATCH):
        # Before the pages, so that whoever dies in between leaves nothing that no sweep finds.
        zips = [zip_key(one.digest) for one in await graph.fetch(DIGESTS, ids=[id])]
        if await removal.removed(blobs, zips) == set(zips):
            purged += await _purge(graph, id, now)
    return purged


async def _purge(graph: Graph, id: str, now: int) -> bool:
    async def work(tx: Transaction) -> bool:
        for row in await tx.write(LOCK, ids=[id], projects=None):
            if row.purge_at is not None and row.purge_at <= now:
                await tx.write(HOLD_PAGES, ids=[id])
                await tx.write(PURGE, ids=[id], now=now)
                return True
        return False

    return await graph.in_transaction(work)
