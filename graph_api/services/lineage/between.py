"""What lies between two entities: all that flowed from the one into the other, and through what."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence

from graph_api.errors import BadInput
from graph_api.graph import Graph, Query
from graph_api.models.lineage import Between, Hop, Hops, Reason, Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.chosen import chosen
from graph_api.services.lineage.hops import (
    DOWNSTREAM,
    UPSTREAM,
    far,
    hops,
    near,
    without_hidden_containers,
)
from graph_api.services.lineage.roots import begin

# Entities of one statement.
_BATCH = 2_000


async def between(
    graph: Graph,
    viewer: Viewer,
    source: str,
    target: str,
    *,
    where: Where | None = None,
    as_of: int | None = None,
    seconds: float,
) -> Between:
    """What data flowed through from the source to the target; nothing where it did not.

    It is searched from both ends, the smaller frontier first, until one side has come to its end:
    so it costs some twice the smaller of what is downstream of the one and upstream of the other.
    ``where.stop_at`` lets no way lead on through what it chooses. Raises as a lineage does.
    """
    where = where or Where()
    if where.show_only is not None:
        raise BadInput("showOnly leaves holes in a path; leave it out, or ask for a lineage.")
    moment = await begin(graph, viewer, [source, target], None, as_of)
    deadline = time.monotonic() + seconds
    sides = (
        _Side(graph, viewer, DOWNSTREAM, source, where, moment.seq),
        _Side(graph, viewer, UPSTREAM, target, where, moment.seq),
    )
    reasons: list[Reason] = []
    while all(side.frontier for side in sides):
        if time.monotonic() > deadline:
            reasons.append("TIMEOUT")
            break
        await min(sides, key=lambda side: len(side.frontier)).step()
    whole = [side for side in sides if not side.frontier]
    met = [hop for side in whole[:1] or sides for hop in side.met]
    seen = sides[0].seen | sides[1].seen
    ends = await chosen(graph, where.stop_at, sorted(seen - {source, target}))
    leading = [hop for hop in met if hop.source not in ends]
    onward = await asyncio.to_thread(_on_the_way, leading, source, target)
    edges = await without_hidden_containers(graph, viewer, onward)
    hidden = frozenset({end for edge in edges for end in (edge.source, edge.target)} - seen)
    if hidden:
        reasons.append("PERMISSION")
    return Between(moment, source, target, tuple(edges), hidden, tuple(reasons))


class _Side:
    """The search from one end."""

    def __init__(
        self, graph: Graph, viewer: Viewer, query: Query[Hops], start: str, where: Where, seq: int
    ) -> None:
        self._graph = graph
        self._viewer = viewer
        self._query = query
        self._where = where
        self._seq = seq
        self._known = {start}
        self.frontier = [start]
        self.met: list[Hop] = []
        """Every edge that was come upon."""
        self.seen = {start}
        """What the viewer may see."""

    async def step(self) -> None:
        """Go on from some of the frontier."""
        batch, self.frontier = self.frontier[:_BATCH], self.frontier[_BATCH:]
        for hop in await hops(self._graph, self._query, batch, self._where, self._seq):
            self.met.append(hop)
            end = far(self._query, hop)
            if end not in self._known:
                self._known.add(end)
                self.frontier.append(end)
                if self._viewer.reads(hop.project_id):
                    self.seen.add(end)


def _on_the_way(met: Iterable[Hop], source: str, target: str) -> list[Hop]:
    """Those edges, each once, that lie on a way from the source to the target."""
    distinct = {(it.source, it.target, it.kind, it.role): it for it in met}
    leading = [it for it in distinct.values() if it.target != source and it.source != target]
    after = _reached(leading, DOWNSTREAM, source)
    before = _reached(leading, UPSTREAM, target)
    return [it for it in leading if it.source in after and it.target in before]


def _reached(met: Sequence[Hop], query: Query[Hops], start: str) -> set[str]:
    further = defaultdict[str, list[str]](list)
    for hop in met:
        further[near(query, hop)].append(far(query, hop))
    reached, waiting = {start}, [start]
    while waiting:
        for id in further.get(waiting.pop(), ()):
            if id not in reached:
                reached.add(id)
                waiting.append(id)
    return reached
