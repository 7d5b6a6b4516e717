"""Lists of a world that is seen in part: page by page to the end, and back to the beginning."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import networkx as nx

from graph_api.models.edge import MEMBERSHIP
from tests.environment import environment
from tests.schema.restricted import Asker, Visible
from tests.services.graphs import Picture

LISTS = {
    "artifacts": "Artifact",
    "runs": "Run",
    "models": "Model",
    "datasets": "Dataset",
    "artifactCollections": "ArtifactCollection",
}
ORDERS = (("CREATED", "DESC"), ("NAME", "ASC"), ("NAME", "DESC"), ("CREATED", "ASC"))
# Lists that are asked for in one request.
_TOGETHER = 12


@dataclass(frozen=True)
class Asked:
    """A list that is asked for with a filter, and all that the filter holds for anywhere."""

    list: str
    where: dict[str, Any]
    wanted: set[str]


@dataclass
class Walk:
    """A list in an order, whose pages are asked for one after the other."""

    asked: Asked
    order: tuple[str, str]
    size: int
    there: list[str]
    """All that the viewer must find, in that order."""
    start: int = 0
    end: int = 0
    """Which of these the last page showed."""
    cursors: tuple[str | None, str | None] = (None, None)
    """The first and the last of it."""

    def arguments(self, *, back: bool) -> str:
        """The page that is asked for next."""
        by = f"orderBy: {{field: {self.order[0]}, direction: {self.order[1]}}}"
        cut, most, cursor = (
            ("before", "last", self.cursors[0]) if back else ("after", "first", self.cursors[1])
        )
        return f"{by}, {most}: {self.size}" + (f', {cut}: "{cursor}"' if cursor else "")

    def take(self, page: Any, *, back: bool) -> None:
        """That page is as it must be."""
        if back:
            self.start, self.end = max(self.start - self.size, 0), self.start
        else:
            self.start, self.end = self.end, min(self.end + self.size, len(self.there))
        info = page["pageInfo"]
        self.cursors = info["startCursor"], info["endCursor"]
        wanted = {
            "totalCount": len(self.there),
            "nodes": [{"id": id} for id in self.there[self.start : self.end]],
            "pageInfo": {
                "hasPreviousPage": self.start > 0,
                "hasNextPage": self.end < len(self.there),
                "startCursor": self.cursors[0],
                "endCursor": self.cursors[1],
            },
        }
        assert page == wanted, (self.asked, self.order, self.size, back)

    def ended(self, *, back: bool) -> bool:
        """Whether nothing more lies there."""
        return self.start == 0 if back else self.end == len(self.there)


def reached(picture: Picture) -> "nx.DiGraph[str]":
    """All along which data flows, seen or not."""
    flow: nx.DiGraph[str] = nx.DiGraph()
    flow.add_nodes_from(node.id for node in picture.nodes)
    flow.add_edges_from(
        (f.edge.source, f.edge.target) for f in picture.flows if f.edge.role not in MEMBERSHIP
    )
    return flow


def lists(world: Visible, picture: Picture) -> Iterator[Asked]:
    """Every list of a project, with filters that name what lies around."""
    flow = reached(picture)
    roots = [node.id for node in picture.nodes if node.id in world.nodes and node.project_id]
    for list_name, kind in LISTS.items():
        yield Asked(list_name, {}, set(world.ids(kind)))
        if list_name not in ("artifacts", "runs"):
            continue
        for _ in ORDERS[1:]:
            yield Asked(list_name, {}, set(world.ids(kind)))
        for root in roots[:: 1 + len(roots) // 4]:
            before = set(nx.dfs_preorder_nodes(flow.reverse(), root)) - {root}
            after = set(nx.dfs_preorder_nodes(flow, root)) - {root}
            yield Asked(list_name, {"upstreamOf": root}, before)
            yield Asked(list_name, {"not": {"downstreamOf": root}}, set(flow) - after)
    for id in world.ids("Run"):
        used = {e["start"] for e in world.starts("USED_BY", id)}
        logged = {e["start"] for e in world.starts("LOGGED_BY", id)}
        yield Asked("artifacts", {"usedBy": id}, used)
        yield Asked("models", {"loggedBy": id}, logged)
    for id in (*world.ids("Model"), *world.ids("Dataset"), *roots[:: 1 + len(roots) // 6]):
        users = [e for e in world.edges if e["kind"] == "USED_BY" and id in (e["start"], e["via"])]
        yield Asked("runs", {"uses": id}, {e["end"] for e in users})
        yield Asked("runs", {"logged": id}, {e["end"] for e in world.ends("LOGGED_BY", id)})


async def check_lists(
    asker: Asker, world: Visible, picture: Picture, names: dict[str, str]
) -> None:
    """Every page of every list of a project shows what the viewer may see of it, and that alone."""
    asked = list(lists(world, picture))
    for project_name, project_id in names.items():
        if project_id not in world.nodes:
            continue
        walks: list[Walk] = []
        shapes: dict[tuple[str, ...], int] = {}
        for number, it in enumerate(asked):
            # Neo4j plans each filter anew for each order, which takes longer than all else.
            shape = shapes.setdefault((it.list, *it.where), len(shapes))
            turn = shape if it.where and not environment.deep else number
            order = ORDERS[turn % len(ORDERS)]
            ids = world.ordered(LISTS[it.list], project_id, *order)
            there = [id for id in ids if id in it.wanted]
            walks.append(Walk(it, order, 2 if it.where else 1, there))
        for part in range(0, len(walks), _TOGETHER):
            await _walk(asker, project_name, walks[part : part + _TOGETHER])


async def _walk(asker: Asker, project_name: str, walks: list[Walk]) -> None:
    for back in (False, True):
        going = [walk for walk in walks if not (back and walk.ended(back=True))]
        while going:
            await _ask(asker, project_name, going, back=back)
            going = [walk for walk in going if not walk.ended(back=back)]


async def _ask(asker: Asker, project_name: str, walks: list[Walk], *, back: bool) -> None:
    fields: list[str] = []
    takes: list[str] = []
    for number, walk in enumerate(walks):
        kind = LISTS[walk.asked.list]
        takes.append(f"$w{number}: {kind}Where")
        fields.append(
            f'a{number}: {walk.asked.list}(project: "{project_name}", where: $w{number}, '
            f"{walk.arguments(back=back)}) {{ totalCount nodes {{ id }} "
            "pageInfo { hasPreviousPage hasNextPage startCursor endCursor } }"
        )
    values = {f"w{number}": walk.asked.where for number, walk in enumerate(walks)}
    data = await asker.data(f"query ({', '.join(takes)}) {{ {' '.join(fields)} }}", **values)
    for number, walk in enumerate(walks):
        walk.take(data[f"a{number}"], back=back)
