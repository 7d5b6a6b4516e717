"""What a lineage walk must answer, found the slow and simple way: by networkx over all there is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from graph_api.models.edge import MEMBERSHIP, Edge
from graph_api.models.lineage import Direction, Lineage, Reason, Where
from graph_api.models.viewer import Viewer
from tests.services.graphs import Flow, Picture


@dataclass
class Answer:
    """A lineage in a form that compares: ``depths`` in their order, ``edges`` sorted."""

    depths: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    edges: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    because: set[Reason] = field(default_factory=set[Reason])
    omitted: set[str] = field(default_factory=set[str])


@dataclass(frozen=True)
class Question:
    """The arguments of a lineage walk."""

    roots: Sequence[str]
    direction: Direction
    depth: int | None = None
    limit: int | None = None
    where: Where = field(default_factory=Where)
    as_of: int | None = None


def answered(found: Lineage) -> Answer:
    """What the service says."""
    because = set(found.incomplete_because)
    assert len(because) == len(found.incomplete_because), "a reason is given twice"
    return Answer(list(found.depths.items()), _sorted(found.edges), because, found.omitted)


def expected(picture: Picture, viewer: Viewer, question: Question) -> Answer:
    """What the service must say. BOTH is the union of two walks, cut to the limit."""
    seq = picture.seq if question.as_of is None else question.as_of
    flows = [flow.edge for flow in picture.flows if _followed(flow, question.where, seq)]
    directions = ("UPSTREAM", "DOWNSTREAM") if question.direction == "BOTH" else ()
    walks = [
        _walk(picture, viewer, question, direction, flows)
        for direction in directions or (question.direction,)
    ]
    return _shown(picture, viewer, question, walks)


def _followed(flow: Flow, where: Where, seq: int) -> bool:
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
) -> tuple[dict[str, int], list[Edge], set[Reason], set[str]]:
    """Depths, edges, reasons and what was left out of one direction.

    What is shown is the nearest (then by id) up to a limit. Left out is what touches it.
    """
    project = {node.id: node.project_id for node in picture.nodes}
    seen = {id for id in project if viewer.reads(project[id])}
    # Edges point away from the roots here, whichever way data flows.
    ends = [
        (e.target, e.source) if direction == "UPSTREAM" else (e.source, e.target) for e in flows
    ]
    away: nx.MultiDiGraph[str] = nx.MultiDiGraph([e for e in ends if seen.issuperset(e)])
    away.add_nodes_from(question.roots)
    depths: dict[str, int] = {}
    for root in question.roots:
        lengths = nx.single_source_shortest_path_length(away, root)
        for id, depth in lengths.items():
            depths[id] = min(depth, depths.get(id, depth))
    nearest = sorted(depths, key=lambda node: (depths[node], node))
    most = len(nearest) if question.depth is None else question.depth
    walked = {id: depths[id] for id in nearest if depths[id] <= most}
    walked = dict(list(walked.items())[: question.limit])
    because: set[Reason] = set()
    omitted: set[str] = set()
    for id in depths.keys() - walked.keys():
        touching = [depths[near] for near in away.predecessors(id) if near in walked]
        if touching or id in question.roots:
            omitted.add(id)
            beyond = id not in question.roots and min(touching) + 1 > most
            because.add("DEPTH" if beyond else "NODE_LIMIT")
    if any(near in walked and far not in seen for near, far in ends):
        because.add("PERMISSION")
    edges = [e for e in flows if e.source in walked and e.target in walked]
    return walked, edges, because, omitted


def _shown(
    picture: Picture,
    viewer: Viewer,
    question: Question,
    walks: list[tuple[dict[str, int], list[Edge], set[Reason], set[str]]],
) -> Answer:
    depths: dict[str, int] = {}
    edges: dict[tuple[str, str, str, str | None], Edge] = {}
    answer = Answer()
    for found, along, because, omitted in walks:
        for id, depth in found.items():
            depths[id] = min(depth, depths.get(id, depth))
        edges |= {(e.source, e.target, e.kind, e.role): e for e in along}
        answer.because |= because
        answer.omitted |= omitted
    nearest = sorted(depths, key=lambda node: (depths[node], node))
    beyond: set[str] = set() if question.limit is None else set(nearest[question.limit :])
    if beyond:
        answer.because.add("NODE_LIMIT")
    answer.omitted = (answer.omitted | beyond) - (depths.keys() - beyond)
    kinds = {node.id: node.kind for node in picture.nodes}
    wanted = question.where.kinds
    answer.depths = [
        (id, depths[id])
        for id in nearest
        if id not in beyond and (wanted is None or id in question.roots or kinds[id] in wanted)
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
    return answer


def _sorted(edges: Sequence[Edge]) -> list[dict[str, Any]]:
    plain = [{name: getattr(edge, name) for name in Edge.model_fields} for edge in edges]
    return sorted(plain, key=repr)
