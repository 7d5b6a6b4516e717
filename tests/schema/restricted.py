"""A world of several projects, asked by someone who may see some of them.

The truth is what lies in the graph, read as it is; what it comes to for a viewer is found here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from graph_api.graph import Graph, Query
from graph_api.models.edge import MEMBERSHIP
from graph_api.models.viewer import Viewer
from graph_api.schema import schema
from graph_api.schema.context import Context
from graph_api.services.stores import Stores
from graph_api.settings import Settings


class Dumped(BaseModel, frozen=True):
    """All entities with a seq and their present edges, as they lie there."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


DUMP = Query(
    "tests/dump",
    """
    RETURN
      COLLECT {
        MATCH (n:Entity) WHERE n.since IS NOT NULL
        RETURN {
          id: n.id, project_id: n.project_id, name: n.name, search: n.search,
          since: n.since, type: n.type, collection_id: n.collection_id,
          kind: [label IN labels(n) WHERE label <> 'Entity'][0]
        }
      } AS nodes,
      COLLECT {
        MATCH (x:Entity)-[e:USED_BY|LOGGED_BY|LINKED_TO]->(y:Entity) WHERE e.until IS NULL
        RETURN {
          start: x.id, end: y.id, kind: type(e), role: e.role, reused: e.reused, via: e.via,
          index: e.index, stage: e.stage, since: e.since
        }
      } AS edges
    """,
    Dumped,
)


@dataclass
class Asker:
    """GraphQL as a viewer asks it, without a server in between."""

    settings: Settings
    stores: Stores
    viewer: Viewer

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Data, and each error by its code and message."""
        context = await self.context()
        result = await schema.execute(query, variables, context_value=context)
        errors = [(e.message, (e.extensions or {}).get("code")) for e in result.errors or ()]
        return {"data": result.data, "errors": errors}

    async def context(self, *, lasting: bool = False) -> Context:
        """What a resolver can reach for the viewer."""

        async def authenticate(_: Mapping[str, object]) -> Viewer:
            return self.viewer

        context = Context(self.settings, self.stores, authenticate, "http://test/", lasting=lasting)
        await context.refresh()
        return context

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a request without errors."""
        answer = await self.ask(query, **variables)
        assert not answer["errors"], (query, answer["errors"])
        return answer["data"]


class Visible:
    """What of a dump a viewer may see, and what lists and neighbours of it there are."""

    def __init__(self, dump: Dumped, viewer: Viewer) -> None:
        self.nodes = {n["id"]: n for n in dump.nodes if viewer.reads(n["project_id"])}
        self.edges = [e for e in dump.edges if e["start"] in self.nodes and e["end"] in self.nodes]
        self.hidden = sorted(n["id"] for n in dump.nodes if n["id"] not in self.nodes)

    @classmethod
    async def of(cls, graph: Graph, viewer: Viewer) -> "Visible":
        """What there is now."""
        (dump,) = await graph.fetch(DUMP)
        return cls(dump, viewer)

    def ids(self, kind: str, project_id: str | None = None) -> list[str]:
        """Entities of a kind, of one project or of all, in the order of their creation."""
        found = [
            n
            for n in self.nodes.values()
            if n["kind"] == kind and project_id in (None, n["project_id"])
        ]
        return [n["id"] for n in sorted(found, key=lambda n: (n["since"], n["id"]))]

    def ordered(self, kind: str, project_id: str, field: str, direction: str) -> list[str]:
        """Entities of a kind in a project, as a list in this order shows them."""
        found = self.ids(kind, project_id)
        if field == "NAME":
            # Versions of one name lie by index, which is the order of their commits.
            by_id = kind != "Artifact"
            found.sort(key=lambda it: (self.nodes[it]["name"], it if by_id else ""))
        return found[::-1] if direction == "DESC" else found

    def starts(self, kind: str, end: str) -> list[dict[str, Any]]:
        """The edges of a kind into an entity, by the id of the other."""
        found = [e for e in self.edges if e["kind"] == kind and e["end"] == end]
        return sorted(found, key=lambda e: (e["start"], e["role"] or ""))

    def ends(self, kind: str, start: str) -> list[dict[str, Any]]:
        """The edges of a kind out of an entity, by the id of the other."""
        found = [e for e in self.edges if e["kind"] == kind and e["start"] == start]
        return sorted(found, key=lambda e: (e["end"], e["role"] or ""))

    def links(self, edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those that are no membership, as GraphQL shows them."""
        return [
            {"source": {"id": e["start"]}, "target": {"id": e["end"]}, "role": e["role"]}
            for e in edges
            if e["role"] not in MEMBERSHIP
        ]

    def members(self, id: str) -> list[dict[str, Any]]:
        """The members of a model or dataset, by index."""
        found = [e for e in self.starts("LINKED_TO", id) if e["role"] in MEMBERSHIP]
        return sorted(found, key=lambda e: e["index"])

    def shown(self, id: str) -> dict[str, Any]:
        """An entity with its neighbours, as :data:`NEIGHBOURS` asks for them."""
        node = self.nodes[id]
        producers = self.ends("LOGGED_BY", id)
        first = min(producers, key=lambda e: (e["since"], e["end"]), default=None)
        answer: dict[str, Any] = {
            "id": id,
            "project": node["project_id"] and {"id": node["project_id"]},
            "usedBy": {"nodes": [{"id": e["end"]} for e in self.ends("USED_BY", id)]},
            "producers": {"nodes": [{"id": e["end"]} for e in producers]},
            "loggedBy": first and {"id": first["end"]},
            "out": {"nodes": self.links(self.ends("LINKED_TO", id))},
            "in": {"nodes": self.links(self.starts("LINKED_TO", id))},
        }
        if node["kind"] == "Run":
            answer["used"] = {
                "nodes": [
                    {
                        "entity": {"id": e["start"]},
                        "via": {"id": e["via"]} if e["via"] in self.nodes else None,
                    }
                    for e in self.starts("USED_BY", id)
                ]
            }
            answer["logged"] = {
                "nodes": [
                    {"entity": {"id": e["start"]}, "reused": bool(e["reused"])}
                    for e in self.starts("LOGGED_BY", id)
                ]
            }
        if node["kind"] in ("Model", "Dataset"):
            members = self.members(id)
            shown = [{"index": e["index"], "artifact": {"id": e["start"]}} for e in members]
            answer["members"] = {"nodes": shown}
            answer["newest"] = shown[-1] if shown else None
        return answer


NEIGHBOURS = """query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Entity {
  project { id } usedBy { nodes { id } } producers { nodes { id } } loggedBy { id }
  out: links(direction: OUT) { nodes { source { id } target { id } role } }
  in: links(direction: IN) { nodes { source { id } target { id } role } } }
  ... on Run { used { nodes { entity { id } via { id } } }
    logged { nodes { entity { id } reused } } }
  ... on Model { members: versions { nodes { index artifact { id } } }
    newest: version { index artifact { id } } }
  ... on Dataset { members: snapshots { nodes { index artifact { id } } }
    newest: snapshot { index artifact { id } } } } }"""
