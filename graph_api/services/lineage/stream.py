"""An answer of any size, told while it is walked: of what was told, only the ids are kept.

It is the answer that :func:`graph_api.services.lineage.lineage` has for one direction and no limit:
who has read enough of it stops reading.
"""

import time
from collections.abc import AsyncGenerator, Container, Iterable, Sequence
from dataclasses import dataclass, field

from graph_api.graph import Graph, Query
from graph_api.models.edge import Edge
from graph_api.models.lineage import FIELDS, End, Hops, Reached, Reason, Rows, Told, Where
from graph_api.models.project import Project
from graph_api.models.viewer import Viewer
from graph_api.models.where import Side
from graph_api.services import entity
from graph_api.services.lineage.ahead import Ahead
from graph_api.services.lineage.chosen import chosen
from graph_api.services.lineage.hops import DOWNSTREAM, UPSTREAM, without_hidden_containers
from graph_api.services.lineage.region import regions
from graph_api.services.lineage.roots import begin

# The frontier of one statement: what it answers is in memory.
_BATCH = 2_000


async def stream(
    graph: Graph,
    viewer: Viewer,
    roots: Sequence[str],
    direction: Side,
    rows: Rows,
    *,
    depth: int | None = None,
    where: Where | None = None,
    as_of: int | None = None,
    seconds: float,
) -> AsyncGenerator[Told | End]:
    """The entities of an answer by depth, the roots first, or its edges; some at a time, then End.

    Nothing is told once the question is known to be right, and again where a step finds nothing.
    ``seconds`` is the longest time; TIMEOUT is said after it. Raises as a lineage does, before the
    first of them.
    """
    moment = await begin(graph, viewer, roots, depth, as_of)
    query = UPSTREAM if direction == "UPSTREAM" else DOWNSTREAM
    deadline = time.monotonic() + seconds
    yield []
    where = where or Where()
    hops = Ahead(graph, query, where, moment.seq, FIELDS if rows == "NODES" else ())
    walk = _Walk(graph, viewer, query, where, hops, rows, depth, deadline)
    async for told in walk.run(sorted(set(roots))):
        yield told
    hidden = regions(walk.hidden, walk.touching, walk.shown)
    yield End(moment, tuple(walk.reasons), tuple(hidden))


@dataclass
class _Walk:
    graph: Graph
    viewer: Viewer
    query: Query[Hops]
    where: Where
    hops: Ahead
    rows: Rows
    depth: int | None
    deadline: float
    shown: set[str] = field(default_factory=set[str])
    hidden: dict[str, int] = field(default_factory=dict[str, int])
    touching: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Sources and targets of the edges that have a hidden end."""
    reasons: dict[Reason, None] = field(default_factory=dict[Reason, None])
    _passed: set[str] = field(default_factory=set[str])
    """What is walked through, and not to be shown."""
    _names: dict[str | None, str | None] = field(default_factory=dict[str | None, str | None])
    """Of projects, by id; None for those that the viewer may not see."""
    _next: list[str] = field(default_factory=list[str])
    """What is a level further."""
    _entered: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """What is shown, and what is hidden next to it."""

    async def run(self, roots: Sequence[str]) -> AsyncGenerator[Told]:
        """What is told, until all is or the deadline has come."""
        self.shown.update(roots)
        if self.rows == "NODES":
            yield await self._roots(roots)
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
                hops = await self.hops.of(batch)
                if self.rows == "NODES":
                    await self._name(hops.projects)
                nodes = self._nodes(hops, level, frontier, await self._passed_through(hops))
                yield nodes if self.rows == "NODES" else await self._edges(hops)
            level += 1
            self._enter(level)
            frontier, self._next = await self._going_on(), []

    async def _going_on(self) -> list[str]:
        """What is a level further and behind which the walk goes on."""
        seen = [id for id in self._next if id not in self.hidden]
        ends = await chosen(self.graph, self.where.stop_at, seen)
        return [id for id in self._next if id not in ends]

    async def _roots(self, roots: Sequence[str]) -> list[Reached]:
        fields = ["id", "project_id", *FIELDS]
        (found,) = await self.graph.fetch(
            entity.BY_IDS, ids=roots, fields=fields, projects=self.viewer.projects
        )
        rows = [*zip(*found.columns, strict=True)]
        await self._name(project_id for _, project_id, *_ in rows)
        return [Reached(id, 0, self._names.get(at), *rest) for id, at, *rest in rows]

    async def _name(self, project_ids: Iterable[str | None]) -> None:
        """Look up the names of projects that were not come upon before."""
        new = [id for id in {*project_ids} - self._names.keys() if id]
        rows = await entity.by_ids(self.graph, self.viewer, Project, new)
        self._names |= {id: row and row.name for id, row in zip(new, rows, strict=True)}

    async def _passed_through(self, hops: Hops) -> set[str]:
        """The far ends that may be seen and are not to be shown."""
        if self.where.show_only is None:
            return set()
        _, fars = hops.ends_of(upstream=self.query is UPSTREAM)
        ends = zip(fars, hops.projects, strict=True)
        new = {id for id, project in ends if self.viewer.reads(project or None)} - self.shown
        return new - await chosen(self.graph, self.where.show_only, sorted(new))

    def _nodes(
        self, hops: Hops, level: int, frontier: list[str], passed: Container[str]
    ) -> list[Reached]:
        """Take in the far ends of hops from a level; those of them that are told."""
        told: list[Reached] = []
        nears, fars = hops.ends_of(upstream=self.query is UPSTREAM)
        further = self.depth is None or level < self.depth
        nodes = self.rows == "NODES"
        for near, far, project, fields in zip(nears, fars, hops.projects, hops.fields, strict=True):
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
                    if nodes:
                        told.append(Reached(far, level + 1, self._names.get(project), *fields))
            if near in self.hidden:
                self.touching.append(self._flow(near, far))
        return told

    async def _edges(self, hops: Hops) -> list[Edge]:
        """Those of the edges, whose ends have been taken in, that are told."""
        edges: list[Edge] = [
            hop for hop in hops.each() if hop.source in self.shown and hop.target in self.shown
        ]
        return await without_hidden_containers(self.graph, self.viewer, edges)

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
