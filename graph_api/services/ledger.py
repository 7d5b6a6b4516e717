"""The ledger: one lock, one clock and one audit log for every structural write."""

from graph_api.errors import BadInput
from graph_api.graph import Reader, Transaction, cypher
from graph_api.models import instant
from graph_api.models.ledger import AsOf, Change, Drawn, Moment, Place, chained
from graph_api.models.page import Listed, Page, Stretch, Window, page_of
from graph_api.models.viewer import Viewer

DRAW = cypher("ledger/draw", Drawn)
RECORD = cypher("ledger/record")
NOW = cypher("ledger/now", Moment)
AT = cypher("ledger/at", Place)
CHANGES = cypher("ledger/changes", Change)


async def draw(tx: Transaction, viewer: Viewer) -> Drawn:
    """Take the ledger's lock and the next place in it.

    It is the last lock that a transaction takes, and comes before anything that carries the seq.
    """
    now = instant.now()
    drawn = await tx.fetch_one(DRAW, organization_id=viewer.organization_id, now=now)
    assert drawn, viewer.organization_id
    return drawn


async def record(
    tx: Transaction, viewer: Viewer, drawn: Drawn, what: str, subjects: list[str]
) -> None:
    """Leave the change that belongs to a drawn place."""
    change = chained(drawn, viewer.user, what, subjects)
    await tx.write(RECORD, organization_id=viewer.organization_id, **change.model_dump())


async def now(graph: Reader, viewer: Viewer) -> Moment:
    """The newest place; whoever sees it, and then reads the graph, sees all written up to it.

    The seq shows while its transaction is still being applied (indexes come last). What is read
    next through the same Graph waits for that, by the bookmark that its statements hand on from
    one to the next. One and the same statement or transaction would not. ``project.scope`` reads
    it likewise, with a project.
    """
    moment = await graph.fetch_one(NOW, organization_id=viewer.organization_id)
    assert moment, viewer.organization_id
    return moment


async def at(graph: Reader, viewer: Viewer, seq: int) -> Moment:
    """The place of this number; 0 is the beginning. BadInput for one that is yet to come."""
    newest = await now(graph, viewer)
    if not 0 <= seq <= newest.seq:
        raise BadInput(f"seq is {seq}; the newest is {newest.seq}.")
    if seq == newest.seq:
        return newest
    if seq == 0:
        return Moment(seq=0, at=instant.of(0), moved=newest.moved)
    (change,) = await changes(graph, viewer, seq - 1, 1)
    return Moment(seq=seq, at=instant.of(change.at), moved=newest.moved)


async def seq_of(graph: Reader, viewer: Viewer, as_of: AsOf) -> int:
    """The seq of a moment: of a time that of the newest change by then, 0 before the first.

    BadInput for a time that is yet to come; whether a seq is, :func:`at` says. Of a time that has
    just passed it may still grow, by what is being written.
    """
    if as_of.seq is not None:
        return as_of.seq
    at = instant.past("asOf", as_of.at)
    newest = await graph.fetch_one(AT, organization_id=viewer.organization_id, at=at)
    return newest.seq if newest else 0


async def seqs_of(graph: Reader, viewer: Viewer, moments: list[AsOf]) -> list[int]:
    """The seq of each moment, as :func:`seq_of`; BadInput for one that is yet to come, too."""
    return [(await at(graph, viewer, await seq_of(graph, viewer, it))).seq for it in moments]


async def changes(graph: Reader, viewer: Viewer, after: int, first: int) -> list[Change]:
    """Changes after a place, oldest first."""
    return await graph.fetch(
        CHANGES, organization_id=viewer.organization_id, after=after, first=first
    )


async def page(graph: Reader, viewer: Viewer, window: Window) -> Page[Change]:
    """The organization's changes, oldest first. Forbidden for who does not see all of it."""
    viewer.require("read", None)
    newest = (await now(graph, viewer)).seq

    async def read(stretch: Stretch) -> Listed[Change]:
        # There is one of each number.
        low, high = stretch.numbers()
        low, high = max(low, 1), min(high, newest + 1)
        if stretch.backward:
            low = max(low, high - stretch.most)
        rows = await changes(graph, viewer, low - 1, max(0, min(high - low, stretch.most)))
        if stretch.backward:
            rows.reverse()
        return Listed([str(row.seq) for row in rows], rows)

    return await page_of(window, read)
