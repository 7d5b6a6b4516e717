"""From which of several roots each entity is reached.

A search from all roots at once, in which each entity hands on what is new to it (Then et al., "The
More the Merrier: Efficient Multi-Source Graph Traversal", VLDB 2014): a bit for each root.
"""

import time
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

from graph_api.models.lineage import Reason


class Reached(NamedTuple):
    """What the search found."""

    roots: dict[str, int]
    """By entity: a bit for each, the lowest for the first."""
    cut_by: set[Reason]
    """DEPTH, TIMEOUT: what ended it before its end."""


def reached_by(
    roots: Sequence[str],
    edges: Iterable[tuple[str, str]],
    hidden: Container[str],
    ends: Container[str],
    depth: int | None,
    deadline: float,
) -> Reached:
    """The roots from which a walk of so many edges comes to each entity.

    ``edges`` lead away from the roots. Those between two hidden entities count nothing. From
    ``ends`` only a walk that began there goes on.
    """
    search = _Search(edges, hidden, ends, dict.fromkeys(roots))
    return search.run(depth, deadline)


class _Search:
    def __init__(
        self,
        edges: Iterable[tuple[str, str]],
        hidden: Container[str],
        ends: Container[str],
        roots: Iterable[str],
    ) -> None:
        self._away = defaultdict[str, list[str]](list)
        for near, far in edges:
            self._away[near].append(far)
        self._hidden = hidden
        self._ends = ends
        self._bits = {root: 1 << place for place, root in enumerate(roots)}
        self._reached = dict(self._bits)

    def run(self, depth: int | None, deadline: float) -> Reached:
        """The roots of each entity."""
        new, level, cut_by = dict(self._bits), 0, set[Reason]()
        while new:
            if time.monotonic() > deadline:
                cut_by.add("TIMEOUT")
                break
            self._behind(new)
            further: dict[str, int] = {}
            for near, bits in new.items():
                for far in self._away.get(near, ()):
                    if fresh := self._handed(near, bits) & ~self._reached.get(far, 0):
                        further[far] = further.get(far, 0) | fresh
            if level == depth:
                cut_by |= {"DEPTH"} if further else set()
                break
            for id, bits in further.items():
                self._reached[id] = self._reached.get(id, 0) | bits
            new, level = further, level + 1
        return Reached(self._reached, cut_by)

    def _behind(self, new: dict[str, int]) -> None:
        """What is hidden behind the hidden is as far as that."""
        waiting = [id for id in new if id in self._hidden]
        while waiting:
            near = waiting.pop()
            for far in self._away.get(near, ()):
                fresh = new[near] & ~self._reached.get(far, 0) if far in self._hidden else 0
                if fresh:
                    self._reached[far] = self._reached.get(far, 0) | fresh
                    new[far] = new.get(far, 0) | fresh
                    waiting.append(far)

    def _handed(self, near: str, bits: int) -> int:
        return bits & self._bits.get(near, 0) if near in self._ends else bits
