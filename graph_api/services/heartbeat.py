"""Heartbeats: runs that say that they go on, and what becomes of those that fall silent.

Only a run that goes on, and said that it sends heartbeats or sent one, has a ``heartbeat_at``.
"""

from functools import partial

from graph_api.errors import RunEnded, UnknownId
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant
from graph_api.models.entity import expect_kind
from graph_api.models.heartbeat import Alive, Silent
from graph_api.models.viewer import Viewer
from graph_api.services import ledger, run

BEAT = cypher("heartbeat/beat", Alive)
SILENT = cypher("heartbeat/silent", Silent)
LOCK_SILENT = cypher("heartbeat/lock_silent", Silent)


async def beat(graph: Graph, viewer: Viewer, id: str) -> None:
    """Say that a run goes on; one that CRASHED (its machine slept, say) is RUNNING again.

    RunEnded where it ended otherwise.
    """
    now = instant.now()
    id = expect_kind(id, "Run")
    found = await graph.write(BEAT, id=id, now=now, projects=viewer.written())
    if not found:
        viewer.require("write", (await run.checked(graph, viewer, id)).project_id)
        raise UnknownId("Run", id)
    if found[0].status == "RUNNING":
        return

    async def revive(tx: Transaction) -> None:
        row = await run.locked(tx, viewer, id)
        if row.status == "RUNNING":
            return
        if row.status != "CRASHED":
            raise RunEnded(id, row.status)
        drawn = await ledger.draw(tx, viewer)
        await run.set_status(tx, viewer, drawn, row, "RUNNING", None, heartbeat_at=now)
        await ledger.record(tx, viewer, drawn, "Run heard of again", [id])

    await graph.in_transaction(revive)


async def crash_silent(graph: Graph, viewer: Viewer, seconds: float) -> list[str]:
    """Make each run CRASHED that had a heartbeat, and none for so long; their ids.

    Runs that never had one are left alone. It may be done by several at once.
    """
    before = instant.now() - round(seconds * instant.SECOND)
    crashed: list[str] = []

    async def crash(tx: Transaction, id: str) -> bool:
        silent = await tx.fetch_one(LOCK_SILENT, id=id, before=before)
        if silent is None:
            return False
        last = instant.of(silent.heartbeat_at)
        reason = (
            f"No heartbeat for {seconds:g} seconds; the last came at "
            f"{last.isoformat(timespec='seconds')}."
        )
        drawn = await ledger.draw(tx, viewer)
        row = await run.checked(tx, viewer, id)
        await run.set_status(tx, viewer, drawn, row, "CRASHED", reason)
        await ledger.record(tx, viewer, drawn, "Run CRASHED", [id])
        return True

    for row in await graph.fetch(SILENT, before=before):
        if await graph.in_transaction(partial(crash, id=row.id)):
            crashed.append(row.id)
    return crashed
