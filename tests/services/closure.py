"""What a lineage walk must answer, found the slow and simple way: by networkx over all there is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import networkx as nx

from graph_api.models.edge import MEMBERSHIP, Edge
from graph_api.models.lineage import Direction, Filter, Lineage, Reason, Region, Where
from graph_api.models.viewer import Viewer
from graph_api.models.where import Comparison, Condition, Every
from tests.services.graphs import Flow, Node, Picture


@dataclass
class Answer:
    """A lineage in a form that compares: ``depths`` in their order, ``edges`` sorted."""

    depths: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    edges: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    because: set[Reason] = field(default_factory=set[Reason])
    omitted: set[str] = field(default_factory=set[str])
    hidden: list[Region] = field(default_factory=list[Region])


@dataclass
class _Walk:
    """What one direction comes to; ``hidden`` and ``depths`` are apart, ``edges`` are among all."""

    depths: dict[str, int]
    hidden: dict[str, int]
    edges: list[Edge]
    because: set[Reason]
    omitted: set[str]


@dataclass(frozen=True)
class Question:
    """The arguments of a lineage walk."""

    roots: Sequence[str]
    direction: Direction
    depth: int | None = None
    limit: int | None = None
    where: Where = field(default_factory=Where)
    shared: bool = False
    reached: bool = False
    as_of: int | None = None


def answered(found: Lineage) -> Answer:
    """What the service says."""
    because = set(found.incomplete_because)
    assert len(because) == len(found.incomplete_because), "a reason is given twice"
    return Answer(
        list(found.depths.items()), _sorted(found.edges), because, found.omitted, found.hidden
    )


def expected(picture: Picture, viewer: Viewer, question: Question) -> Answer:
    """What the service must say. BOTH is the union of two walks, cut to the limit."""
    seq = picture.seq if question.as_of is None else question.as_of
    flows = [flow.edge for flow in picture.flows if followed(flow, question.where, seq)]
    directions = ("UPSTREAM", "DOWNSTREAM") if question.direction == "BOTH" else ()
    walks = [
        _walk(picture, viewer, question, direction, flows)
        for direction in directions or (question.direction,)
    ]
    answer = _shown(picture, viewer, question, walks)
    if question.shared or question.reached:
        # Which of the roots reach something is part of the answer.
        for root in question.roots:
            alone = expected(picture, viewer, replace(_plain(question), roots=[root]))
            answer.because |= alone.because & {"DEPTH"}
    return answer


def followed(flow: Flow, where: Where, seq: int) -> bool:
    edge = flow.edge
    return (
        flow.since <= seq
        and (flow.until is None or seq < flow.until)
        and edge.role not in MEMBERSHIP
        and (where.edges is None or edge.kind in where.edges)
        and (where.roles is None or edge.kind != "LINKED_TO" or edge.role in where.roles)
    )


def _walk(
    picture: Picture, viewer: Viewer, question: Question, direction: Direction, flows: list[Edge]
) -> _Walk:
    """One direction: a shortest path to everything, where edges between the hidden count nothing.

    What is shown is the nearest (then by id) up to a limit, and the hidden that it leads to through
    nothing but hidden. Left out is what touches it.
    """
    project = {node.id: node.project_id for node in picture.nodes}
    seen = {id for id in project if viewer.reads(project[id])}
    # Edges point away from the roots here, whichever way data flows.
    ends = [
        (e.target, e.source) if direction == "UPSTREAM" else (e.source, e.target) for e in flows
    ]
    away: nx.DiGraph[str] = nx.DiGraph()
    away.add_nodes_from(question.roots)
    stop_at = question.where.stop_at
    stopped = {id for id in seen if stop_at and chosen(picture, stop_at, id)} - {*question.roots}
    away.add_weighted_edges_from(
        (a, b, int(a in seen or b in seen)) for a, b in ends if a not in stopped
    )
    lengths = nx.multi_source_dijkstra_path_length(away, set(question.roots))
    depths = {id: round(length) for id, length in lengths.items()}
    nearest = sorted(depths.keys() & seen, key=lambda node: (depths[node], node))
    most = len(away) if question.depth is None else question.depth
    walked = [id for id in nearest if depths[id] <= most][: question.limit]
    concealed = away.subgraph([id for id in away if id not in seen or id in walked]).copy()
    concealed.remove_edges_from([(a, b) for a, b in concealed.edges if b in seen])
    behind = {id for near in walked for id in nx.dfs_preorder_nodes(concealed, near)} - seen
    hidden = {id: depths[id] for id in behind if depths[id] <= most}
    because: set[Reason] = set()
    if behind:
        because.add("PERMISSION")
    if len(hidden) < len(behind):
        because.add("DEPTH")
    omitted: set[str] = set()
    for id in set(nearest) - set(walked):
        touching = [depths[near] for near in away.predecessors(id) if near in {*walked, *hidden}]
        if touching or id in question.roots:
            omitted.add(id)
            beyond = id not in question.roots and min(touching) + 1 > most
            because.add("DEPTH" if beyond else "NODE_LIMIT")
    there = {*walked, *hidden}
    edges = [
        e
        for e, (near, far) in zip(flows, ends, strict=True)
        if near in there - stopped and far in there
    ]
    return _Walk({id: depths[id] for id in walked}, hidden, edges, because, omitted)


def _shown(picture: Picture, viewer: Viewer, question: Question, walks: list[_Walk]) -> Answer:
    depths: dict[str, int] = {}
    hidden: dict[str, int] = {}
    edges: dict[tuple[str, str, str, str | None], Edge] = {}
    answer = Answer()
    for walk in walks:
        for all_depths, found in ((depths, walk.depths), (hidden, walk.hidden)):
            for id, depth in found.items():
                all_depths[id] = min(depth, all_depths.get(id, depth))
        edges |= {(e.source, e.target, e.kind, e.role): e for e in walk.edges}
        answer.because |= walk.because
        answer.omitted |= walk.omitted
    nearest = sorted(depths, key=lambda node: (depths[node], node))
    beyond: set[str] = set() if question.limit is None else set(nearest[question.limit :])
    if beyond:
        answer.because.add("NODE_LIMIT")
    answer.omitted = (answer.omitted | beyond) - (depths.keys() - beyond)
    wanted = question.where.show_only
    shared = _shared(picture, viewer, question) if question.shared else depths.keys()
    answer.depths = [
        (id, depths[id])
        for id in nearest
        if id not in beyond
        and id in shared
        and (wanted is None or id in question.roots or chosen(picture, wanted, id))
    ]
    ids = dict(answer.depths)
    project = {node.id: node.project_id for node in picture.nodes}
    answer.edges = _sorted(
        [
            e
            if e.via is None or viewer.reads(project[e.via])
            else e.model_copy(update={"via": None})
            for e in edges.values()
            if e.source in ids and e.target in ids
        ]
    )
    answer.hidden = _regions(hidden, list(edges.values()), ids)
    return answer


def _shared(picture: Picture, viewer: Viewer, question: Question) -> set[str]:
    first, *others = reached_by(picture, viewer, question).values()
    return {id for id in first if all(id in other for other in others)}


def reached_by(picture: Picture, viewer: Viewer, question: Question) -> dict[str, list[str]]:
    """What is reached from each root alone."""
    alone = _plain(question)
    return {
        root: [id for id, _ in expected(picture, viewer, replace(alone, roots=[root])).depths]
        for root in question.roots
    }


def _plain(question: Question) -> Question:
    where = replace(question.where, show_only=None)
    return replace(question, where=where, shared=False, reached=False, limit=None)


def chosen(picture: Picture, filter: Filter, id: str) -> bool:
    """Whether a filter lets an entity through."""
    node = next(node for node in picture.nodes if node.id == id)
    return (filter.kinds is None or node.kind in filter.kinds) and _holds(node, filter.condition)


def _holds(node: Node, condition: Condition) -> bool:
    match condition:
        case Every(parts):
            return all(_holds(node, part) for part in parts)
        case Comparison("eq", value, key):
            return node.stored[key] == value
        case Comparison("in", value, key):
            return node.stored[key] in value
        case Comparison("gt", value, key):
            return node.stored[key] > value
        case _:
            raise AssertionError(condition)


def _regions(hidden: dict[str, int], edges: list[Edge], shown: dict[str, int]) -> list[Region]:
    """What is connected of the hidden, each drawn together to one."""
    among: nx.Graph[str] = nx.Graph()
    among.add_nodes_from(hidden)
    among.add_edges_from((e.source, e.target) for e in edges if {e.source, e.target} <= set(hidden))
    regions: set[Region] = set()
    for part in nx.connected_components(among):
        sources = {e.source for e in edges if e.target in part and e.source in shown}
        targets = {e.target for e in edges if e.source in part and e.target in shown}
        if sources or targets:
            depth = min(hidden[id] for id in part)
            regions.add(Region(depth, tuple(sorted(sources)), tuple(sorted(targets))))
    return sorted(regions)


def _sorted(edges: Sequence[Edge]) -> list[dict[str, Any]]:
    plain = [{name: getattr(edge, name) for name in Edge.model_fields} for edge in edges]
    return sorted(plain, key=repr)


def reach(picture: Picture, root: str, direction: Direction, seq: int) -> set[str]:
    """All that is in the lineage of an entity as of a seq, itself included."""
    flows: nx.DiGraph[str] = nx.DiGraph()
    flows.add_node(root)
    flows.add_edges_from(
        (it.edge.source, it.edge.target)
        for it in picture.flows
        if it.since <= seq and (it.until is None or seq < it.until)
        if it.edge.role not in MEMBERSHIP
    )
    found = {root}
    if direction != "DOWNSTREAM":
        found |= {*nx.dfs_preorder_nodes(flows.reverse(), root)}
    if direction != "UPSTREAM":
        found |= {*nx.dfs_preorder_nodes(flows, root)}
    return found
