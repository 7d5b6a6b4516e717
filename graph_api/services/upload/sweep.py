"""Ending uploads that nobody goes on with."""

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, cypher
from graph_api.models.upload import Due

DUE = cypher("upload/due", Due)
REMOVE = cypher("upload/remove")

_BATCH = 100


async def sweep(graph: Graph, blobs: BlobStore, now: int) -> int:
    """Take what is due at ``now`` (microseconds since 1970 UTC), from the store first; how many.

    Until the node goes, a sweep that dies leaves the rest to the next one.
    """
    ended = 0
    while due := await graph.write(DUE, now=now, first=_BATCH):
        for upload in due:
            await blobs.discard(await blobs.unfinished(upload.key))
        await blobs.delete([upload.key for upload in due])
        await graph.write(REMOVE, ids=[upload.id for upload in due])
        ended += len(due)
    return ended
