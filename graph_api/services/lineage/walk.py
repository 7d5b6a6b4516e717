"""One search in one direction."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph_api.graph import Query, Reader
from graph_api.models.lineage import Hop, Hops, Reason, Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.chosen import chosen
from graph_api.services.lineage.hops import far, hops, near

# The frontier of one statement: small enough that a deadline between two of them is kept.
_BATCH = 2_000


@dataclass
class Found:
    """What a walk met.

    ``depths`` and ``edges`` are what the viewer may see; ``hidden`` are the depths of what they may
    not, and ``touching`` the edges that have such an end.
    """

    depths: dict[str, int] = field(default_factory=dict[str, int])
    edges: list[Hop] = field(default_factory=list[Hop])
    hidden: dict[str, int] = field(default_factory=dict[str, int])
    touching: list[Hop] = field(default_factory=list[Hop])
    omitted: set[str] = field(default_factory=set[str])
    reasons: dict[Reason, None] = field(default_factory=dict[Reason, None])


class Walk:
    """A search that is under way."""

    def __init__(
        self,
        reader: Reader,
        viewer: Viewer,
        query: Query[Hops],
        seq: int,
        where: Where,
        deadline: float,
    ) -> None:
        self._reader = reader
        self._viewer = viewer
        self._query = query
        self._seq = seq
        self._where = where
        self._deadline = deadline
        self._found = Found()

    async def run(self, roots: Sequence[str], depth: int | None, limit: int | None) -> Found:
        """The entities that the walk reaches, and every edge along it between them."""
        found = self._found
        level = 0
        frontier = self._admit(roots, level, depth, limit)
        while frontier:
            # Beyond a limit no entity is added, but the last ones added are still asked for the
            # edges between what is shown.
            met = await self._level(frontier, level)
            level += 1
            seen = [hop for hop in met if self._viewer.reads(hop.project_id)]
            new = self._admit((far(self._query, hop) for hop in seen), level, depth, limit)
            frontier = await self._going_on(new)
            if len(seen) < len(met):
                frontier += self._enter(met, level, depth)
            self._keep(met)
        return found

    def _admit(
        self, ids: Iterable[str], level: int, depth: int | None, limit: int | None
    ) -> list[str]:
        """Those of the ids that are new and within depth and limit; the others are left out."""
        found = self._found
        new = sorted(set(ids) - found.depths.keys() - found.omitted)
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

    async def _going_on(self, new: list[str]) -> list[str]:
        """Those of the entities behind which the walk goes on."""
        ends = await chosen(self._reader, self._where.stop_at, new)
        return [id for id in new if id not in ends]

    def _enter(self, met: Iterable[Hop], level: int, depth: int | None) -> list[str]:
        """The hidden entities that are new and within the depth; no limit counts them."""
        self._say("PERMISSION")
        new = self._new(
            far(self._query, hop) for hop in met if not self._viewer.reads(hop.project_id)
        )
        if new and depth is not None and level > depth:
            self._say("DEPTH")
            return []
        self._found.hidden.update(dict.fromkeys(new, level))
        return new

    async def _level(self, frontier: list[str], level: int) -> list[Hop]:
        """Every edge from here. What is hidden behind the hidden is as far as that."""
        met: list[Hop] = []
        while frontier:
            asked = await self._asked(frontier)
            met += asked
            frontier = self._behind(asked) if self._found.hidden else []
            self._found.hidden.update(dict.fromkeys(frontier, level))
        return met

    def _behind(self, met: Iterable[Hop]) -> list[str]:
        hidden = self._found.hidden
        return self._new(
            far(self._query, hop)
            for hop in met
            if near(self._query, hop) in hidden and not self._viewer.reads(hop.project_id)
        )

    def _new(self, hidden: Iterable[str]) -> list[str]:
        """Those that are not known yet.

        What was shown a moment ago may have been moved out of sight since: it stays shown.
        """
        found = self._found
        return [
            id for id in dict.fromkeys(hidden) if id not in found.hidden and id not in found.depths
        ]

    async def _asked(self, frontier: list[str]) -> list[Hop]:
        met: list[Hop] = []
        for start in range(0, len(frontier), _BATCH):
            if time.monotonic() > self._deadline:
                self._say("TIMEOUT")
                break
            batch = frontier[start : start + _BATCH]
            met += await hops(self._reader, self._query, batch, self._where, self._seq)
        return met

    def _keep(self, met: Iterable[Hop]) -> None:
        """Keep the edges of which neither end was left out."""
        found = self._found
        there = [
            hop
            for hop in met
            if (end := far(self._query, hop)) in found.depths or end in found.hidden
        ]
        if not found.hidden:
            found.edges += there
            return
        for hop in there:
            touches = hop.source in found.hidden or hop.target in found.hidden
            (found.touching if touches else found.edges).append(hop)

    def _say(self, reason: Reason) -> None:
        self._found.reasons[reason] = None
