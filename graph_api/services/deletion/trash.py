"""Into the trash, and back."""

from collections.abc import Awaitable, Callable, Sequence

from graph_api.blobs import BlobStore
from graph_api.errors import Needed, NotCommitted, Purged, UnknownId
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant
from graph_api.models.artifact import Id
from graph_api.models.deletion import Locked, Plan, Whole
from graph_api.models.entity import expect_kind
from graph_api.models.ledger import Drawn
from graph_api.models.page import MOST, at_most
from graph_api.models.viewer import Viewer
from graph_api.services import entity, ledger, promotion, search
from graph_api.services.artifact_collection import MOVED
from graph_api.services.deletion.plan import plan

LOCK = cypher("deletion/lock", Locked)
TRASH = cypher("deletion/trash")
RESTORE = cypher("deletion/restore")
PROTECTED_BACK = cypher("deletion/protected_back", Id)

# As Revisions have it.
_COMMITTED, _DELETED = '{"state":"COMMITTED"}', '{"state":"DELETED"}'
# What the ledger says of the two.
DELETED, RESTORED = "Artifact deleted", "Artifact restored"


class Outrun(Exception):
    """What the plan saw has changed since: plan again."""


class NotExpired(Exception):
    """The time to live of a version is not over, or what needs it has changed just now."""


async def delete(
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    ids: Sequence[str],
    *,
    force: bool,
    trash_seconds: int,
    seconds: float,
    expired: int | None = None,
    whole: Whole | None = None,
    beside: Callable[[Transaction], Awaitable[None]] | None = None,
) -> Plan:
    """Delete versions; the plan that was carried out. What is deleted already stays as it is.

    Their aliases point nowhere afterwards. Needed where something needs them, unless forced, which
    takes the right to administer their projects. ReadOnly where a collection is, or what has them
    as members. For ``trash_seconds`` they can be restored. With ``expired``, a time (µs), only what
    had expired by then, else NotExpired, and ``whole`` is what they are parts of; see :func:`plan`.
    What ``beside`` writes is committed with the deletion of those that were not deleted yet. With
    it, Outrun where what the plan saw has changed meanwhile; without, it is planned again.
    """
    while True:
        expiring = expired is not None
        planned = await plan(graph, blobs, viewer, ids, seconds, expiring=expiring, whole=whole)
        if not planned.living:
            return planned
        if planned.blockers and not force:
            raise Needed(planned.blockers[0].path, planned.blocker_count)

        async def work(tx: Transaction, planned: Plan = planned) -> None:
            rows = await _locked(tx, viewer, list(planned.living))
            for row in rows:
                viewer.require("admin" if planned.blockers else "write", row.project_id)
            if any(row.state != "COMMITTED" for row in rows):
                raise Outrun
            if expired is not None and not all(row.has_expired(expired) for row in rows):
                raise NotExpired
            drawn = await _drawn(tx, viewer, rows)
            members = {it.needed_by for it in planned.blockers if it.reason == "MEMBER"}
            await entity.check_changeable(tx, *planned.living, *filter(None, members))
            if await _changed(tx, viewer, planned, drawn):
                raise Outrun
            await tx.write(
                TRASH,
                ids=planned.living,
                before=_COMMITTED,
                after=_DELETED,
                purge_at=drawn.at + trash_seconds * instant.SECOND,
                **_noted(viewer, drawn),
            )
            await _ended(tx, viewer, drawn, DELETED, list(planned.living))
            if beside is not None:
                await beside(tx)

        try:
            await graph.in_transaction(work)
        except Outrun as outrun:
            if expired is not None:
                raise NotExpired from outrun
            if beside is not None:
                raise
            continue
        return planned


async def restore(graph: Graph, viewer: Viewer, ids: Sequence[str]) -> None:
    """Take versions back from the trash, with the aliases that nothing else has taken since.

    Protected ones come back where the viewer administers the project, and not to what may not be
    promoted; stages are as they were. Those that are not deleted stay as they are.
    Purged for one whose bytes have gone.
    """
    at_most(len(ids))
    distinct = sorted({expect_kind(id, "Artifact") for id in ids})

    async def work(tx: Transaction) -> None:
        rows = await _locked(tx, viewer, distinct)
        for row in rows:
            viewer.require("write", row.project_id)
            if row.state == "PENDING":
                raise NotCommitted(row.id, row.state)
            if row.state == "DELETED" and row.purge_at is None:
                raise Purged(row.id)
        deleted = [row for row in rows if row.state == "DELETED"]
        if not deleted:
            return
        drawn = await _drawn(tx, viewer, deleted)
        back = [row.id for row in deleted]
        barred = await _barred(tx, viewer, deleted, drawn)
        await tx.write(
            RESTORE,
            ids=back,
            barred=barred,
            before=_DELETED,
            after=_COMMITTED,
            managed=viewer.managed(),
            **_noted(viewer, drawn),
        )
        await _ended(tx, viewer, drawn, RESTORED, back)

    await graph.in_transaction(work)


async def _barred(
    tx: Transaction, viewer: Viewer, rows: Sequence[Locked], drawn: Drawn
) -> list[str]:
    """Those that may not be promoted, of the versions that would get a protected alias back."""
    until = promotion.deadline()
    ids = [row.id for row in rows]
    asked = await tx.fetch(PROTECTED_BACK, ids=ids, managed=viewer.managed())
    collections = {row.id: row.collection_id for row in rows}
    return [
        row.id
        for row in asked
        if row.id
        and await promotion.is_barred(tx, viewer, row.id, collections[row.id], drawn, until)
    ]


async def _locked(tx: Transaction, viewer: Viewer, ids: list[str]) -> list[Locked]:
    rows = await tx.write(LOCK, ids=ids, projects=viewer.projects)
    found = {row.id for row in rows}
    for id in ids:
        if id not in found:
            raise UnknownId("Artifact", id)
    return rows


async def _drawn(tx: Transaction, viewer: Viewer, rows: Sequence[Locked]) -> Drawn:
    """The ledger's next place, under the locks of the collections, whose latest may change."""
    for collection in sorted({row.collection_id for row in rows}):
        await tx.write(entity.LOCK, id=collection)
    return await ledger.draw(tx, viewer)


async def _changed(tx: Transaction, viewer: Viewer, planned: Plan, drawn: Drawn) -> bool:
    """Whether anything that the plan saw has been written to since, or anything moved."""
    after = planned.downstream.as_of.seq
    if drawn.seq - after > MOST:
        return True
    changes = await ledger.changes(tx, viewer, after, MOST)
    seen = planned.downstream.depths
    return any(
        change.what == MOVED or any(id in seen for id in change.subjects) for change in changes
    )


def _noted(viewer: Viewer, drawn: Drawn) -> dict[str, str | int]:
    return {"by": viewer.user, "seq": drawn.seq, "at": drawn.at}


async def _ended(tx: Transaction, viewer: Viewer, drawn: Drawn, what: str, ids: list[str]) -> None:
    await search.index(tx, ids)
    await ledger.record(tx, viewer, drawn, what, ids)
