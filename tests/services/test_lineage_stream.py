"""A streamed lineage tells what the answer in one holds, level by level."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, UnknownId
from graph_api.graph import Graph, Query
from graph_api.models.edge import Edge
from graph_api.models.entity import new_id
from graph_api.models.lineage import End, Filter, Reached, Rows, Where
from graph_api.models.viewer import Viewer
from graph_api.services import lineage
from tests.environment import environment
from tests.services.closure import Answer, Question, expected
from tests.services.graphs import PROJECTS, Picture
from tests.services.test_lineage import Asked, asked, exhaustive


async def told(
    graph: Graph, viewer: Viewer, question: Question, rows: Rows, seconds: float = 60
) -> tuple[list[Reached | Edge], End]:
    """All rows of a stream, and what it says at its end."""
    found: list[Reached | Edge] = []
    assert question.direction != "BOTH"
    async for part in lineage.stream(
        graph,
        viewer,
        question.roots,
        question.direction,
        rows,
        depth=question.depth,
        where=question.where,
        as_of=question.as_of,
        seconds=seconds,
    ):
        if isinstance(part, End):
            return found, part
        found += part
    raise AssertionError("no end is told")


async def streamed(graph: Graph, viewer: Viewer, question: Question) -> Answer:
    """What both streams of a question say, in a form that compares."""
    nodes, end = await told(graph, viewer, question, "NODES")
    edges, same = await told(graph, viewer, question, "EDGES")
    assert end == same
    depths = [(node.id, node.depth) for node in nodes if isinstance(node, Reached)]
    assert all(before <= after for (_, before), (_, after) in pairwise(depths))
    flows = [edge.model_dump() for edge in edges if isinstance(edge, Edge)]
    names = Edge.model_fields.keys()
    return Answer(
        sorted(depths, key=lambda told: (told[1], told[0])),
        sorted(({name: flow[name] for name in names} for flow in flows), key=repr),
        set(end.incomplete_because),
        hidden=[*end.hidden],
    )


# Each asks the service six times, so there are fewer of them.
some = settings(exhaustive, max_examples=3_000 if environment.deep else 30)


@some
@given(asked(), st.sampled_from(("UPSTREAM", "DOWNSTREAM")))
async def test_a_stream_is_the_brute_force_closure(
    connected: Graph, asked: Asked, direction: str
) -> None:
    await asked.picture.write(connected)
    try:
        for each in asked.questions:
            question = replace(each, direction=direction, limit=None, shared=False, reached=False)
            wanted = expected(asked.picture, asked.viewer, question)
            found = await streamed(connected, asked.viewer, question)
            assert found == replace(wanted, omitted=set[str]()), question
    finally:
        await asked.picture.erase(connected)


async def test_no_answer_begins_that_cannot_be_given(connected: Graph) -> None:
    picture = Picture(seq=3)
    data = picture.node("Artifact", PROJECTS[0])
    later = picture.node("Run", PROJECTS[0], since=3)
    hidden = picture.node("Model", PROJECTS[1])
    await picture.write(connected)
    viewer = picture.viewer([PROJECTS[0]])
    refused: list[tuple[Question, type[Exception], str]] = [
        (Question([data, hidden], "UPSTREAM"), UnknownId, f"has the id '{hidden}'"),
        (Question([unknown := new_id("Run")], "UPSTREAM"), UnknownId, f"has the id '{unknown}'"),
        (Question([later], "UPSTREAM", as_of=2), BadInput, "is there since seq 3"),
        (Question([], "UPSTREAM"), BadInput, "roots is empty"),
        (Question([data], "UPSTREAM", depth=-1), BadInput, "depth is -1"),
        (Question([data], "UPSTREAM", as_of=4), BadInput, "seq is 4; the newest is 3"),
    ]

    for question, error, says in refused:
        with pytest.raises(error, match=says):
            await told(connected, viewer, question, "NODES")


async def test_a_stream_that_takes_too_long_says_so_at_its_end(connected: Graph) -> None:
    picture = Picture()
    raw = picture.node("Artifact", PROJECTS[0])
    picture.step(raw, picture.node("Artifact", PROJECTS[0]))
    await picture.write(connected)

    question = Question([raw], "DOWNSTREAM")
    nodes, end = await told(connected, picture.viewer(), question, "NODES", seconds=0)

    assert [node.id for node in nodes if isinstance(node, Reached)] == [raw]
    assert end.incomplete_because == ("TIMEOUT",)


async def test_a_level_wider_than_a_statement_is_told_once_and_whole(connected: Graph) -> None:
    picture = Picture()
    hub = picture.node("Artifact", PROJECTS[0])
    last = picture.node("Artifact", PROJECTS[0])
    wide = 2_500
    runs = {picture.step(hub, last) for _ in range(wide)}
    await picture.write(connected)

    found = await streamed(connected, picture.viewer(), Question([hub], "DOWNSTREAM"))
    question = Question([hub], "DOWNSTREAM", where=Where(show_only=Filter(("Artifact",))))
    artifacts = await streamed(connected, picture.viewer(), question)

    assert found.depths == [(hub, 0), *((run, 1) for run in sorted(runs)), (last, 2)]
    assert len(found.edges) == 2 * wide
    assert (artifacts.depths, artifacts.edges) == ([(hub, 0), (last, 2)], [])
    await picture.erase(connected)


async def test_what_moves_out_of_sight_while_it_is_walked_stays_in_the_answer(
    connected: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = Picture()
    raw, far = (picture.node("Artifact", PROJECTS[0]) for _ in range(2))
    moving = picture.node("Artifact", PROJECTS[0])
    picture.flow(raw, moving, "LINKED_TO", role="copy")
    run = picture.step(raw, far)
    picture.flow(run, moving, "LOGGED_BY")
    picture.flow(moving, far, "LINKED_TO", role="copy")
    await picture.write(connected)
    viewer, question = picture.viewer([PROJECTS[0]]), Question([raw], "DOWNSTREAM")
    fetch_one, seen = connected.fetch_one, 0

    async def moved(query: Query[Any], **more: Any) -> Any:
        nonlocal seen
        found: Any = await fetch_one(query, **more)
        if query.name == "lineage/downstream":
            seen += 1
            if seen > 1:
                hidden = [PROJECTS[1] if it == moving else PROJECTS[0] for it in found.targets]
                return found.model_copy(update={"projects": hidden})
        return found

    monkeypatch.setattr(connected, "fetch_one", moved)
    nodes, end = await told(connected, viewer, question, "NODES")
    seen = 0
    edges, _ = await told(connected, viewer, question, "EDGES")
    seen = 0
    whole = await lineage.lineage(connected, viewer, [raw], "DOWNSTREAM", seconds=60)
    monkeypatch.undo()

    assert {node.id for node in nodes if isinstance(node, Reached)} == {raw, run, moving, far}
    assert len(edges) == 5
    assert (end.incomplete_because, end.hidden) == ((), ())
    assert whole.depths.keys() == {raw, run, moving, far}
    assert len(whole.edges) == 5
    assert whole.hidden == []
    await picture.erase(connected)
