"""The answer to a lineage question: what one walk found, or two, cut to what is asked for."""

import asyncio
import time
from collections.abc import Container, Sequence

from graph_api.errors import BadInput
from graph_api.graph import Graph, Query
from graph_api.models.lineage import Direction, Hops, Lineage, Reason, Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.chosen import chosen
from graph_api.services.lineage.hops import far, near, queries, without_hidden_containers
from graph_api.services.lineage.kept import Kept
from graph_api.services.lineage.reached import Reached, reached_by
from graph_api.services.lineage.region import regions
from graph_api.services.lineage.roots import begin, check_shared
from graph_api.services.lineage.walk import Found, Walk


async def lineage(
    graph: Graph,
    viewer: Viewer,
    roots: Sequence[str],
    direction: Direction,
    *,
    depth: int | None = None,
    limit: int | None = None,
    where: Where | None = None,
    shared: bool = False,
    reached: bool = False,
    edges: bool = True,
    as_of: int | None = None,
    seconds: float,
    kept: Kept | None = None,
) -> Lineage:
    """All that flows into (UPSTREAM) or out of (DOWNSTREAM) the roots, themselves included.

    ``depth`` is in edges and ``limit`` in entities, the nearest first (the roots and those of
    kinds that are not shown count too, hidden ones never), None for no end; ``seconds`` is the
    longest time; ``kept`` has the answers that need no walk, and larger ones where no ``edges`` are
    wanted. ``shared`` shows, of one direction, only what every root reaches within the depth;
    ``reached`` tells of each entity which roots reach it. BOTH is the union of the two walks, not
    what is connected by going back and forth: an edge that leads past the roots, from what is
    upstream to what is downstream, is on neither.
    Raises UnknownId for a root that the viewer may not see, BadInput for one that came later than
    ``as_of``.
    """
    check_shared(direction, shared=shared)
    if limit is not None and limit < 1:
        raise BadInput(f"limit is {limit}; it counts entities, from 1.")
    moment = await begin(graph, viewer, roots, depth, as_of)
    where = where or Where()
    seen = viewer.organization_id, None if viewer.projects is None else tuple(viewer.projects)
    asked = *seen, moment, tuple(roots), direction, depth, limit, where, shared, reached
    if where.compares_the_present:
        kept = None
    if kept is not None and (known := kept.get(asked, edges=edges)):
        return known
    deadline = time.monotonic() + seconds
    walks: list[Found] = []
    for query in queries(direction):
        walk = Walk(graph, viewer, query, moment.seq, where, deadline)
        walks.append(await walk.run(roots, depth, limit))
    found = walks[0] if len(walks) == 1 else _union(walks, limit)
    shown = found.depths
    if where.show_only is not None:
        among = await chosen(graph, where.show_only, [*shown]) | set(roots)
        shown = {id: depth for id, depth in shown.items() if id in among}
    by: dict[str, int] | None = None
    if shared or reached:
        ends = await chosen(graph, where.stop_at, roots)
        each = queries(direction)
        by, why = await asyncio.to_thread(_reached_by, walks, each, roots, ends, depth, deadline)
        found.reasons |= dict.fromkeys(why)
        if shared:
            every = (1 << len(set(roots))) - 1
            shown = {id: depth for id, depth in shown.items() if by.get(id) == every}
    between = [edge for edge in found.edges if edge.source in shown and edge.target in shown]
    answer = Lineage(
        as_of=moment,
        depths=shown,
        edges=await without_hidden_containers(graph, viewer, between),
        incomplete_because=list(found.reasons),
        omitted=found.omitted,
        hidden=regions(found.hidden, [(it.source, it.target) for it in found.touching], shown),
        roots=tuple(dict.fromkeys(roots)),
        reached_by=by,
    )
    if kept is not None:
        kept.put(asked, answer)
    return answer


def _union(walks: list[Found], limit: int | None) -> Found:
    """All that the walks hold, in order of depth, then id, and no more than the limit."""
    depths = nearest([walk.depths for walk in walks])
    ordered = sorted(depths, key=lambda node: (depths[node], node))
    beyond = ordered[limit:] if limit is not None else []
    reasons: dict[Reason, None] = {reason: None for walk in walks for reason in walk.reasons}
    if beyond:
        reasons["NODE_LIMIT"] = None
    shown = {id: depths[id] for id in ordered[: len(ordered) - len(beyond)]}
    edges = {
        (edge.source, edge.target, edge.kind, edge.role): edge
        for walk in walks
        for edge in walk.edges
    }
    return Found(
        depths=shown,
        edges=list(edges.values()),
        hidden=nearest([walk.hidden for walk in walks]),
        touching=[edge for walk in walks for edge in walk.touching],
        omitted=(set(beyond) | {id for walk in walks for id in walk.omitted}) - shown.keys(),
        reasons=reasons,
    )


def nearest(found: Sequence[dict[str, int]]) -> dict[str, int]:
    """The least depth of each entity in some walks."""
    depths: dict[str, int] = {}
    for each in found:
        for id, depth in each.items():
            depths[id] = min(depth, depths.get(id, depth))
    return depths


def _reached_by(
    walks: Sequence[Found],
    queries: Sequence[Query[Hops]],
    roots: Sequence[str],
    ends: Container[str],
    depth: int | None,
    deadline: float,
) -> Reached:
    """The roots that reach each entity, in one of the walks."""
    found, why = dict[str, int](), set[Reason]()
    for walk, query in zip(walks, queries, strict=True):
        edges = [(near(query, hop), far(query, hop)) for hop in (*walk.edges, *walk.touching)]
        each = reached_by(roots, edges, walk.hidden, ends, depth, deadline)
        why |= each.cut_by
        for id, bits in each.roots.items():
            found[id] = found.get(id, 0) | bits
    return Reached(found, why)
