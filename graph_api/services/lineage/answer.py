"""The answer to a lineage question: what one walk found, or two, cut to what is asked for."""

import time
from collections.abc import Sequence

from graph_api.errors import BadInput
from graph_api.graph import Graph, Query
from graph_api.models.entity import Kind, kind_of
from graph_api.models.lineage import Direction, Hops, Lineage, Reason, Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.hops import DOWNSTREAM, UPSTREAM, without_hidden_containers
from graph_api.services.lineage.kept import Kept
from graph_api.services.lineage.region import regions
from graph_api.services.lineage.roots import begin
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
    as_of: int | None = None,
    seconds: float,
    kept: Kept | None = None,
) -> Lineage:
    """All that flows into (UPSTREAM) or out of (DOWNSTREAM) the roots, themselves included.

    ``depth`` is in edges and ``limit`` in entities, the nearest first (the roots and those of
    kinds that are not shown count too, hidden ones never), None for no end; ``seconds`` is the
    longest time; ``kept`` has the answers that need no walk. BOTH is
    the union of the two walks, not what is connected by going back and forth: an edge that leads
    past the roots, from what is upstream to what is downstream, is on neither.
    Raises UnknownId for a root that the viewer may not see, BadInput for one that came later than
    ``as_of``.
    """
    if limit is not None and limit < 1:
        raise BadInput(f"limit is {limit}; it counts entities, from 1.")
    moment = await begin(graph, viewer, roots, depth, as_of)
    where = where or Where()
    seen = viewer.organization_id, None if viewer.projects is None else tuple(viewer.projects)
    asked = *seen, moment, tuple(roots), direction, depth, limit, where
    if kept is not None and (known := kept.get(asked)):
        return known
    deadline = time.monotonic() + seconds
    walks: list[Found] = []
    for query in _queries(direction):
        walk = Walk(graph, viewer, query, moment.seq, where, deadline)
        walks.append(await walk.run(roots, depth, limit))
    found = walks[0] if len(walks) == 1 else _union(walks, limit)
    shown = _of_kinds(found.depths, roots, where.kinds)
    edges = [edge for edge in found.edges if edge.source in shown and edge.target in shown]
    answer = Lineage(
        as_of=moment,
        depths=shown,
        edges=await without_hidden_containers(graph, viewer, edges),
        incomplete_because=list(found.reasons),
        omitted=found.omitted,
        hidden=regions(found.hidden, [(it.source, it.target) for it in found.touching], shown),
    )
    if kept is not None:
        kept.put(asked, answer)
    return answer


def _queries(direction: Direction) -> list[Query[Hops]]:
    return {"UPSTREAM": [UPSTREAM], "DOWNSTREAM": [DOWNSTREAM], "BOTH": [UPSTREAM, DOWNSTREAM]}[
        direction
    ]


def _union(walks: list[Found], limit: int | None) -> Found:
    """All that the walks hold, in order of depth, then id, and no more than the limit."""
    depths = _nearest([walk.depths for walk in walks])
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
        hidden=_nearest([walk.hidden for walk in walks]),
        touching=[edge for walk in walks for edge in walk.touching],
        omitted=(set(beyond) | {id for walk in walks for id in walk.omitted}) - shown.keys(),
        reasons=reasons,
    )


def _nearest(found: Sequence[dict[str, int]]) -> dict[str, int]:
    depths: dict[str, int] = {}
    for each in found:
        for id, depth in each.items():
            depths[id] = min(depth, depths.get(id, depth))
    return depths


def _of_kinds(
    depths: dict[str, int], roots: Sequence[str], kinds: tuple[Kind, ...] | None
) -> dict[str, int]:
    if kinds is None:
        return depths
    rooted = set(roots)
    return {id: depth for id, depth in depths.items() if id in rooted or kind_of(id) in kinds}
