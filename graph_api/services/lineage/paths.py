"""The paths between two entities, the shortest first, and what lies on each of them."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from heapq import heappop, heappush

from graph_api.errors import BadInput, TooSlow
from graph_api.models.edge import Edge
from graph_api.models.lineage import Between, Path, Step

# What stands in a path where it leads through what the viewer may not see.
_HIDDEN = "(hidden)"
# Paths, and beginnings of paths, that are kept at most.
_MOST, _MOST_BEGUN = 10_000, 500_000
# Seconds.
_MOMENT = 0.05


class Paths:
    """The simple paths through what lies between two entities, found as they are asked for.

    They are sorted by length, then by the ids on them. The search goes best first, and knows of
    each entity how far the target is (A*; Hart, Nilsson and Raphael 1968): where there are no
    cycles, nothing is looked at that is on no path to come. Ways through the hidden that touch the
    same two entities are one.
    """

    def __init__(self, found: Between, seconds: float) -> None:
        self._between = found
        self._seconds = seconds
        self._known: list[Path] = []
        self._search = self._paths()
        self._one_by_one = asyncio.Lock()
        self._waiting: list[tuple[int, tuple[str, ...]]] = []
        """Beginnings of paths, by the length that they have at least; a heap."""
        self._left: dict[str, int] = {}
        """Edges from each entity to the target."""
        self._after: dict[str, list[tuple[str, int]]] = {}
        """What comes after an entity and is seen, as far as that was asked."""
        self._edges = defaultdict[tuple[str, str], list[Edge]](list)
        self._onward = defaultdict[str, set[str]](set)

    async def upto(self, count: int) -> list[Path]:
        """The first so many; TooSlow for what takes too long, BadInput for too much to keep."""
        async with self._one_by_one:
            deadline, found = time.monotonic() + self._seconds, False
            while not found:
                if time.monotonic() > deadline:
                    raise TooSlow(self._seconds)
                # For a moment at a time, so that who goes away ends it.
                found = await asyncio.to_thread(self._advance, count)
        return self._known[:count]

    def _advance(self, count: int) -> bool:
        """Search on for a moment; whether so many paths, or all, are known."""
        until = time.monotonic() + _MOMENT
        if not self._left:
            self._begin()
        while len(self._known) < count:
            try:
                path = next(self._search)
            except StopIteration:
                return True
            if path is not None:
                self._known.append(path)
            if len(self._known) > _MOST or len(self._waiting) > _MOST_BEGUN:
                raise BadInput(
                    f"More than {_MOST:,} paths, or {_MOST_BEGUN:,} beginnings of some, are too "
                    "many to keep; ask for the first ones, or narrow them by `where`."
                )
            if time.monotonic() > until:
                return False
        return True

    def _begin(self) -> None:
        for edge in self._between.edges:
            self._edges[edge.source, edge.target].append(edge)
            self._onward[edge.source].add(edge.target)
        self._left = self._distances()

    def _paths(self) -> Iterator[Path | None]:
        """The paths, and None now and then while none is found."""
        source, target = self._between.source, self._between.target
        left = self._left
        if source not in left:
            return
        waiting = self._waiting
        waiting.append((left[source], (source,)))
        while waiting:
            length, ids = heappop(waiting)
            last = ids[-1]
            if last == target:
                yield self._path(ids)
                continue
            yield None
            gone = length - left[last]
            if last not in self._after:
                self._after[last] = [*self._next(last)]
            for far, step in self._after[last]:
                if far in left and far not in ids:
                    way = (*ids, _HIDDEN, far) if step == 2 else (*ids, far)
                    heappush(waiting, (gone + step + left[far], way))

    def _next(self, near: str) -> Iterator[tuple[str, int]]:
        """What comes next and is seen, and the edges to there."""
        hidden = self._between.hidden
        behind = self._onward[near] & hidden
        yield from ((far, 1) for far in self._onward[near] - hidden)
        waiting, beyond = [*behind], set[str]()
        while waiting:
            for far in self._onward[waiting.pop()]:
                if far not in hidden:
                    beyond.add(far)
                elif far not in behind:
                    behind.add(far)
                    waiting.append(far)
        yield from ((far, 2) for far in beyond - {near})

    def _distances(self) -> dict[str, int]:
        """Edges from each entity to the target; those between hidden entities count nothing."""
        hidden, back = self._between.hidden, defaultdict[str, list[str]](list)
        for near, far in self._edges:
            back[far].append(near)
        distances, waiting = dict[str, int](), deque([(self._between.target, 0)])
        while waiting:
            id, distance = waiting.popleft()
            if id in distances:
                continue
            distances[id] = distance
            for near in back[id]:
                if near in hidden and id in hidden:
                    waiting.appendleft((near, distance))
                else:
                    waiting.append((near, distance + 1))
        return distances

    def _path(self, ids: tuple[str, ...]) -> Path:
        steps: list[Step] = []
        seen, hidden = ids[0], False
        for id in ids[1:]:
            if id == _HIDDEN:
                hidden = True
                continue
            edges = () if hidden else tuple(self._edges[seen, id])
            steps.append(Step(seen, id, edges))
            seen, hidden = id, False
        return Path((ids[0], *(step.target for step in steps)), tuple(steps))


def cuts(found: Between) -> list[str]:
    """The entities, between the two, that are on every path, in their order: articulation points.

    Along one path, what is reached from the part before an entity without it says whether another
    way leads around it; each edge is looked at once.
    """
    onward = defaultdict[str, list[str]](list)
    for edge in found.edges:
        onward[edge.source].append(edge.target)
    path = _any_path(found, onward)
    places = {id: place for place, id in enumerate(path)}
    cut: list[str] = []
    around, furthest = set[str](), 0
    for place, id in enumerate(path[:-1]):
        if 0 < place == furthest and id not in found.hidden:
            cut.append(id)
        waiting = [id]
        while waiting:
            for far in onward[waiting.pop()]:
                if far in places:
                    furthest = max(furthest, places[far])
                elif far not in around:
                    around.add(far)
                    waiting.append(far)
    return cut


def _any_path(found: Between, onward: dict[str, list[str]]) -> list[str]:
    before: dict[str, str | None] = {found.source: None}
    waiting = [found.source]
    while waiting and found.target not in before:
        id = waiting.pop()
        for far in onward[id]:
            if far not in before:
                before[far] = id
                waiting.append(far)
    path = [found.target] if found.target in before else []
    while path and (previous := before[path[-1]]) is not None:
        path.append(previous)
    return path[::-1]
