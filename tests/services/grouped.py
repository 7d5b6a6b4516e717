"""What a summary must hold, counted the slow and simple way over a brute-force closure."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

from graph_api.models.edge import EdgeKind
from graph_api.models.entity import Kind
from graph_api.models.lineage import Region
from graph_api.models.summary import (
    CollapseBy,
    EdgeCount,
    EntityCount,
    Group,
    GroupEdge,
    Groups,
    Summary,
)
from graph_api.models.viewer import Viewer
from tests.services.closure import Answer, Question, expected
from tests.services.graphs import Picture

Mark = str | tuple[Any, ...]
"""What entities are drawn together by: a text where it is the key of their group."""


def summarized(
    picture: Picture, viewer: Viewer, question: Question, by: CollapseBy | None, found: Summary
) -> Summary:
    """What the service must find; reasons in the order in which it gave them, and its moment."""
    whole = replace(question, limit=None, reached=False)
    answer = expected(picture, viewer, whole)
    assert len(set(found.incomplete_because)) == len(found.incomplete_because)
    same = set(found.incomplete_because) == answer.because
    kinds: dict[str, Kind] = {node.id: node.kind for node in picture.nodes}
    counts: Counter[tuple[int, Kind]] = Counter((it, kinds[id]) for id, it in answer.depths)
    edges: Counter[tuple[EdgeKind, str | None]] = Counter(
        (edge["kind"], edge["role"]) for edge in answer.edges
    )
    return Summary(
        as_of=found.as_of,
        incomplete_because=found.incomplete_because if same else tuple(sorted(answer.because)),
        counts=tuple(EntityCount(*of, count) for of, count in sorted(counts.items())),
        edge_counts=tuple(EdgeCount(*of, count) for of, count in sorted(edges.items(), key=repr)),
        collapsed=by and _groups(picture, answer, question, by),
    )


def _groups(picture: Picture, answer: Answer, question: Question, by: CollapseBy) -> Groups:
    depths, marks = dict(answer.depths), _marks(picture, answer, by)
    kinds: dict[str, Kind] = {node.id: node.kind for node in picture.nodes}
    members = defaultdict[Mark, list[str]](list)
    for id in depths:
        members[marks[id]].append(id)
    # They are in order of depth, then id.
    key_of = {id: _key(marks[id], members[marks[id]][0], by) for id in depths}
    groups: list[Group] = []
    for mark, ids in members.items():
        among: set[Kind] = {kinds[id] for id in ids}
        groups.append(
            Group(
                key=key_of[ids[0]],
                name=_name(mark, by),
                entity_id=mark or None if isinstance(mark, str) else None,
                example_id=ids[0],
                kind=among.pop() if len(among) == 1 else None,
                count=len(ids),
                min_depth=depths[ids[0]],
                max_depth=depths[ids[-1]],
                has_root=not {*ids}.isdisjoint(question.roots),
                edge_count=sum(
                    edge["source"] in ids and edge["target"] in ids for edge in answer.edges
                ),
            )
        )
    groups.sort(key=lambda group: (group.min_depth, group.key))
    order = [group.key for group in groups]
    edges: Counter[tuple[str, str, EdgeKind, str | None]] = Counter(
        (key_of[edge["source"]], key_of[edge["target"]], edge["kind"], edge["role"])
        for edge in answer.edges
        if key_of[edge["source"]] != key_of[edge["target"]]
    )
    leading = [GroupEdge(*edge, count) for edge, count in edges.items()]
    leading.sort(
        key=lambda it: (order.index(it.source), order.index(it.target), it.kind, it.role or "")
    )
    hidden = {
        Region(
            it.depth,
            tuple(sorted({key_of[id] for id in it.sources})),
            tuple(sorted({key_of[id] for id in it.targets})),
        )
        for it in answer.hidden
    }
    return Groups(tuple(groups), tuple(leading), tuple(sorted(hidden)))


def _marks(picture: Picture, answer: Answer, by: CollapseBy) -> dict[str, Mark]:
    own: dict[str, str | None] = {
        node.id: None if node.kind == "Run" else node.collection_id or node.id
        for node in picture.nodes
    }
    runs = {node.id for node in picture.nodes if node.kind == "Run"}

    def ends(near: str, far: str, kind: str, id: str) -> frozenset[str | None]:
        return frozenset(
            own[edge[far]] for edge in answer.edges if edge[near] == id and edge["kind"] == kind
        )

    def roles(id: str) -> tuple[str, ...]:
        said: set[Any] = {edge["role"] for edge in answer.edges if edge["source"] == id}
        return tuple(sorted(said - {None}))

    marks: dict[str, Mark] = {}
    for node in picture.nodes:
        id = node.id
        if by == "PROJECT":
            marks[id] = node.project_id or ""
        elif by == "TYPE":
            marks[id] = (node.kind, node.type or "")
        elif by == "ROLE":
            marks[id] = (node.kind, roles(id))
        elif id in runs:
            used, logged = (
                ends("target", "source", "USED_BY", id),
                ends("source", "target", "LOGGED_BY", id),
            )
            marks[id] = (own[id], used, logged)
        else:
            marks[id] = own[id] or id
    return marks


def _key(mark: Mark, first: str, by: CollapseBy) -> str:
    if isinstance(mark, str):
        return mark
    if by == "COLLECTION":
        return first
    kind, told = mark
    return f"{kind}|{told if by == 'TYPE' else json.dumps(told, separators=(',', ':'))}"


def _name(mark: Mark, by: CollapseBy) -> str | None:
    if isinstance(mark, str) or by == "COLLECTION":
        return None
    kind, told = mark
    return (told if by == "TYPE" else ", ".join(told)) or kind
