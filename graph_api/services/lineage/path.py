"""The way that a link would close to a cycle."""

from itertools import groupby

from graph_api.graph import Query, Reader
from graph_api.models.lineage import Hop, Hops, Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.hops import DOWNSTREAM, UPSTREAM, far, hops, near

HIDDEN = "(hidden)"


async def path(
    reader: Reader,
    viewer: Viewer,
    start: str,
    goal: str,
    seq: int,
    *,
    avoiding: frozenset[str] = frozenset(),
    start_seen: bool = True,
) -> list[str] | None:
    """A shortest way along which data flows from one entity to another, both included.

    None where there is none that leads through nothing to be avoided. What the viewer may not see
    (the start, too, unless ``start_seen``) is passed through as a walk does, so that its edges
    count nothing, and each stretch of it is told as one ``(hidden)``. Searches from both ends, the
    smaller frontier first.
    """
    if start in avoiding or goal in avoiding:
        return None
    if start == goal:
        return [start]
    where = Where(avoiding=avoiding)
    sides = (
        _Side(reader, viewer, DOWNSTREAM, start, seq, where),
        _Side(reader, viewer, UPSTREAM, goal, seq, where),
    )
    if not start_seen:
        sides[0].hidden.add(start)
    while all(side.frontier for side in sides):
        side, other = sorted(sides, key=lambda side: len(side.frontier))
        met = await side.step(other)
        if met is not None:
            trail = [*reversed(sides[0].trail(met)), *sides[1].trail(met)[1:]]
            hidden = sides[0].hidden | sides[1].hidden
            return [id for id, _ in groupby(HIDDEN if id in hidden else id for id in trail)]
    return None


class _Side:
    """The search from one end."""

    def __init__(
        self,
        reader: Reader,
        viewer: Viewer,
        query: Query[Hops],
        start: str,
        seq: int,
        where: Where,
    ) -> None:
        self._reader = reader
        self._viewer = viewer
        self._query = query
        self._seq = seq
        self._where = where
        self._parents: dict[str, str | None] = {start: None}
        self.frontier = [start]
        self.hidden: set[str] = set()

    async def step(self, other: "_Side") -> str | None:
        """Go one edge on; where the two sides meet, if they do."""
        further: list[Hop] = []
        while self.frontier:
            asked = await hops(self._reader, self._query, self.frontier, self._where, self._seq)
            behind = [hop for hop in asked if self._is_within(hop)]
            further += [hop for hop in asked if not self._is_within(hop)]
            self.frontier, met = self._reached(behind, other)
            if met is not None:
                return met
        self.frontier, met = self._reached(further, other)
        return met

    def trail(self, id: str) -> list[str]:
        """The way back from an entity to where the search began."""
        trail = [id]
        while (parent := self._parents[trail[-1]]) is not None:
            trail.append(parent)
        return trail

    def _is_within(self, hop: Hop) -> bool:
        """Whether both ends are hidden."""
        return near(self._query, hop) in self.hidden and not self._viewer.reads(hop.project_id)

    def _reached(self, met: list[Hop], other: "_Side") -> tuple[list[str], str | None]:
        """What is new at the far ends, and the first of it that the other side knows."""
        new: list[str] = []
        for hop in met:
            end = far(self._query, hop)
            if end in self._parents:
                continue
            if not self._viewer.reads(hop.project_id):
                self.hidden.add(end)
            self._parents[end] = near(self._query, hop)
            new.append(end)
            if end in other._parents:
                return new, end
        return new, None
