"""One hop of a walk: the edges of some entities, by ids only."""

from collections.abc import Sequence

from graph_api.graph import Query, Reader, cypher
from graph_api.models.edge import EdgeKind
from graph_api.models.lineage import Hop, Where

UPSTREAM = cypher("lineage/upstream", Hop)
DOWNSTREAM = cypher("lineage/downstream", Hop)

_EDGES: tuple[EdgeKind, ...] = ("USED_BY", "LOGGED_BY", "LINKED_TO")


async def hops(
    reader: Reader, query: Query[Hop], ids: Sequence[str], where: Where, seq: int
) -> list[Hop]:
    """Every edge into (UPSTREAM) or out of (DOWNSTREAM) these entities, as of a seq."""
    edges = _EDGES if where.edges is None else where.edges
    return await reader.fetch(query, ids=ids, edges=edges, roles=where.roles, seq=seq)


def far(query: Query[Hop], hop: Hop) -> str:
    """The end that a walk comes to."""
    return hop.source if query is UPSTREAM else hop.target


def near(query: Query[Hop], hop: Hop) -> str:
    """The end that a walk comes from."""
    return hop.target if query is UPSTREAM else hop.source
