"""A streamed lineage tells what the answer in one holds, level by level."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, UnknownId
from graph_api.graph import Graph
from graph_api.models.edge import Edge
from graph_api.models.entity import new_id
from graph_api.models.lineage import End, Reached, Rows, Where
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
        assert part, "nothing is told"
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
            question = replace(each, direction=direction, limit=None)
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
    question = Question([hub], "DOWNSTREAM", where=Where(kinds=("Artifact",)))
    artifacts = await streamed(connected, picture.viewer(), question)

    assert found.depths == [(hub, 0), *((run, 1) for run in sorted(runs)), (last, 2)]
    assert len(found.edges) == 2 * wide
    assert (artifacts.depths, artifacts.edges) == ([(hub, 0), (last, 2)], [])
    await picture.erase(connected)
