"""Withdrawals: recall of what must not be relied on, and of all that came of it.

What is tainted is computed, never copied: it is what a walk downstream from a withdrawn entity
comes to, but for what was cleared of that withdrawal, which ends the walk. So what is derived anew,
without the withdrawn entity, is not tainted.
"""

from collections.abc import Sequence

from graph_api.errors import AlreadyWithdrawn, BadInput, NotWithdrawn, Tainted
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import names
from graph_api.models.lineage import Lineage, Where
from graph_api.models.viewer import Viewer
from graph_api.models.withdrawal import Taint, Withdrawal
from graph_api.services import entity, ledger, lineage

CREATE = cypher("withdrawal/create")
CLEAR = cypher("withdrawal/clear")
STANDING = cypher("withdrawal/standing", Withdrawal)

# Characters of a reason.
_LONGEST = 2_000


async def withdraw(graph: Graph, viewer: Viewer, id: str, reason: str) -> None:
    """Say that an entity must not be relied on, for a reason in words.

    What came of it is refused promotion from now on (:func:`check`). The same twice is once;
    AlreadyWithdrawn where it was withdrawn for another reason.
    """
    reason = _words(reason)

    async def work(tx: Transaction) -> None:
        await tx.write(entity.LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        await entity.writable(tx, viewer, id, "Artifact", "Run", "Model", "Dataset")
        for standing in await _standing(tx, viewer, [id]):
            if standing.reason != reason:
                raise AlreadyWithdrawn(id, standing.reason)
            return
        await tx.write(
            CREATE,
            id=id,
            organization_id=viewer.organization_id,
            reason=reason,
            by=viewer.user,
            seq=drawn.seq,
            at=drawn.at,
        )
        await ledger.record(tx, viewer, drawn, "Withdrawn", [id])

    await graph.in_transaction(work)


async def clear(graph: Graph, viewer: Viewer, withdrawn: str, id: str, reason: str) -> None:
    """Say that an entity may be relied on in spite of a withdrawal, as may what came of it alone.

    Of the withdrawn entity itself: that the withdrawal ends. Only who administers the project of
    the withdrawn entity may. The same entity twice is once. NotWithdrawn where nothing stands.
    """
    reason = _words(reason)

    async def work(tx: Transaction) -> None:
        await tx.write(entity.LOCK, id=withdrawn)
        drawn = await ledger.draw(tx, viewer)
        found = await entity.locate(tx, viewer, [withdrawn, id])
        viewer.require("admin", found[withdrawn].project_id)
        standing = await _standing(tx, viewer, [withdrawn])
        if not standing:
            raise NotWithdrawn(withdrawn)
        if id in standing[0].cleared:
            return
        await tx.write(
            CLEAR,
            withdrawn=withdrawn,
            id=id,
            organization_id=viewer.organization_id,
            reason=reason,
            by=viewer.user,
            seq=drawn.seq,
            at=drawn.at,
        )
        subjects = list(dict.fromkeys([withdrawn, id]))
        await ledger.record(tx, viewer, drawn, "Cleared of a withdrawal", subjects)

    await graph.in_transaction(work)


async def standing(graph: Reader, viewer: Viewer) -> list[Withdrawal]:
    """The withdrawals that stand, of what the viewer sees, the oldest first."""
    return [it for it in await _standing(graph, viewer, None) if viewer.reads(it.project_id)]


async def of(graph: Reader, viewer: Viewer, ids: list[str]) -> list[Withdrawal | None]:
    """The withdrawal of each entity, which the viewer sees; None where none stands."""
    found = {it.entity_id: it for it in await _standing(graph, viewer, ids)}
    return [found.get(id) for id in ids]


async def tainted(
    graph: Graph, viewer: Viewer, withdrawal: Withdrawal, *, as_of: int | None, seconds: float
) -> Lineage:
    """All that came of what was withdrawn, itself included, but for what was cleared.

    As of a seq; of the present unless given.
    """
    until = (await ledger.now(graph, viewer)).seq if as_of is None else as_of
    cleared = (it.entity_id for it in withdrawal.clearances if it.since <= until)
    return await lineage.lineage(
        graph,
        viewer,
        [withdrawal.entity_id],
        "DOWNSTREAM",
        where=Where(avoiding=frozenset(cleared)),
        as_of=until,
        seconds=seconds,
    )


async def taints(reader: Reader, viewer: Viewer, id: str, seq: int) -> list[Taint]:
    """The withdrawals that an entity came of, by a shortest way each, the shortest first.

    Of those that the viewer may not see, only the shortest.
    """
    found: list[Taint] = []
    hidden: list[Taint] = []
    for each in await _standing(reader, viewer, None):
        seen = viewer.reads(each.project_id)
        path = await lineage.path(
            reader, viewer, each.entity_id, id, seq, avoiding=each.cleared, start_seen=seen
        )
        if path is not None:
            taint = Taint(each if seen else None, tuple(path))
            (found if seen else hidden).append(taint)
    shortest = sorted(hidden, key=lambda taint: (len(taint.path), taint.path))[:1]
    return sorted(found + shortest, key=lambda taint: (len(taint.path), taint.path))


async def check(tx: Transaction, viewer: Viewer, id: str, seq: int) -> None:
    """Tainted, with the way, where a version that is to be promoted came of what was withdrawn.

    To be asked under the ledger's lock: nothing is withdrawn or drawn meanwhile. While nothing is
    withdrawn in the organization it costs one small read.
    """
    for taint in await taints(tx, viewer, id, seq):
        raise Tainted(taint.path, taint.withdrawal and taint.withdrawal.reason)


async def _standing(reader: Reader, viewer: Viewer, ids: Sequence[str] | None) -> list[Withdrawal]:
    rows = await reader.fetch(STANDING, organization_id=viewer.organization_id, ids=ids)
    return sorted(rows, key=lambda row: row.since)


def _words(reason: str) -> str:
    text = names.normalized(reason)
    if not text.strip() or len(text) > _LONGEST:
        raise BadInput(f"The reason has {len(text):,} characters; say why, in 1 to {_LONGEST:,}.")
    return text
