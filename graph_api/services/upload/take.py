"""What a commit takes of verified uploads."""

from collections.abc import Iterable

from graph_api.graph import Reader, Transaction, cypher
from graph_api.models.upload import UploadId, Verified, slot
from graph_api.models.viewer import Viewer

VERIFIED = cypher("upload/verified", Verified)
TAKE = cypher("upload/take", UploadId)


async def verified(
    graph: Reader, viewer: Viewer, contents: Iterable[tuple[str, int]]
) -> dict[str, Verified]:
    """The uploads of the user that are of these contents (SHA-256 and size), by SHA-256."""
    slots = sorted({slot(viewer.user, sha256, size) for sha256, size in contents})
    rows = await graph.fetch(VERIFIED, slots=slots) if slots else []
    return {row.sha256: row for row in rows}


async def take(tx: Transaction, ids: list[str]) -> set[str]:
    """Lock these uploads, whose objects are to hold contents; those that are still there.

    ``ids`` are in the order of their contents, which the caller has locked. They stay until nobody
    asks for them any more: what has not become part of a version yet need not be sent again.
    """
    return {row.id for row in await tx.write(TAKE, ids=ids)} if ids else set()
