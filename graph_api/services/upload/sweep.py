"""Ending uploads that nobody goes on with."""

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.upload import Due
from graph_api.services import removal

DUE = cypher("upload/due", Due)
REMOVE = cypher("upload/remove")

_BATCH = 100
# Microseconds after which another sweep takes on what one has ended and not removed.
_AGAIN = 60 * instant.SECOND


async def sweep(graph: Graph, blobs: BlobStore, now: int) -> int:
    """Take what is due at ``now`` (microseconds since 1970 UTC), from the store first; how many.

    Until the node goes, a sweep that dies, or a store that refuses, leaves the rest to the next.
    """
    ended = 0
    while due := await graph.write(DUE, now=now, again=now + _AGAIN, first=_BATCH):
        for upload in due:
            unfinished = await blobs.unfinished(upload.key)
            gone = await removal.discarded(blobs, unfinished)
            keys = [] if upload.held else [upload.key]
            removed = await removal.removed(blobs, keys)
            if (len(gone), len(removed)) == (len(unfinished), len(keys)):
                await graph.write(REMOVE, id=upload.id)
                ended += len(keys)
    return ended
