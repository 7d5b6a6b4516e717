"""Whole graphs, written in one statement or drawn by Hypothesis, and what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from graph_api.graph import Graph, Nothing, Query
from graph_api.models.edge import Edge, EdgeKind
from graph_api.models.entity import PREFIXES, Kind
from graph_api.models.ledger import GENESIS
from graph_api.models.viewer import Viewer

WRITE = Query(
    "tests/write",
    """
    CREATE (:Ledger {organization_id: $organization_id, seq: $seq, at: $seq, hash: $hash})
    WITH 0 AS none
    CALL () {
      UNWIND range(1, $seq) AS seq
      CREATE (:Change {organization_id: $organization_id, seq: seq, at: seq, by: 'test',
                       what: 'Test', subjects: [], previous: $hash, hash: $hash})
    }
    CALL () {
      UNWIND $nodes AS node
      CREATE (n:Entity:$(node.kind)) SET n = node.properties
    }
    WITH DISTINCT none
    UNWIND $edges AS edge
    MATCH (x:Entity {id: edge.start}), (y:Entity {id: edge.end})
    CREATE (x)-[e:$(edge.kind)]->(y)
    SET e = edge.properties
    """,
    Nothing,
)
ERASE = Query("tests/erase", "UNWIND $ids AS id MATCH (n:Entity {id: id}) DETACH DELETE n", Nothing)
FORGET = Query(
    "tests/forget",
    """
    MATCH (l:Ledger {organization_id: $organization_id})
    DELETE l
    WITH 0 AS none
    MATCH (c:Change) WHERE c.organization_id = $organization_id AND c.seq > 0
    DELETE c
    """,
    Nothing,
)


TYPES = ("raw", "model", None)


@dataclass(frozen=True)
class Node:
    """An entity, its project, and the seq since which it is there."""

    id: str
    project_id: str | None = None
    since: int = 1
    type: str | None = None
    number: int = 0
    collection_id: str | None = None

    @property
    def kind(self) -> Kind:
        """What the id says."""
        return next(kind for kind, prefix in PREFIXES.items() if self.id.startswith(f"{prefix}_"))

    @property
    def stored(self) -> dict[str, Any]:
        """The entity as it lies in the graph."""
        return {
            "id": self.id,
            "project_id": self.project_id,
            "since": self.since,
            "created_at": self.since,
            "type": self.type,
            "meta.number": self.number,
            "collection_id": self.collection_id,
            "index": self.number,
        }


@dataclass(frozen=True)
class Flow:
    """An edge, as data flows, and the seqs between which it holds."""

    edge: Edge
    since: int = 1
    until: int | None = None

    @property
    def key(self) -> tuple[str, str, EdgeKind, str | None]:
        """What is drawn once at a time."""
        return (self.edge.source, self.edge.target, self.edge.kind, self.edge.role)

    def stored(self) -> dict[str, Any]:
        """The edge as it lies in the graph."""
        edge = self.edge
        start, end = (
            (edge.target, edge.source) if edge.kind == "LOGGED_BY" else (edge.source, edge.target)
        )
        properties: dict[str, Any] = {"since": self.since, "until": self.until, "at": self.since}
        if edge.kind == "LOGGED_BY":
            properties["reused"] = edge.reused
        elif edge.kind == "USED_BY":
            properties["via"] = edge.via
        else:
            properties["role"] = edge.role
        return {"start": start, "end": end, "kind": edge.kind, "properties": properties}


@dataclass
class Picture:
    """All that an organization of its own holds, and the newest seq of its ledger."""

    nodes: list[Node] = field(default_factory=list[Node])
    flows: list[Flow] = field(default_factory=list[Flow])
    seq: int = 1
    organization_id: str = field(default_factory=lambda: f"organization_{uuid4().hex}")

    def viewer(self, projects: Sequence[str] | None = None) -> Viewer:
        """Someone who sees these projects, or all."""
        limited = None if projects is None else tuple(projects)
        return Viewer(user="ada", organization_id=self.organization_id, projects=limited)

    def node(self, kind: Kind, project_id: str | None = None, since: int = 1) -> str:
        """Add an entity; its id. Ids of one kind sort as they were added."""
        unique = self.organization_id.rpartition("_")[2]
        count = len(self.nodes)
        id, type = f"{PREFIXES[kind]}_{unique}{count:05}", TYPES[count % 3]
        collection = f"artifact_collection_{unique}{count % 3}" if kind == "Artifact" else None
        node = Node(id, project_id, since, type, count % 5, collection)
        self.nodes.append(node)
        return node.id

    def flow(self, source: str, target: str, kind: EdgeKind, **more: Any) -> None:
        """Add an edge along which data flows."""
        self.flows.append(Flow(Edge(source=source, target=target, kind=kind, **more)))

    def step(self, source: str, target: str) -> str:
        """Add a run that used the one and logged the other; its id."""
        run = self.node("Run")
        self.flow(source, run, "USED_BY")
        self.flow(run, target, "LOGGED_BY")
        return run

    async def write(self, graph: Graph) -> None:
        """Put it all into the graph."""
        await graph.write(
            WRITE,
            organization_id=self.organization_id,
            seq=self.seq,
            hash=GENESIS,
            nodes=[{"kind": node.kind, "properties": node.stored} for node in self.nodes],
            edges=[flow.stored() for flow in self.flows],
        )

    async def erase(self, graph: Graph) -> None:
        """Take it all out again."""
        await graph.write(ERASE, ids=[node.id for node in self.nodes])
        await graph.write(FORGET, organization_id=self.organization_id)


PROJECTS = ("project_a", "project_b", "project_c")
ROLES = ("training dataset", "teacher", "version", "snapshot")
_KINDS: tuple[Kind, ...] = ("Artifact", "Run", "Artifact", "Run", "Model", "Dataset", "Experiment")
_EDGES: tuple[EdgeKind, ...] = ("USED_BY", "LOGGED_BY", "LINKED_TO")

_node = st.tuples(st.sampled_from(_KINDS), st.sampled_from((*PROJECTS, None)), st.integers(1, 4))
_number = st.integers(0, 63)
_flow = st.tuples(
    st.sampled_from(_EDGES),
    _number,
    _number,
    st.tuples(st.sampled_from(ROLES), st.booleans(), st.none() | _number),
    st.tuples(st.integers(0, 4), st.none() | st.integers(1, 4)),
)
_shape = st.tuples(st.sampled_from(("chain", "fan", "ladder", "loop")), _number, st.integers(2, 5))


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Chains, fans, ladders of diamonds and loops, with any edges between all they are made of."""
    picture = Picture()
    picture.node("Run", PROJECTS[0])
    for kind, project_id, since in draw(st.lists(_node, min_size=1, max_size=14)):
        picture.node(kind, project_id, since)
    for shape, at, size in draw(st.lists(_shape, max_size=3)):
        _add(picture, shape, picture.nodes[at % len(picture.nodes)].id, size)
    ids = [node.id for node in picture.nodes]
    runs = [node.id for node in picture.nodes if node.kind == "Run"]
    containers = [node.id for node in picture.nodes if node.kind in ("Model", "Dataset")]
    for kind, i, j, (role, reused, via), (delay, life) in draw(st.lists(_flow, max_size=40)):
        source, target = ids[i % len(ids)], ids[j % len(ids)]
        edge = Edge(source=source, target=target, kind="LINKED_TO", role=role)
        if kind == "USED_BY":
            container = None if via is None or not containers else containers[via % len(containers)]
            edge = Edge(source=source, target=runs[j % len(runs)], kind=kind, via=container)
        elif kind == "LOGGED_BY":
            edge = Edge(source=runs[i % len(runs)], target=target, kind=kind, reused=reused)
        elif source == target:
            continue
        born = {node.id: node.since for node in picture.nodes}
        since = max(born[edge.source], born[edge.target]) + delay
        picture.flows.append(Flow(edge, since, since + life if life else None))
    picture.flows = _one_at_a_time(picture.flows)
    picture.seq = 10
    return picture


def _add(picture: Picture, shape: str, start: str, size: int) -> None:
    """A shape that hangs on an entity: everything flows out of it, a loop also back into it."""
    before, tops = len(picture.flows), [start]
    for _ in range(size):
        if shape == "fan":
            picture.flow(start, picture.node("Run"), "USED_BY")
            continue
        bottom = picture.node("Artifact")
        for top in tops:
            picture.step(top, bottom)
        if shape == "ladder":
            for top in tops:
                picture.step(top, bottom)
        tops = [bottom]
    if shape == "loop":
        picture.step(tops[0], start)
    since = next(node.since for node in picture.nodes if node.id == start)
    picture.flows[before:] = [replace(flow, since=since) for flow in picture.flows[before:]]


def _one_at_a_time(flows: list[Flow]) -> list[Flow]:
    """No edge is drawn while it is there: the later one ends the earlier."""
    kept: dict[tuple[object, ...], Flow] = {}
    for flow in sorted(flows, key=lambda flow: flow.since):
        same = [other for other in kept.values() if other.key == flow.key]
        for other in same:
            if other.until is None or other.until > flow.since:
                kept[(*other.key, other.since)] = replace(other, until=flow.since)
        kept[(*flow.key, flow.since)] = flow
    return [flow for flow in kept.values() if flow.until is None or flow.until > flow.since]
