"""A search in one direction that may find more than fits into memory: it keeps ids alone.

It comes to what :class:`graph_api.services.lineage.walk.Walk` comes to without a limit, and hands
on the edges that it met, some at a time.
"""

import time
from collections.abc import AsyncGenerator, Container, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph_api.graph import Graph, Query
from graph_api.models.lineage import Hops, Reason, Where
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.chosen import chosen
from graph_api.services.lineage.hops import UPSTREAM, columns

# The frontier of one statement: what it answers is in memory.
_BATCH = 2_000


class Met(NamedTuple):
    """Some edges that a search met, and those of them that led it to something new."""

    hops: Hops
    new: list[int]
    """Places of those whose far ends were not known before, and are shown."""
    depth: int
    """Of these ends: edges from the nearest root."""


@dataclass
class WideWalk:
    """A search that is under way."""

    graph: Graph
    viewer: Viewer
    query: Query[Hops]
    seq: int
    where: Where
    fields: Sequence[str]
    """The properties of far ends that are wanted."""
    depth: int | None
    deadline: float
    shown: set[str] = field(default_factory=set[str])
    hidden: dict[str, int] = field(default_factory=dict[str, int])
    touching: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Sources and targets of the edges that have a hidden end."""
    reasons: dict[Reason, None] = field(default_factory=dict[Reason, None])
    _passed: set[str] = field(default_factory=set[str])
    """What is walked through, and not to be shown."""
    _next: list[str] = field(default_factory=list[str])
    """What is a level further."""
    _entered: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """What is shown, and what is hidden next to it."""

    async def run(self, roots: Sequence[str]) -> AsyncGenerator[Met]:
        """What is met, until all is or the deadline has come; of ``shown`` both its ends are."""
        self.shown.update(roots)
        level, frontier = 0, [*roots]
        while frontier:
            start = 0
            # What is hidden behind the hidden is as far as that: a level grows while it is read.
            while start < len(frontier):
                if time.monotonic() > self.deadline:
                    self.reasons["TIMEOUT"] = None
                    return
                batch = frontier[start : start + _BATCH]
                start += len(batch)
                hops = await columns(
                    self.graph, self.query, batch, self.where, self.seq, self.fields
                )
                passed = await self._passed_through(hops)
                yield Met(hops, self._new(hops, level, frontier, passed), level + 1)
            level += 1
            self._enter(level)
            frontier, self._next = await self._going_on(), []

    async def _going_on(self) -> list[str]:
        """What is a level further and behind which the walk goes on."""
        seen = [id for id in self._next if id not in self.hidden]
        ends = await chosen(self.graph, self.where.stop_at, seen)
        return [id for id in self._next if id not in ends]

    async def _passed_through(self, hops: Hops) -> set[str]:
        """The far ends that may be seen and are not to be shown."""
        if self.where.show_only is None:
            return set()
        _, fars = hops.ends_of(upstream=self.query is UPSTREAM)
        ends = zip(fars, hops.projects, strict=True)
        new = {id for id, project in ends if self.viewer.reads(project or None)} - self.shown
        return new - await chosen(self.graph, self.where.show_only, sorted(new))

    def _new(
        self, hops: Hops, level: int, frontier: list[str], passed: Container[str]
    ) -> list[int]:
        """Take in the far ends of hops from a level; the places of those that are shown now."""
        new: list[int] = []
        nears, fars = hops.ends_of(upstream=self.query is UPSTREAM)
        further = self.depth is None or level < self.depth
        for place, (near, far, project) in enumerate(zip(nears, fars, hops.projects, strict=True)):
            known = far in self.shown or far in self._passed
            # What was seen a moment ago may have been moved out of sight since: it stays seen.
            if not known and not self.viewer.reads(project or None):
                self._conceal(near, far, level, frontier)
                continue
            if not known:
                if not further:
                    self.reasons["DEPTH"] = None
                    continue
                self._next.append(far)
                if far in passed:
                    self._passed.add(far)
                else:
                    self.shown.add(far)
                    new.append(place)
            if near in self.hidden:
                self.touching.append(self._flow(near, far))
        return new

    def _conceal(self, near: str, far: str, level: int, frontier: list[str]) -> None:
        """Take in a far end that is hidden; at the end of the level, if what is near is not."""
        self.reasons["PERMISSION"] = None
        if near not in self.hidden and far not in self.hidden:
            self._entered.append((near, far))
            return
        if far not in self.hidden:
            self.hidden[far] = level
            frontier.append(far)
        self.touching.append(self._flow(near, far))

    def _enter(self, level: int) -> None:
        """Take in what is hidden and next to what is shown, at this level."""
        for near, far in self._entered:
            if far not in self.hidden:
                if self.depth is not None and level > self.depth:
                    self.reasons["DEPTH"] = None
                    continue
                self.hidden[far] = level
                self._next.append(far)
            self.touching.append(self._flow(near, far))
        self._entered.clear()

    def _flow(self, near: str, far: str) -> tuple[str, str]:
        """Source and target."""
        return (far, near) if self.query is UPSTREAM else (near, far)
