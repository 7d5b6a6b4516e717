"""The beginning of an answer: as much of it as some pages show."""

import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from graph_api.errors import TooSlow
from graph_api.graph import Graph
from graph_api.models.lineage import Direction, Lineage, Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.answer import lineage
from graph_api.services.lineage.kept import Kept

# Entities that a page behind others is looked for among, at first, and how many times more then.
_FIRST = 2_000
_MORE = 8


@dataclass(frozen=True)
class Reading:
    """A page of the entities of an answer: so many, behind the place of one (None: the first)."""

    size: int
    after: str | None = None

    def ends_in(self, found: Lineage) -> bool:
        """Whether the page lies in an answer, and one entity behind it."""
        start = 0 if self.after is None else bisect_right(found.places, self.after)
        return len(found.places) - start > self.size


async def beginning(
    graph: Graph,
    viewer: Viewer,
    roots: Sequence[str],
    direction: Direction,
    readings: Sequence[Reading],
    *,
    depth: int | None = None,
    limit: int | None = None,
    where: Where | None = None,
    as_of: int | None = None,
    seconds: float,
    kept: Kept | None = None,
) -> Lineage:
    """The answer as :func:`lineage` has it, or as many of its first entities as the pages show.

    The first entities of an answer are those of the same one with a limit, so a walk ends where a
    page does: it costs what lies before its end, not what there is. TooSlow where a page would end
    because time ran out, of which it says nothing; else raises as a lineage does.
    """
    deadline = time.monotonic() + seconds
    behind = any(reading.after is not None for reading in readings)
    enough = max(reading.size for reading in readings) + 1
    if behind:
        enough = max(enough, _FIRST)
    while True:
        found = await lineage(
            graph,
            viewer,
            roots,
            direction,
            depth=depth,
            limit=enough if limit is None else min(enough, limit),
            where=where,
            edges=False,
            as_of=as_of,
            seconds=deadline - time.monotonic(),
            kept=kept,
        )
        if all(reading.ends_in(found) for reading in readings):
            return found
        if "TIMEOUT" in found.incomplete_because:
            raise TooSlow(seconds)
        if "NODE_LIMIT" not in found.incomplete_because or (limit is not None and limit <= enough):
            return found
        enough *= _MORE
