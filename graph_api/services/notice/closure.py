"""Which changes are within the lineage of an entity, told change by change.

A change is, where one of its subjects is in the closure of the entity as of the change, or as of
the one before. Whoever draws or closes an edge names both of its ends among the subjects of the
change. So a closure changes only where it has one of these, and then by edges of these alone: it
is walked once, and then follows the ledger. What is hidden is walked through, as by any walk.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

from graph_api.graph import Query, Reader
from graph_api.models.ledger import Change
from graph_api.models.lineage import Direction, Hops, Where
from graph_api.services.lineage.hops import DOWNSTREAM, UPSTREAM, columns

# The frontier of one statement.
_BATCH = 2_000


class Closures:
    """Closures that are followed in this process; those that are too many are walked again."""

    def __init__(self, most: int = 1_000_000) -> None:
        """``most`` ids of all together are kept: some 150 MiB."""
        self._most = most
        self._known = OrderedDict[Hashable, _Closure]()
        self._size = 0

    async def touched(
        self, graph: Reader, who: Hashable, of: str, direction: Direction, change: Change
    ) -> list[str]:
        """The subjects of a change that are in the lineage of an entity, itself included.

        ``who`` follows it from change to change.
        """
        known, before = self.forget(who), change.seq - 1
        if known is None or (known.of, known.direction, known.seq) != (of, direction, before):
            known = _Closure(of, direction, before, await _walked(graph, of, direction, before))
        touched = await known.follow(graph, change)
        self._known[who] = known
        self._size += len(known)
        while self._size > self._most and len(self._known) > 1:
            self.forget(next(iter(self._known)))
        return touched

    def forget(self, who: Hashable) -> "_Closure | None":
        """Somebody follows no more."""
        known = self._known.pop(who, None)
        self._size -= 0 if known is None else len(known)
        return known


@dataclass
class _Closure:
    of: str
    direction: Direction
    seq: int
    sides: list[tuple[Query[Hops], set[str]]]

    def __len__(self) -> int:
        return sum(len(ids) for _, ids in self.sides)

    async def follow(self, graph: Reader, change: Change) -> list[str]:
        """Go on to the next change; those of its subjects that are in, or were."""
        touched = set[str]()
        for query, ids in self.sides:
            near = ids.intersection(change.subjects)
            if near:
                before = await _edges(graph, query, near, self.seq)
                after = await _edges(graph, query, near, change.seq)
                if before - after:
                    ids.clear()
                    await _reach(graph, query, ids, [self.of], change.seq)
                else:
                    await _reach(graph, query, ids, (far for _, far in after - before), change.seq)
                touched |= near | ids.intersection(change.subjects)
        self.seq = change.seq
        return [id for id in dict.fromkeys(change.subjects) if id in touched]


async def _walked(
    graph: Reader, of: str, direction: Direction, seq: int
) -> list[tuple[Query[Hops], set[str]]]:
    sides: list[tuple[Query[Hops], set[str]]] = []
    for side, query in (("UPSTREAM", UPSTREAM), ("DOWNSTREAM", DOWNSTREAM)):
        if direction in (side, "BOTH"):
            ids = set[str]()
            await _reach(graph, query, ids, [of], seq)
            sides.append((query, ids))
    return sides


async def _reach(
    graph: Reader, query: Query[Hops], ids: set[str], new: Iterable[str], seq: int
) -> None:
    """Add to the ids those that are new, and all that they lead to as of a seq."""
    frontier = set(new) - ids
    while frontier:
        ids |= frontier
        frontier = {far for _, far in await _edges(graph, query, frontier, seq)} - ids


async def _edges(
    graph: Reader, query: Query[Hops], ids: Collection[str], seq: int
) -> set[tuple[str, str]]:
    """The near and the far ends of all edges of some entities as of a seq."""
    ordered, found = sorted(ids), set[tuple[str, str]]()
    for start in range(0, len(ordered), _BATCH):
        batch = ordered[start : start + _BATCH]
        hops = await columns(graph, query, batch, Where(), seq, ())
        found.update(zip(*hops.ends_of(upstream=query is UPSTREAM), strict=True))
    return found
