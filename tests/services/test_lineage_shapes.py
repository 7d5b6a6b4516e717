"""Lineage of shapes that are large, deep, tangled or round."""

import time
from itertools import pairwise

import pytest

from graph_api.errors import WouldCloseCycle
from graph_api.graph import Graph
from graph_api.models.lineage import Direction
from graph_api.services import edge, ledger, lineage
from tests.services.closure import Question, answered, expected
from tests.services.graphs import Picture
from tests.services.world import LIMITS


async def exact(graph: Graph, picture: Picture, question: Question) -> dict[str, int]:
    """The depths of the answer, which is the brute-force closure."""
    found = await lineage.lineage(
        graph,
        picture.viewer(),
        question.roots,
        question.direction,
        depth=question.depth,
        limit=question.limit,
        seconds=60,
    )
    assert answered(found) == expected(picture, picture.viewer(), question)
    return found.depths


async def test_a_fan_out_of_5000_is_whole_and_counts_what_a_limit_leaves_out(graph: Graph) -> None:
    picture = Picture()
    data = picture.node("Artifact")
    runs = [picture.node("Run") for _ in range(5_000)]
    for run in runs:
        picture.flow(data, run, "USED_BY")
    await picture.write(graph)

    assert await exact(graph, picture, Question([data], "DOWNSTREAM")) == {
        data: 0,
        **dict.fromkeys(runs, 1),
    }
    assert await exact(graph, picture, Question([runs[7]], "UPSTREAM")) == {runs[7]: 0, data: 1}
    limited = await lineage.lineage(
        graph, picture.viewer(), [data], "DOWNSTREAM", limit=100, seconds=60
    )
    assert list(limited.depths) == [data, *runs[:99]]
    assert limited.incomplete_because == ["NODE_LIMIT"]
    assert limited.omitted == set(runs[99:])


async def test_a_chain_of_1000_runs_is_walked_to_its_end(graph: Graph) -> None:
    picture = Picture()
    versions = [picture.node("Artifact") for _ in range(1_001)]
    for source, target in pairwise(versions):
        picture.step(source, target)
    await picture.write(graph)

    found = await exact(graph, picture, Question([versions[-1]], "UPSTREAM"))
    short = await lineage.lineage(
        graph, picture.viewer(), [versions[0]], "DOWNSTREAM", depth=1_999, seconds=60
    )

    assert len(found) == 2_001
    assert found[versions[0]] == 2_000
    assert len(short.depths) == 2_000
    assert (short.incomplete_because, short.omitted) == (["DEPTH"], {versions[-1]})


async def test_a_ladder_of_2_to_the_30_paths_is_answered_at_once(graph: Graph) -> None:
    picture = Picture()
    rungs = [picture.node("Artifact") for _ in range(31)]
    for source, target in pairwise(rungs):
        picture.step(source, target)
        picture.step(source, target)
    await picture.write(graph)
    before = await ledger.now(graph, picture.viewer())
    await exact(graph, picture, Question([rungs[3]], "BOTH", depth=2))

    began = time.monotonic()
    found = await lineage.lineage(graph, picture.viewer(), [rungs[0]], "DOWNSTREAM", seconds=60)
    with pytest.raises(WouldCloseCycle) as refused:
        await edge.link(graph, picture.viewer(), LIMITS, rungs[-1], rungs[0], "teacher")
    took = time.monotonic() - began

    assert (len(found.depths), len(found.edges), found.depths[rungs[-1]]) == (91, 120, 60)
    assert found.incomplete_because == []
    assert refused.value.path[1::2] == rungs
    assert refused.value.path[0] == refused.value.path[-1] == rungs[-1]
    assert await ledger.now(graph, picture.viewer()) == before
    assert took < 3, f"{took:.1f} s"


@pytest.mark.parametrize("direction", ["UPSTREAM", "DOWNSTREAM", "BOTH"])
async def test_a_loop_through_runs_ends(graph: Graph, direction: Direction) -> None:
    picture = Picture()
    first, second, third = (picture.node("Artifact") for _ in range(3))
    picture.step(first, second)
    picture.step(second, third)
    picture.step(third, first)
    itself = picture.node("Run")
    picture.flow(first, itself, "USED_BY")
    picture.flow(itself, itself, "USED_BY")
    picture.flow(itself, first, "LOGGED_BY")
    await picture.write(graph)

    for root in (first, itself):
        found = await exact(graph, picture, Question([root], direction))
        assert len(found) == 7
    found = await lineage.lineage(graph, picture.viewer(), [first], direction, seconds=60)
    assert len(found.edges) == 9
    assert found.incomplete_because == []
