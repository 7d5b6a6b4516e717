"""All that an entity came of, for the service itself to look at."""

import time

from graph_api.graph import Reader
from graph_api.models.lineage import Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.hops import UPSTREAM
from graph_api.services.lineage.walk import Found, Walk

__all__ = ["Found", "ancestry"]


async def ancestry(reader: Reader, viewer: Viewer, id: str, seq: int, seconds: float) -> Found:
    """What flowed into an entity as of a seq, itself included, for at most so many seconds.

    Apart from what the viewer may see is what they may not, by its ids: they are for whoever asks
    to keep. Within a transaction what that has written is among it.
    """
    walk = Walk(reader, viewer, UPSTREAM, seq, Where(), time.monotonic() + seconds)
    return await walk.run([id], None, None)
