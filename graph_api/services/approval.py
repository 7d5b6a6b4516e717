"""Approvals: what people say of a version by name, that it is in order, until they revoke it."""

from collections import defaultdict

from graph_api.errors import BadInput
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models import names
from graph_api.models.approval import Approval
from graph_api.models.viewer import Viewer
from graph_api.services import entity, ledger
from graph_api.settings import Limits

GIVE = cypher("approval/give")
REVOKE = cypher("approval/revoke")
STANDING = cypher("approval/standing", Approval)

# Characters of a note.
_LONGEST = 2_000


async def approve(
    graph: Graph, viewer: Viewer, limits: Limits, id: str, name: str, note: str
) -> None:
    """Approve a version, as ``legal``, say. The same twice is once; another note replaces it."""
    name = names.label("approval", name, limits.name_length)
    note = names.normalized(note)
    if len(note) > _LONGEST:
        raise BadInput(f"The note has {len(note):,} characters; it can have {_LONGEST:,}.")

    async def work(tx: Transaction) -> None:
        await tx.write(entity.LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        found = await entity.locate(tx, viewer, [id], "Artifact")
        viewer.require("write", found[id].project_id)
        found[id].check_living()
        own = [it for it in await _own(tx, viewer.user, id) if it.name == name]
        if any(it.note == note for it in own):
            return
        given = {"note": note, "by": viewer.user, "seq": drawn.seq, "at": drawn.at}
        await tx.write(GIVE, id=id, name=name, **given)
        await ledger.record(tx, viewer, drawn, f"Approved as {name}", [id])

    await graph.in_transaction(work)


async def revoke(graph: Graph, viewer: Viewer, id: str, name: str, by: str | None) -> None:
    """Take back one's approval of a version under a name, or, who administers its project, theirs.

    What does not stand stays as it is.
    """
    name = names.normalized(name)
    user = viewer.user if by is None else by

    async def work(tx: Transaction) -> None:
        await tx.write(entity.LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        found = await entity.locate(tx, viewer, [id], "Artifact")
        viewer.require("write" if user == viewer.user else "admin", found[id].project_id)
        if any(it.name == name for it in await _own(tx, user, id)):
            await tx.write(REVOKE, id=id, name=name, by=user, seq=drawn.seq)
            whose = "" if user == viewer.user else f" of {user}"
            what = f"Approval as {name}{whose} revoked"
            await ledger.record(tx, viewer, drawn, what, [id])

    await graph.in_transaction(work)


async def of(graph: Reader, viewer: Viewer, ids: list[str]) -> list[list[Approval]]:
    """The approvals of each version, which the viewer sees, that stand, the oldest first."""
    found = defaultdict[str, list[Approval]](list)
    for row in sorted(await graph.fetch(STANDING, ids=ids), key=lambda row: row.since):
        found[row.artifact_id].append(row)
    return [found[id] for id in ids]


async def _own(tx: Transaction, user: str, id: str) -> list[Approval]:
    return [row for row in await tx.fetch(STANDING, ids=[id]) if row.by == user]
