"""Lineage: walks over the whole graph, whatever the kind of node.

A walk is a breadth-first search over distinct entities, hop by hop:

1. Take the newest ``seq`` of the ledger; nothing written later is seen.
2. Ask for all edges of the frontier at once, in batches, ids only.
3. Entities not seen before are the next frontier. Cycles end there, however they arose.

Each statement is a read of its own through the Graph, never of one long transaction: see ledger.now
for what makes all that was written up to the ``seq`` visible.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from graph_api.errors import BadInput
from graph_api.graph import Graph, Query, Reader, cypher
from graph_api.models.edge import EdgeKind
from graph_api.models.entity import Kind, kind_of
from graph_api.models.ledger import Moment
from graph_api.models.lineage import Direction, Hop, Lineage, Reason, Where
from graph_api.models.page import at_most
from graph_api.models.viewer import Viewer
from graph_api.services import entity, ledger

UPSTREAM = cypher("lineage/upstream", Hop)
DOWNSTREAM = cypher("lineage/downstream", Hop)

_EDGES: tuple[EdgeKind, ...] = ("USED_BY", "LOGGED_BY", "LINKED_TO")
# The frontier of one statement: small enough that a deadline between two of them is kept.
_BATCH = 2_000


async def lineage(
    graph: Graph,
    viewer: Viewer,
    roots: Sequence[str],
    direction: Direction,
    *,
    depth: int | None = None,
    limit: int | None = None,
    where: Where | None = None,
    as_of: int | None = None,
    seconds: float,
) -> Lineage:
    """All that flows into (UPSTREAM) or out of (DOWNSTREAM) the roots, themselves included.

    ``depth`` is in edges and ``limit`` in entities, the nearest first (the roots and those of
    kinds that are not shown count too), None for no end; ``seconds`` is the longest time. BOTH is
    the union of the two walks, not what is connected by going back and forth: an edge that leads
    past the roots, from what is upstream to what is downstream, is on neither.
    Raises UnknownId for a root that the viewer may not see, BadInput for one that came later than
    ``as_of``.
    """
    if not roots:
        raise BadInput("roots is empty; name at least one entity.")
    at_most(len(roots))
    if depth is not None and depth < 0:
        raise BadInput(f"depth is {depth}; it counts edges, from 0.")
    if limit is not None and limit < 1:
        raise BadInput(f"limit is {limit}; it counts entities, from 1.")
    if as_of is None:
        moment = await ledger.now(graph, viewer)
    else:
        moment = await ledger.at(graph, viewer, as_of)
    for root, reference in (await entity.locate(graph, viewer, list(roots))).items():
        if reference.since > moment.seq:
            raise BadInput(
                f"{root!r} is there since seq {reference.since}, not yet as of seq {moment.seq}."
            )
    where = where or Where()
    deadline = time.monotonic() + seconds
    walks: list[Lineage] = []
    for query in _queries(direction):
        walk = Walk(graph, viewer, query, moment, where, deadline)
        walks.append(await walk.run(roots, depth, limit))
    found = walks[0] if len(walks) == 1 else _union(walks, limit)
    found = _of_kinds(found, roots, where.kinds)
    return await _without_hidden_containers(graph, viewer, found)


async def path(reader: Reader, viewer: Viewer, start: str, goal: str, seq: int) -> list[str] | None:
    """A shortest way along which data flows from one entity to another, both included.

    None where there is none. What the viewer may not see is passed through, each stretch of it
    told as one ``(hidden)``. Searches from both ends, the smaller frontier first.
    """
    hidden: set[str] = set()
    parents: tuple[dict[str, str | None], dict[str, str | None]] = ({start: None}, {goal: None})
    frontiers = [[start], [goal]]
    if start == goal:
        return [start]
    while all(frontiers):
        side = 0 if len(frontiers[0]) <= len(frontiers[1]) else 1
        query = (DOWNSTREAM, UPSTREAM)[side]
        hops = await _hops(reader, query, frontiers[side], Where(), seq)
        frontiers[side] = []
        for hop in hops:
            near, far = (hop.source, hop.target) if side == 0 else (hop.target, hop.source)
            if far in parents[side]:
                continue
            if not viewer.reads(hop.project_id):
                hidden.add(far)
            parents[side][far] = near
            frontiers[side].append(far)
            if far in parents[1 - side]:
                trail = [*reversed(_trail(parents[0], far)), *_trail(parents[1], far)[1:]]
                told = ("(hidden)" if id in hidden else id for id in trail)
                return [id for id, _ in groupby(told)]
    return None


def _trail(parents: dict[str, str | None], id: str) -> list[str]:
    trail = [id]
    while (parent := parents[trail[-1]]) is not None:
        trail.append(parent)
    return trail


def _queries(direction: Direction) -> list[Query[Hop]]:
    return {"UPSTREAM": [UPSTREAM], "DOWNSTREAM": [DOWNSTREAM], "BOTH": [UPSTREAM, DOWNSTREAM]}[
        direction
    ]


async def _hops(
    reader: Reader, query: Query[Hop], ids: Sequence[str], where: Where, seq: int
) -> list[Hop]:
    edges = _EDGES if where.edges is None else where.edges
    return await reader.fetch(query, ids=ids, edges=edges, roles=where.roles, seq=seq)


class Walk:
    """One search in one direction."""

    def __init__(
        self,
        graph: Graph,
        viewer: Viewer,
        query: Query[Hop],
        moment: Moment,
        where: Where,
        deadline: float,
    ) -> None:
        self._graph = graph
        self._viewer = viewer
        self._query = query
        self._where = where
        self._deadline = deadline
        self._found = Lineage(as_of=moment)

    async def run(self, roots: Sequence[str], depth: int | None, limit: int | None) -> Lineage:
        """The entities that the walk reaches, and every edge along it between them."""
        found = self._found
        level = 0
        frontier = self._admit(set(roots), level, depth, limit)
        while frontier:
            # Beyond a limit no entity is added, but the last ones added are still asked for the
            # edges between what is shown.
            hops = await self._level(frontier)
            level += 1
            frontier = self._admit({self._far(hop) for hop in hops}, level, depth, limit)
            found.edges += [hop for hop in hops if self._far(hop) in found.depths]
        return found

    def _admit(self, ids: set[str], level: int, depth: int | None, limit: int | None) -> list[str]:
        """Those of the ids that are new and within depth and limit; the others are left out."""
        found = self._found
        new = sorted(ids - found.depths.keys() - found.omitted)
        if depth is not None and level > depth:
            room, reason = 0, "DEPTH"
        else:
            room = len(new) if limit is None else max(0, limit - len(found.depths))
            reason = "NODE_LIMIT"
        if new[room:]:
            found.omitted.update(new[room:])
            self._say(reason)
        found.depths.update(dict.fromkeys(new[:room], level))
        return new[:room]

    async def _level(self, frontier: list[str]) -> list[Hop]:
        hops: list[Hop] = []
        for start in range(0, len(frontier), _BATCH):
            if time.monotonic() > self._deadline:
                self._say("TIMEOUT")
                break
            batch = frontier[start : start + _BATCH]
            rows = await _hops(self._graph, self._query, batch, self._where, self._found.as_of.seq)
            visible = [hop for hop in rows if self._viewer.reads(hop.project_id)]
            if len(visible) < len(rows):
                self._say("PERMISSION")
            hops += visible
        return hops

    def _far(self, hop: Hop) -> str:
        return hop.source if self._query is UPSTREAM else hop.target

    def _say(self, reason: Reason) -> None:
        if reason not in self._found.incomplete_because:
            self._found.incomplete_because.append(reason)


def _union(walks: list[Lineage], limit: int | None) -> Lineage:
    """All that the walks hold, in order of depth, then id, and no more than the limit."""
    depths: dict[str, int] = {}
    for walk in walks:
        for id, depth in walk.depths.items():
            depths[id] = min(depth, depths.get(id, depth))
    ordered = sorted(depths, key=lambda node: (depths[node], node))
    beyond = ordered[limit:] if limit is not None else []
    reasons: dict[Reason, None] = {
        reason: None for walk in walks for reason in walk.incomplete_because
    }
    if beyond:
        reasons["NODE_LIMIT"] = None
    shown = {id: depths[id] for id in ordered[: len(ordered) - len(beyond)]}
    edges = {
        (edge.source, edge.target, edge.kind, edge.role): edge
        for walk in walks
        for edge in walk.edges
        if edge.source in shown and edge.target in shown
    }
    return Lineage(
        as_of=walks[0].as_of,
        depths=shown,
        edges=list(edges.values()),
        incomplete_because=list(reasons),
        omitted=(set(beyond) | {id for walk in walks for id in walk.omitted}) - shown.keys(),
    )


def _of_kinds(found: Lineage, roots: Sequence[str], kinds: tuple[Kind, ...] | None) -> Lineage:
    if kinds is None:
        return found
    rooted = set(roots)
    shown = {
        id: depth for id, depth in found.depths.items() if id in rooted or kind_of(id) in kinds
    }
    edges = [edge for edge in found.edges if edge.source in shown and edge.target in shown]
    return replace(found, depths=shown, edges=edges)


async def _without_hidden_containers(graph: Graph, viewer: Viewer, found: Lineage) -> Lineage:
    """An edge does not name a Model or Dataset (its ``via``) that the viewer may not see."""
    containers = {edge.via for edge in found.edges if edge.via}
    if viewer.projects is None or not containers:
        return found
    rows = await graph.fetch(entity.LOCATE, ids=sorted(containers), projects=viewer.projects)
    hidden = containers - {row.id for row in rows}
    edges = [
        edge.model_copy(update={"via": None}) if edge.via in hidden else edge
        for edge in found.edges
    ]
    return replace(found, edges=edges)
