"""The doctor: finds every place where graph, store and ledger disagree, and says why."""

from collections.abc import AsyncIterator

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, cypher
from graph_api.models.doctor import Finding, OrganizationId
from graph_api.models.organization import DEFAULT
from graph_api.models.viewer import Viewer
from graph_api.services.doctor import content, history, stored
from graph_api.services.doctor.stored import Sizes, content_fault

__all__ = ["Sizes", "content_fault", "examine"]

ORGANIZATION = cypher("doctor/organization", OrganizationId)


async def examine(
    graph: Graph, blobs: BlobStore, now: int, *, read: bool
) -> AsyncIterator[Finding]:
    """Look at everything, in flat memory, and change nothing.

    ``now`` is in microseconds since 1970 UTC. With ``read`` the bytes of every content are read and
    hashed; without, only their presence and size are checked. What others write meanwhile can be
    named though it is right a moment later: look again.
    """
    organization = await graph.fetch_one(ORGANIZATION, name=DEFAULT)
    if organization is None:
        # Every object would be extra, and none should be deleted because of that.
        yield Finding(
            trouble="MISSING",
            subject=DEFAULT,
            says="The graph has no organization: it is new, or it was lost. Where there are bytes, "
            "restore it from a backup.",
        )
        return
    viewer = Viewer(user="doctor", organization_id=organization.id)
    head = await graph.fetch_one(history.LEDGER, organization_id=viewer.organization_id)
    if head is None:
        yield history.missing(viewer.organization_id)
    else:
        async for finding in history.examine(graph, viewer, head):
            yield finding
        async for finding in content.examine(graph, head.seq, now):
            yield finding
    async for finding in stored.examine(graph, blobs, now, read=read):
        yield finding
