"""Paths: each that there is, the shortest first, and what lies on all of them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, TooSlow, UnknownId
from graph_api.graph import Graph
from graph_api.models.entity import new_id
from graph_api.models.lineage import Between, Filter, Path, Where
from graph_api.models.viewer import Viewer
from graph_api.services import lineage
from graph_api.services.lineage import paths
from tests.environment import environment
from tests.services.closure import Question, chosen, followed
from tests.services.graphs import PROJECTS, Picture
from tests.services.test_lineage import Asked, asked, exhaustive

_nx: Any = nx
# More are not compared: there may be as many as there are ways through a ladder.
MOST = 2_000


def told(path: Path) -> tuple[str, ...]:
    """A path as ids, with a sign where it leads through what is hidden."""
    ids = [path.ids[0]]
    for step in path.steps:
        ids += [step.target] if step.edges else ["(hidden)", step.target]
    return tuple(ids)


class Ways:
    """What a viewer may be told of the ways between two entities, found the slow way."""

    def __init__(
        self, picture: Picture, viewer: Viewer, question: Question, source: str, target: str
    ) -> None:
        seq = picture.seq if question.as_of is None else question.as_of
        project = {node.id: node.project_id for node in picture.nodes}
        self.seen = {id for id in project if viewer.reads(project[id])}
        self.source, self.target = source, target
        stop_at = question.where.stop_at
        stopped = {id for id in self.seen if stop_at and chosen(picture, stop_at, id)}
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_nodes_from([source, target])
        self.graph.add_edges_from(
            (it.edge.source, it.edge.target)
            for it in picture.flows
            if followed(it, question.where, seq)
            and it.edge.source not in stopped - {source}
            and it.edge.target != source
            and it.edge.source != target
        )

    def paths(self) -> list[tuple[str, ...]] | None:
        """All paths, the shortest first; None for too many."""
        if self.source == self.target:
            return [(self.source,)]
        seen: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        seen.add_nodes_from([self.source, self.target])
        hidden = self.graph.subgraph(self.graph.nodes - self.seen)
        for near, far in self.graph.edges:
            if near in self.seen and far in self.seen:
                seen.add_edge(near, far, key="seen")
            elif near in self.seen:
                for last in {far, *_from(hidden, far)}:
                    for end in self.graph.successors(last):
                        if end in self.seen:
                            seen.add_edge(near, end, key="hidden")
        ways: Any = nx.all_simple_edge_paths(seen, self.source, self.target)
        found: list[list[tuple[str, str, str]]] = [*islice(ways, MOST)]
        if len(found) == MOST:
            return None
        ids = [(self.source, *(id for step in way for id in _ids(step))) for way in found]
        return sorted(ids, key=lambda way: (len(way), way))

    def cuts(self) -> list[str]:
        """What is on all of them, in the order of any."""
        if not nx.has_path(self.graph, self.source, self.target):
            return []
        way: list[str] = _nx.shortest_path(self.graph, self.source, self.target)
        return [id for id in way[1:-1] if id in self.seen and not self._leads_around(id)]

    def is_hidden(self) -> bool:
        """Whether anything hidden lies between."""
        before = _from(self.graph.reverse(), self.target)
        return bool(_from(self.graph, self.source) & before - self.seen)

    def _leads_around(self, id: str) -> bool:
        rest = self.graph.subgraph(self.graph.nodes - {id})
        return nx.has_path(rest, self.source, self.target)


def _from(graph: "nx.DiGraph[str]", id: str) -> set[str]:
    return {*nx.dfs_preorder_nodes(graph, id)} - {id}


def _ids(step: tuple[str, str, str]) -> Sequence[str]:
    _, end, key = step
    return ("(hidden)", end) if key == "hidden" else (end,)


async def ask(
    graph: Graph, viewer: Viewer, source: str, target: str, question: Question, seconds: float = 60
) -> Between:
    """Ask the service."""
    where, as_of = question.where, question.as_of
    return await lineage.between(
        graph, viewer, source, target, where=where, as_of=as_of, seconds=seconds
    )


@settings(exhaustive, max_examples=10_000 if environment.deep else 100)
@given(asked(), st.data())
async def test_paths_and_cut_points_are_those_of_brute_force(
    connected: Graph, asked: Asked, data: st.DataObject
) -> None:
    await asked.picture.write(connected)
    try:
        for each in asked.questions:
            question = replace(each, where=replace(each.where, show_only=None))
            seq = asked.picture.seq if question.as_of is None else question.as_of
            there = [
                node.id
                for node in asked.picture.nodes
                if asked.viewer.reads(node.project_id) and node.since <= seq
            ]
            source, target = question.roots[0], data.draw(st.sampled_from(there))
            ways = Ways(asked.picture, asked.viewer, question, source, target)

            found = await ask(connected, asked.viewer, source, target, question)

            if (whole := ways.paths()) is not None:
                listed = await lineage.Paths(found, 60).upto(MOST)
                assert [told(path) for path in listed] == whole
                assert [path.length for path in listed] == [len(ids) - 1 for ids in whole]
            assert lineage.cuts(found) == ways.cuts()
            assert (found.incomplete_because == ("PERMISSION",)) == ways.is_hidden()
    finally:
        await asked.picture.erase(connected)


async def test_a_path_tells_every_edge_of_each_of_its_steps(connected: Graph) -> None:
    picture = Picture()
    raw, model = (picture.node("Artifact", PROJECTS[0]) for _ in range(2))
    run = picture.step(raw, model)
    picture.flow(raw, model, "LINKED_TO", role="teacher")
    picture.flow(raw, model, "LINKED_TO", role="training dataset")
    await picture.write(connected)

    found = await ask(connected, picture.viewer(), raw, model, Question([raw], "DOWNSTREAM"))
    direct, through = await lineage.Paths(found, 60).upto(10)

    assert [sorted(str(edge.role) for edge in step.edges) for step in direct.steps] == [
        ["teacher", "training dataset"]
    ]
    assert through.ids == (raw, run, model)
    assert [[edge.kind for edge in step.edges] for step in through.steps] == [
        ["USED_BY"],
        ["LOGGED_BY"],
    ]
    await picture.erase(connected)


async def test_where_nothing_flowed_there_is_no_path_and_that_is_complete(
    connected: Graph,
) -> None:
    picture = Picture()
    raw, model = (picture.node("Artifact", PROJECTS[0]) for _ in range(2))
    picture.step(raw, model)
    await picture.write(connected)

    back = await ask(connected, picture.viewer(), model, raw, Question([raw], "DOWNSTREAM"))

    assert await lineage.Paths(back, 60).upto(10) == []
    assert lineage.cuts(back) == []
    assert back.incomplete_because == ()
    await picture.erase(connected)


async def test_the_first_of_countless_paths_come_at_once(connected: Graph) -> None:
    picture = Picture()
    first = last = picture.node("Artifact", PROJECTS[0])
    for _ in range(40):
        after = picture.node("Artifact", PROJECTS[0])
        for _ in range(3):
            picture.step(last, after)
        last = after
    await picture.write(connected)

    found = await ask(connected, picture.viewer(), first, last, Question([first], "DOWNSTREAM"))
    first_ones = await lineage.Paths(found, 10).upto(500)

    assert len({path.ids for path in first_ones}) == 500
    assert {path.length for path in first_ones} == {80}
    assert [path.ids for path in first_ones] == sorted(path.ids for path in first_ones)
    assert len(lineage.cuts(found)) == 39
    await picture.erase(connected)


async def test_more_paths_than_can_be_kept_are_refused(
    connected: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "_MOST", 5)
    picture = Picture()
    raw, model = (picture.node("Artifact", PROJECTS[0]) for _ in range(2))
    for _ in range(6):
        picture.step(raw, model)
    await picture.write(connected)

    found = await ask(connected, picture.viewer(), raw, model, Question([raw], "DOWNSTREAM"))

    assert len(await lineage.Paths(found, 60).upto(5)) == 5
    with pytest.raises(BadInput, match="More than 5 paths"):
        await lineage.Paths(found, 60).upto(6)
    await picture.erase(connected)


async def test_a_search_that_takes_too_long_says_so(connected: Graph) -> None:
    picture = Picture()
    raw, model = (picture.node("Artifact", PROJECTS[0]) for _ in range(2))
    picture.step(raw, model)
    await picture.write(connected)
    question = Question([raw], "DOWNSTREAM")

    late = await ask(connected, picture.viewer(), raw, model, question, seconds=0)
    found = await ask(connected, picture.viewer(), raw, model, question)

    assert late.incomplete_because == ("TIMEOUT",)
    with pytest.raises(TooSlow):
        await lineage.Paths(found, -1).upto(1)
    await picture.erase(connected)


async def test_what_cannot_be_asked_is_refused(connected: Graph) -> None:
    picture = Picture()
    mine, hidden = picture.node("Artifact", PROJECTS[0]), picture.node("Artifact", PROJECTS[1])
    await picture.write(connected)
    viewer, plain = picture.viewer([PROJECTS[0]]), Question([mine], "DOWNSTREAM")
    holes = replace(plain, where=Where(show_only=Filter(("Run",))))

    for other in (hidden, new_id("Artifact")):
        with pytest.raises(UnknownId, match=other):
            await ask(connected, viewer, mine, other, plain)
        with pytest.raises(UnknownId, match=other):
            await ask(connected, viewer, other, mine, plain)
    with pytest.raises(BadInput, match="showOnly"):
        await ask(connected, viewer, mine, mine, holes)
    await picture.erase(connected)
