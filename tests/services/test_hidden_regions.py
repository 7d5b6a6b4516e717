"""What a lineage answer tells of what the viewer may not see: where it joins, and nothing more."""

from typing import Any

import pytest

from graph_api.graph import Graph
from graph_api.models.lineage import Direction, Filter, Lineage, Region, Where
from graph_api.services import lineage
from tests.services.closure import Question
from tests.services.graphs import PROJECTS, Picture
from tests.services.test_lineage import ask

MINE, THEIRS = PROJECTS[0], PROJECTS[1]


def told(found: Lineage) -> tuple[object, ...]:
    """All that an answer says."""
    return (
        found.depths,
        [(edge.source, edge.target, edge.kind) for edge in found.edges],
        found.hidden,
        found.incomplete_because,
        found.omitted,
    )


async def test_data_that_flows_through_the_hidden_is_followed(connected: Graph) -> None:
    picture = Picture()
    raw, run = picture.node("Artifact", MINE), picture.node("Run", MINE)
    secret, after = picture.node("Run", THEIRS), picture.node("Artifact", MINE)
    container = picture.node("Dataset", THEIRS)
    picture.flow(raw, run, "USED_BY", via=container)
    picture.flow(raw, secret, "USED_BY")
    picture.flow(secret, after, "LOGGED_BY")
    await picture.write(connected)

    found = await ask(connected, picture.viewer([MINE]), Question([raw], "DOWNSTREAM"))
    whole = await ask(connected, picture.viewer(), Question([raw], "DOWNSTREAM"))

    assert found.depths == {raw: 0, run: 1, after: 2}
    assert [(edge.source, edge.target, edge.via) for edge in found.edges] == [(raw, run, None)]
    assert found.hidden == [Region(1, (raw,), (after,))]
    assert (found.incomplete_because, found.omitted) == (["PERMISSION"], set())
    assert whole.depths == {raw: 0, run: 1, secret: 1, after: 2}
    assert {edge.via for edge in whole.edges} == {container, None}
    assert (whole.incomplete_because, whole.hidden) == ([], [])


def _between(picture: Picture, source: str, target: str, steps: int, ways: int) -> None:
    """Hidden chains, all of which lead from one entity to another."""
    for _ in range(ways):
        last = source
        for _ in range(steps):
            run = picture.node("Run", THEIRS)
            picture.flow(last, run, "USED_BY")
            last = picture.node("Artifact", THEIRS)
            picture.flow(run, last, "LOGGED_BY")
        picture.flow(last, target, "LINKED_TO", role="teacher")


async def test_no_answer_depends_on_how_much_is_hidden(connected: Graph) -> None:
    cuts = [{"depth": depth} for depth in (None, 0, 1, 2, 3)]
    cuts += [{"limit": limit} for limit in (1, 2, 3, 4)]
    questions: list[dict[str, Any]] = [*cuts, {"where": Where(show_only=Filter(("Run",)))}]
    answers: list[list[tuple[object, ...]]] = []
    for steps, ways in ((1, 1), (4, 3)):
        picture = Picture(organization_id="organization_hidden")
        first, run, last, beyond = (
            picture.node(kind, MINE) for kind in ("Artifact", "Run", "Artifact", "Run")
        )
        picture.flow(first, run, "USED_BY")
        picture.flow(last, beyond, "USED_BY")
        _between(picture, first, last, steps, ways)
        await picture.write(connected)
        viewer = picture.viewer([MINE])
        asked: list[tuple[str, Direction]] = [(first, "DOWNSTREAM"), (last, "BOTH")]
        answers.append(
            [
                told(await ask(connected, viewer, Question([root], direction, **question)))
                for root, direction in asked
                for question in questions
            ]
        )
        await picture.erase(connected)

    assert answers[0] == answers[1]
    assert {first: 0, run: 1, last: 2, beyond: 3} in [answer[0] for answer in answers[0]]


async def test_regions_that_touch_the_same_are_told_as_one(connected: Graph) -> None:
    picture = Picture()
    data, last = picture.node("Artifact", MINE), picture.node("Artifact", MINE)
    for _ in range(20):
        picture.flow(data, picture.node("Run", THEIRS), "USED_BY")
    both = [picture.node("Run", THEIRS) for _ in range(3)]
    for run in both:
        picture.flow(data, run, "USED_BY")
        picture.flow(run, last, "LOGGED_BY")
    await picture.write(connected)

    found = await ask(connected, picture.viewer([MINE]), Question([data], "DOWNSTREAM"))

    assert found.hidden == [Region(1, (data,), ()), Region(1, (data,), (last,))]


async def test_what_no_data_flowed_into_is_not_reached_though_one_region_touches_it(
    connected: Graph,
) -> None:
    picture = Picture()
    mine, other, result = (picture.node("Artifact", MINE) for _ in range(3))
    first, second, sink = (picture.node("Run", THEIRS) for _ in range(3))
    inner, outer = picture.node("Artifact", THEIRS), picture.node("Artifact", THEIRS)
    for source, run, target in ((mine, first, inner), (other, second, outer)):
        picture.flow(source, run, "USED_BY")
        picture.flow(run, target, "LOGGED_BY")
        picture.flow(target, sink, "USED_BY")
    picture.flow(second, result, "LOGGED_BY")
    await picture.write(connected)
    viewer = picture.viewer([MINE])

    one = await ask(connected, viewer, Question([mine], "DOWNSTREAM"))
    two = await ask(connected, viewer, Question([mine, other], "DOWNSTREAM"))

    assert one.depths == {mine: 0}
    assert one.hidden == [Region(1, (mine,), ())]
    assert two.depths == {mine: 0, other: 0, result: 2}
    assert two.hidden == [Region(1, tuple(sorted((mine, other))), (result,))]


async def test_a_region_between_two_roots_is_one_in_both_directions(connected: Graph) -> None:
    picture = Picture()
    first, last = picture.node("Artifact", MINE), picture.node("Artifact", MINE)
    _between(picture, first, last, 2, 1)
    await picture.write(connected)

    found = await ask(connected, picture.viewer([MINE]), Question([first, last], "BOTH"))

    assert found.hidden == [Region(1, (first,), (last,))]


@pytest.mark.parametrize("steps", [1, 3])
async def test_a_way_through_the_hidden_is_told_by_what_can_be_seen_of_its_length(
    connected: Graph, steps: int
) -> None:
    picture = Picture()
    first, last = picture.node("Artifact", MINE), picture.node("Artifact", MINE)
    _between(picture, first, last, steps, 2)
    seen = [picture.node("Run", MINE), picture.node("Artifact", MINE), picture.node("Run", MINE)]
    picture.flow(first, seen[0], "USED_BY")
    picture.flow(seen[0], seen[1], "LOGGED_BY")
    picture.flow(seen[1], seen[2], "USED_BY")
    picture.flow(seen[2], last, "LOGGED_BY")
    await picture.write(connected)

    way = await lineage.path(connected, picture.viewer([MINE]), first, last, picture.seq)

    assert way == [first, "(hidden)", last]
