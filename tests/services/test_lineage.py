"""Lineage: every answer is what a brute-force closure says, or says that it is not complete."""

from dataclasses import dataclass, replace
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, UnknownId
from graph_api.graph import Graph
from graph_api.models.edge import EdgeKind
from graph_api.models.entity import Kind, new_id
from graph_api.models.lineage import Direction, Filter, Lineage, Where
from graph_api.models.viewer import Viewer
from graph_api.models.where import Comparison, Every
from graph_api.services import lineage
from tests.environment import environment
from tests.services.closure import Question, answered, expected, reached_by
from tests.services.graphs import PROJECTS, ROLES, Picture, pictures

Word = TypeVar("Word", bound=str)

DIRECTIONS: tuple[Direction, ...] = ("UPSTREAM", "DOWNSTREAM", "BOTH")

exhaustive = settings(
    max_examples=3_000 if environment.deep else 100,
    derandomize=not environment.deep,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


async def ask(graph: Graph, viewer: Viewer, question: Question) -> Lineage:
    """Ask the service."""
    return await lineage.lineage(
        graph,
        viewer,
        question.roots,
        question.direction,
        depth=question.depth,
        limit=question.limit,
        where=question.where,
        shared=question.shared,
        reached=question.reached,
        as_of=question.as_of,
        seconds=60,
    )


@dataclass(frozen=True)
class Asked:
    """A graph, and who asks what about it."""

    picture: Picture
    viewer: Viewer
    questions: list[Question]


def _some(values: tuple[Word, ...]) -> st.SearchStrategy[tuple[Word, ...] | None]:
    return st.none() | st.lists(st.sampled_from(values), unique=True).map(tuple)


_EDGES: tuple[EdgeKind, ...] = ("USED_BY", "LOGGED_BY", "LINKED_TO")
_condition = st.sampled_from(
    (
        Comparison("eq", "raw", "type"),
        Comparison("in", PROJECTS[:2], "project_id"),
        Comparison("gt", 1, "meta.number", "flat"),
        Comparison("gt", 2, "created_at"),
    )
)
_kinds: tuple[Kind, ...] = ("Artifact", "Run", "Model")
_filter = st.builds(
    Filter,
    _some(_kinds),
    st.lists(_condition, max_size=2).map(lambda parts: Every(tuple(parts))),
)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """Any question about any graph; the roots are visible and were there at the time."""
    picture = draw(pictures())
    viewer = picture.viewer(draw(_some(PROJECTS)))
    questions: list[Question] = []
    for _ in range(3):
        as_of = draw(st.none() | st.integers(1, picture.seq))
        seen = [
            node.id
            for node in picture.nodes
            if viewer.reads(node.project_id) and node.since <= (as_of or picture.seq)
        ]
        if not seen:
            continue
        where = Where(
            edges=draw(_some(_EDGES)),
            roles=draw(_some(ROLES)),
            stop_at=draw(st.none() | _filter),
            show_only=draw(st.none() | _filter),
        )
        direction, shared = draw(st.sampled_from(DIRECTIONS)), draw(st.booleans())
        question = Question(
            roots=draw(st.lists(st.sampled_from(seen), min_size=1, max_size=3)),
            direction=direction,
            depth=draw(st.none() | st.integers(0, 8)),
            limit=None if shared else draw(st.none() | st.integers(1, 30)),
            shared=shared and direction != "BOTH",
            reached=shared,
            where=draw(st.just(Where()) | st.just(where)),
            as_of=as_of,
        )
        questions.append(question)
    return Asked(picture, viewer, questions)


@exhaustive
@given(asked())
async def test_every_answer_is_the_brute_force_closure(connected: Graph, asked: Asked) -> None:
    await asked.picture.write(connected)
    try:
        for question in asked.questions:
            found = await ask(connected, asked.viewer, question)
            assert answered(found) == expected(asked.picture, asked.viewer, question), question
            if not found.incomplete_because:
                whole = replace(question, depth=None, limit=None)
                assert answered(found) == expected(asked.picture, asked.viewer, whole), question
            if question.reached:
                each = reached_by(asked.picture, asked.viewer, question)
                assert found.reached_by, question
                for id in found.depths:
                    roots = [root for root in dict.fromkeys(question.roots) if id in each[root]]
                    assert found.roots_of(id) == roots, (id, question)
    finally:
        await asked.picture.erase(connected)


async def test_what_is_not_there_is_an_error_and_no_empty_graph(connected: Graph) -> None:
    picture = Picture(seq=3)
    data = picture.node("Artifact", PROJECTS[0])
    later = picture.node("Run", PROJECTS[0], since=3)
    hidden = picture.node("Model", PROJECTS[1])
    await picture.write(connected)
    viewer = picture.viewer([PROJECTS[0]])

    unknown = new_id("Artifact")
    for id in (unknown, hidden):
        with pytest.raises(UnknownId, match=f"has the id '{id}'"):
            await ask(connected, viewer, Question([data, id], "BOTH"))
    with pytest.raises(BadInput, match=f"'{later}' is there since seq 3, not yet as of seq 2"):
        await ask(connected, viewer, Question([later], "BOTH", as_of=2))
    with pytest.raises(BadInput, match="seq is 4; the newest is 3"):
        await ask(connected, viewer, Question([data], "BOTH", as_of=4))
    with pytest.raises(BadInput, match="depth is -1; it counts edges, from 0"):
        await ask(connected, viewer, Question([data], "BOTH", depth=-1))
    with pytest.raises(BadInput, match="limit is 0; it counts entities, from 1"):
        await ask(connected, viewer, Question([data], "BOTH", limit=0))


async def test_depth_0_is_the_roots_and_complete_only_where_nothing_flows(
    connected: Graph,
) -> None:
    picture = Picture()
    raw, clean = picture.node("Artifact"), picture.node("Artifact")
    run = picture.step(raw, clean)
    await picture.write(connected)

    up = await ask(connected, picture.viewer(), Question([raw], "UPSTREAM", depth=0))
    down = await ask(connected, picture.viewer(), Question([raw], "DOWNSTREAM", depth=0))

    assert (up.depths, up.edges, up.incomplete_because, up.omitted) == ({raw: 0}, [], [], set())
    assert (down.depths, down.edges) == ({raw: 0}, [])
    assert (down.incomplete_because, down.omitted) == (["DEPTH"], {run})


async def test_a_walk_without_time_shows_its_roots_and_says_timeout(connected: Graph) -> None:
    picture = Picture()
    raw, clean = picture.node("Artifact"), picture.node("Artifact")
    picture.step(raw, clean)
    await picture.write(connected)

    found = await lineage.lineage(connected, picture.viewer(), [raw], "BOTH", seconds=0)

    assert (found.depths, found.edges) == ({raw: 0}, [])
    assert found.incomplete_because == ["TIMEOUT"]
    assert found.omitted == set()
