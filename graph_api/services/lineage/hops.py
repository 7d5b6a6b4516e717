"""One hop of a walk: the edges of some entities, by ids only."""

from collections.abc import Sequence

from graph_api.graph import Query, Reader, cypher
from graph_api.models.edge import Edge, EdgeKind
from graph_api.models.lineage import Direction, Hop, Hops, Where
from graph_api.models.viewer import Viewer
from graph_api.services import entity

UPSTREAM = cypher("lineage/upstream", Hops)
DOWNSTREAM = cypher("lineage/downstream", Hops)

_EDGES: tuple[EdgeKind, ...] = ("USED_BY", "LOGGED_BY", "LINKED_TO")


_QUERIES: dict[Direction, list[Query[Hops]]] = {
    "UPSTREAM": [UPSTREAM],
    "DOWNSTREAM": [DOWNSTREAM],
    "BOTH": [UPSTREAM, DOWNSTREAM],
}


def queries(direction: Direction) -> list[Query[Hops]]:
    """The statement of each walk."""
    return _QUERIES[direction]


async def hops(
    reader: Reader, query: Query[Hops], ids: Sequence[str], where: Where, seq: int
) -> list[Hop]:
    """Every edge into (UPSTREAM) or out of (DOWNSTREAM) these entities, as of a seq."""
    return (await columns(reader, query, ids, where, seq, ())).each()


async def columns(
    reader: Reader,
    query: Query[Hops],
    ids: Sequence[str],
    where: Where,
    seq: int,
    fields: Sequence[str],
) -> Hops:
    """The same by columns, with these properties of the far ends."""
    edges = _EDGES if where.edges is None else where.edges
    found = await reader.fetch_one(
        query, ids=ids, edges=edges, fields=fields, roles=where.roles, seq=seq
    )
    assert found
    return found.without(where.avoiding, upstream=query is UPSTREAM) if where.avoiding else found


def far(query: Query[Hops], hop: Hop) -> str:
    """The end that a walk comes to."""
    return hop.source if query is UPSTREAM else hop.target


def near(query: Query[Hops], hop: Hop) -> str:
    """The end that a walk comes from."""
    return hop.target if query is UPSTREAM else hop.source


async def without_hidden_containers(
    reader: Reader, viewer: Viewer, edges: Sequence[Edge]
) -> list[Edge]:
    """An edge does not name a Model or Dataset (its ``via``) that the viewer may not see."""
    hidden = await entity.hidden(reader, viewer, (edge.via for edge in edges if edge.via))
    return [edge.model_copy(update={"via": None}) if edge.via in hidden else edge for edge in edges]
