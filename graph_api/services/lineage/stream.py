"""An answer of any size, told while it is walked: of what was told, only the ids are kept.

It is the answer that :func:`graph_api.services.lineage.lineage` has for one direction and no limit:
who has read enough of it stops reading.
"""

import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field

from graph_api.graph import Graph
from graph_api.models.edge import Edge
from graph_api.models.lineage import FIELDS, End, Reached, Rows, Told, Where
from graph_api.models.project import Project
from graph_api.models.viewer import Viewer
from graph_api.models.where import Side
from graph_api.services import entity
from graph_api.services.lineage.hops import UPSTREAM, queries, without_hidden_containers
from graph_api.services.lineage.region import regions
from graph_api.services.lineage.roots import begin
from graph_api.services.lineage.wide import Met, WideWalk


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
    (query,) = queries(direction)
    deadline = time.monotonic() + seconds
    yield []
    fields = FIELDS if rows == "NODES" else ()
    walk = WideWalk(graph, viewer, query, moment.seq, where or Where(), fields, depth, deadline)
    telling, distinct = _Telling(walk), sorted(set(roots))
    if rows == "NODES":
        yield await telling.roots(distinct)
    async for met in walk.run(distinct):
        yield await (telling.nodes(met) if rows == "NODES" else telling.edges(met))
    hidden = regions(walk.hidden, walk.touching, walk.shown)
    yield End(moment, tuple(walk.reasons), tuple(hidden))


@dataclass
class _Telling:
    """What is told of a walk."""

    walk: WideWalk
    _names: dict[str | None, str | None] = field(default_factory=dict[str | None, str | None])
    """Of projects, by id; None for those that the viewer may not see."""

    async def roots(self, roots: Sequence[str]) -> list[Reached]:
        walk, fields = self.walk, ["id", "project_id", *FIELDS]
        (found,) = await walk.graph.fetch(
            entity.BY_IDS, ids=roots, fields=fields, projects=walk.viewer.projects
        )
        rows = [*zip(*found.columns, strict=True)]
        await self._name(project_id for _, project_id, *_ in rows)
        return [Reached(id, 0, self._names.get(at), *rest) for id, at, *rest in rows]

    async def nodes(self, met: Met) -> list[Reached]:
        hops = met.hops
        await self._name(hops.projects)
        _, fars = hops.ends_of(upstream=self.walk.query is UPSTREAM)
        return [
            Reached(
                fars[place], met.depth, self._names.get(hops.projects[place]), *hops.fields[place]
            )
            for place in met.new
        ]

    async def edges(self, met: Met) -> list[Edge]:
        shown = self.walk.shown
        edges: list[Edge] = [
            hop for hop in met.hops.each() if hop.source in shown and hop.target in shown
        ]
        return await without_hidden_containers(self.walk.graph, self.walk.viewer, edges)

    async def _name(self, project_ids: Iterable[str | None]) -> None:
        """Look up the names of projects that were not come upon before."""
        new = [id for id in {*project_ids} - self._names.keys() if id]
        rows = await entity.by_ids(self.walk.graph, self.walk.viewer, Project, new)
        self._names |= {id: row and row.name for id, row in zip(new, rows, strict=True)}
