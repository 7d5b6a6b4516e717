"""Deleting a collection: its versions go into the trash, some at a time."""

from graph_api.errors import Needed, ReadOnly
from graph_api.graph import Transaction, cypher
from graph_api.models.deletion import Whole
from graph_api.models.job import Version
from graph_api.services import artifact_collection, deletion
from graph_api.services.job.slice import Slice

VERSIONS = cypher("job/versions", Version)

_AT_ONCE = 100


async def go_on(slice: Slice) -> bool:
    """Delete some of the versions that the collection had when the job was started.

    True once there are none. The newest go first: what refers to a version goes before it, so that
    wherever it ends, nothing stays without its bytes. Those that were restored behind it stay. What
    is told of a refusal is for everybody who sees the collection, so it leaves out what else needs
    its versions.
    """
    graph, job, viewer = slice.graph, slice.job, slice.viewer
    force, below = bool(job.spec["force"]), job.position
    row = await artifact_collection.checked(graph, viewer, job.subject_id)
    viewer.require("admin" if force else "write", row.project_id)
    if row.read_only:
        raise ReadOnly(row.kind, row.name)
    # What takes less time is outrun more seldom.
    most = max(1, _AT_ONCE >> (job.tries - 1))
    versions = await graph.fetch(
        VERSIONS, low=_key(row.id, 0), high=_key(row.id, below), first=most
    )
    if not versions:
        return True

    async def advance(to: Transaction) -> None:
        await slice.advance(to, len(versions), versions[-1].index)

    try:
        planned = await deletion.delete(
            graph,
            slice.blobs,
            viewer,
            [version.id for version in versions],
            force=force,
            trash_seconds=slice.settings.trash_seconds,
            seconds=slice.settings.lineage_seconds,
            whole=Whole(collection_id=row.id, below=below),
            beside=advance,
        )
    except deletion.Outrun:
        await slice.give_back()
        return False
    except Needed as needed:
        beyond = ["…"] if len(needed.path) > 1 else []
        raise Needed([needed.path[0], *beyond], 1) from needed
    except ReadOnly as refused:
        raise ReadOnly("entity", "…") from refused
    if not planned.living:
        # Somebody else has deleted them just now.
        await graph.in_transaction(advance)
    return False


def _key(collection_id: str, index: int) -> str:
    return f"{collection_id}|{index:010}"
