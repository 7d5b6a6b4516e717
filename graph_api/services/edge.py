"""The edges that carry lineage: drawing them, and the direct neighbours along them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from graph_api.errors import BadRole, WouldCloseCycle
from graph_api.graph import Graph, Query, Reader, Transaction, cypher
from graph_api.models import edge as models
from graph_api.models import names
from graph_api.models.columns import ROWS, Fields, NeighbourColumns, named
from graph_api.models.edge import MEMBERSHIP, Neighbour, Use
from graph_api.models.ledger import PRESENT, Drawn
from graph_api.models.page import Listed, Stretch
from graph_api.models.viewer import Viewer
from graph_api.services import entity, ledger, lineage
from graph_api.settings import Limits

Along = Query[NeighbourColumns]
"""Along which edges neighbours lie, and which way."""

LOG = cypher("edge/log", models.Drawn)
USE = cypher("edge/use", models.Drawn)
LINK = cypher("edge/link")
LINKED = cypher("edge/linked", models.Drawn)
CONSUMERS = cypher("edge/consumers", NeighbourColumns)
FIRST_PRODUCERS = cypher("edge/first_producers", models.Producer)
PRODUCERS = cypher("edge/producers", NeighbourColumns)
USED = cypher("edge/used", NeighbourColumns)
LOGGED = cypher("edge/logged", NeighbourColumns)
LINKS_OUT = cypher("edge/links_out", NeighbourColumns)
LINKS_IN = cypher("edge/links_in", NeighbourColumns)


async def log(
    tx: Transaction, drawn: Drawn, ids: Sequence[str], run_id: str, *, reused: bool = False
) -> list[str]:
    """Say that distinct things were logged by a run; those of which it was not said before."""
    new = await tx.write(LOG, ids=ids, run_id=run_id, reused=reused, seq=drawn.seq, at=drawn.at)
    return [row.id for row in new]


async def use(tx: Transaction, drawn: Drawn, uses: Sequence[Use], run_id: str) -> list[str]:
    """Say that distinct things were used by a run; those of which it was not said before."""
    rows = [use.model_dump() for use in uses]
    new = await tx.write(USE, uses=rows, run_id=run_id, seq=drawn.seq, at=drawn.at)
    return [row.id for row in new]


async def link(
    graph: Graph, viewer: Viewer, limits: Limits, source: str, target: str, role: str
) -> str:
    """Link one entity to another as its role; data flows from the first to the second. The role.

    Linking again changes nothing. Deleted where the source is. WouldCloseCycle, with the path,
    where data flows from the second to the first already: under the ledger's lock, so that two
    links never close one together.
    """
    role = names.label("role", role, limits.name_length)
    if role in MEMBERSHIP:
        raise BadRole(role)

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        found = await entity.locate(tx, viewer, [source, target])
        viewer.require("write", found[target].project_id)
        found[source].check_living()
        await entity.check_changeable(tx, target)
        ends = {"source": source, "target": target, "role": role}
        if await tx.fetch(LINKED, **ends):
            return
        if path := await lineage.path(tx, viewer, target, source, drawn.seq):
            raise WouldCloseCycle([source, *path])
        await tx.write(LINK, **ends, by=viewer.user, seq=drawn.seq, at=drawn.at)
        await ledger.record(tx, viewer, drawn, f"Linked as {role}", [source, target])

    await graph.in_transaction(work)
    return role


@dataclass(frozen=True)
class Neighbourhood:
    """A batch function: a stretch of the direct neighbours of each entity, by id."""

    along: Along
    stretch: Stretch
    fields: Fields = None
    """What is wanted of the neighbours."""
    seq: int = PRESENT
    """As of when they are neighbours; what they are is as of now."""

    async def __call__(
        self, graph: Reader, viewer: Viewer, ids: list[str]
    ) -> list[Listed[Neighbour]]:
        """The neighbours of each id."""
        # Every id lies before "~".
        low, high = self.stretch.texts("", "~")
        (found,) = await graph.fetch(
            self.along,
            ids=ids,
            fields=named(self.fields, ROWS.values()),
            low=low,
            high=high,
            seq=self.seq,
            first=self.stretch.most,
            backward=self.stretch.backward,
            projects=viewer.projects,
        )
        neighbours = found.neighbours()
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for row, of in enumerate(found.of):
            rows[of].append(row)
        return [
            Listed([found.places[row] for row in rows[id]], neighbours.at(rows[id])) for id in ids
        ]


async def first_producers(
    graph: Reader, viewer: Viewer, ids: list[str], seq: int = PRESENT
) -> list[str | None]:
    """The id of the run that had logged each entity first as of a seq, or None.

    Of those that the viewer sees.
    """
    rows = await graph.fetch(FIRST_PRODUCERS, ids=ids, seq=seq, projects=viewer.projects)
    found = {row.of: row.id for row in rows}
    return [found.get(id) for id in ids]
