"""The doctor on the ledger and what it dates."""

from collections.abc import AsyncIterator

from graph_api.graph import Graph, cypher
from graph_api.models.doctor import EdgeRow, Finding, Head, Untied
from graph_api.models.ledger import GENESIS, Change, faults
from graph_api.models.viewer import Viewer
from graph_api.services import ledger

LEDGER = cypher("doctor/ledger", Head)
UNTIED = cypher("doctor/untied", Untied)
EDGES = cypher("doctor/edges", EdgeRow)

_BATCH = 1000


def missing(organization_id: str) -> Finding:
    """There is no ledger."""
    return Finding(
        trouble="MISSING",
        subject=organization_id,
        says="The organization has no ledger, so nothing can be written: restore the graph from a "
        "backup.",
    )


async def examine(graph: Graph, viewer: Viewer, head: Head) -> AsyncIterator[Finding]:
    """The chain of changes from its beginning, and edges that are of no time."""
    last: Change | None = None
    seq, digest = 0, GENESIS
    while seq < head.seq:
        changes = [
            change
            for change in await ledger.changes(graph, viewer, seq, _BATCH)
            if change.seq <= head.seq
        ]
        for change in changes:
            for says in faults(last, change):
                yield Finding(trouble="BROKEN_CHAIN", subject=str(change.seq), says=says)
            last, seq, digest = change, change.seq, change.hash
        if not changes:
            break
        async for finding in _untied(graph, viewer, changes[0].seq - 1, seq):
            yield finding
    if (seq, digest) != (head.seq, head.hash):
        yield Finding(
            trouble="BROKEN_CHAIN",
            subject=str(head.seq),
            says=f"The ledger says that its newest change is {head.seq}, with the hash "
            f"{head.hash[:12]}…; the newest that is there is {seq}, with {digest[:12]}…. Changes "
            "are missing or were altered: compare with a backup.",
        )
    for edge in await graph.fetch(EDGES, seq=head.seq):
        yield Finding(
            trouble="WRONG_NUMBER",
            subject=edge.source,
            says=f"{edge.kind} from {edge.source} to {edge.target} holds from {edge.since} to "
            f"{edge.until}, but the newest change is {head.seq}.",
        )


async def _untied(graph: Graph, viewer: Viewer, after: int, last: int) -> AsyncIterator[Finding]:
    rows = await graph.fetch(UNTIED, organization_id=viewer.organization_id, after=after, last=last)
    for row in rows:
        yield Finding(
            trouble="BROKEN_CHAIN",
            subject=str(row.seq),
            says=f"Change {row.seq} is not tied to each of its subjects: one of them was removed "
            "past the service.",
        )
