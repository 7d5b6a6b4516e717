"""A version loses its pages at once, without a time in the trash."""

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.models import instant
from graph_api.models.viewer import Viewer
from graph_api.services import deletion


async def purge(graph: Graph, blobs: BlobStore, viewer: Viewer, id: str) -> None:
    """Delete this version, whatever needs it, for good; its bytes are for the sweep."""
    await deletion.delete(graph, blobs, viewer, [id], force=True, trash_seconds=0, seconds=30)
    await deletion.purge(graph, blobs, instant.now())
