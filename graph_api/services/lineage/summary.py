"""What a lineage answer holds, counted while it is walked: entities by depth, edges, groups.

It is the answer that :func:`graph_api.services.lineage.lineage` has without a limit. A million
entities and their edges are kept as numbers beside their ids, and counted in a thread.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import compress

from graph_api.graph import Graph
from graph_api.models.entity import Kind, kind_of
from graph_api.models.ledger import Moment
from graph_api.models.lineage import Direction, Reason, Region, Where
from graph_api.models.summary import CollapseBy, EdgeCount, EntityCount, Summary
from graph_api.models.viewer import Viewer
from graph_api.services import entity
from graph_api.services.lineage.answer import nearest
from graph_api.services.lineage.chosen import chosen
from graph_api.services.lineage.collapse import FIELDS, collapsed
from graph_api.services.lineage.hops import UPSTREAM, queries
from graph_api.services.lineage.reached import Reached, reached_by
from graph_api.services.lineage.region import regions
from graph_api.services.lineage.roots import begin, check_shared
from graph_api.services.lineage.tally import Tally
from graph_api.services.lineage.wide import WideWalk


async def summary(
    graph: Graph,
    viewer: Viewer,
    roots: Sequence[str],
    direction: Direction,
    *,
    depth: int | None = None,
    where: Where | None = None,
    shared: bool = False,
    by: CollapseBy | None = None,
    as_of: int | None = None,
    seconds: float,
) -> Summary:
    """Counts of all that a lineage with these arguments holds, and, where ``by`` is given, groups.

    ``seconds`` is the longest time of the walks. Raises as a lineage does.
    """
    check_shared(direction, shared=shared)
    moment = await begin(graph, viewer, roots, depth, as_of)
    deadline = time.monotonic() + seconds
    where, fields, roots = where or Where(), FIELDS[by] if by else (), sorted({*roots})
    tally, values = Tally(), await _fields(graph, viewer, roots, fields)
    for root in roots:
        tally.add(root, 0, values.get(root, ()))
    # What is not to be shown still leads from one of several roots to what is.
    followed, walks = replace(where, show_only=None), list[WideWalk]()
    for query in queries(direction):
        walk = WideWalk(graph, viewer, query, moment.seq, followed, fields, depth, deadline)
        walks.append(walk)
        async for met in walk.run(roots):
            tally.take(met, walk.shown, upstream=query is UPSTREAM)
    reasons: dict[Reason, None] = {reason: None for walk in walks for reason in walk.reasons}
    shown = {*tally.numbers}
    if where.show_only is not None:
        shown = await chosen(graph, where.show_only, [*tally.numbers]) | {*roots}
    if shared:
        ends = await chosen(graph, where.stop_at, roots)
        (walk,) = walks
        reached = await asyncio.to_thread(_reached, tally, walk, roots, ends)
        reasons |= dict.fromkeys(reached.cut_by)
        every = (1 << len(roots)) - 1
        shown = {id for id in shown if reached.roots.get(id) == every}
    return await asyncio.to_thread(_counted, moment, tally, walks, shown, roots, by, tuple(reasons))


async def _fields(
    graph: Graph, viewer: Viewer, roots: Sequence[str], fields: Sequence[str]
) -> dict[str, Sequence[str | None]]:
    if not fields:
        return {}
    (found,) = await graph.fetch(
        entity.BY_IDS, ids=roots, fields=["id", *fields], projects=viewer.projects
    )
    return {id: values for id, *values in zip(*found.columns, strict=True)}


def _reached(tally: Tally, walk: WideWalk, roots: Sequence[str], ends: Iterable[str]) -> Reached:
    """The roots from which the walk comes to each entity."""
    ids = [*tally.numbers]
    flows = [(ids[source], ids[target]) for source, target, _ in tally.edges()] + walk.touching
    away = [(target, source) for source, target in flows] if walk.query is UPSTREAM else flows
    return reached_by(roots, away, walk.hidden, {*ends}, walk.depth, walk.deadline)


def _counted(
    moment: Moment,
    tally: Tally,
    walks: Sequence[WideWalk],
    shown: set[str],
    roots: Sequence[str],
    by: CollapseBy | None,
    reasons: tuple[Reason, ...],
) -> Summary:
    if len(walks) == 2:
        tally.keep_once(walks[0].shown, walks[1].shown)
    flags = bytes(id in shown for id in tally.numbers)
    tally.keep_between(flags)
    kinds: list[Kind] = [kind for id in tally.numbers if (kind := kind_of(id))]
    counts = Counter(compress(zip(tally.depths, kinds, strict=True), flags))
    says = Counter(said for _, _, said in tally.edges())
    edge_counts = [EdgeCount(*said, says[at]) for said, at in tally.kinds.items() if says[at]]
    hidden: list[Region] = []
    if by:
        depths = nearest([walk.hidden for walk in walks])
        hidden = regions(depths, [it for walk in walks for it in walk.touching], shown)
    return Summary(
        as_of=moment,
        incomplete_because=reasons,
        counts=tuple(sorted(EntityCount(*of, count) for of, count in counts.items())),
        edge_counts=tuple(sorted(edge_counts, key=lambda it: (it.kind, it.role or ""))),
        collapsed=collapsed(by, tally, flags, roots, hidden) if by else None,
    )
