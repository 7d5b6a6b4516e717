"""Links never close a cycle, however many writers try it at once."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from graph_api.errors import BadRole, WouldCloseCycle
from graph_api.graph import Graph
from graph_api.models.edge import MEMBERSHIP
from graph_api.services import edge, ledger
from tests.environment import environment
from tests.services.graphs import PROJECTS, Picture
from tests.services.world import LIMITS

Links = list[tuple[str, str]]


def face_to_face(picture: Picture) -> Links:
    """Two links against each other."""
    a, b = picture.node("Artifact"), picture.node("Model")
    return [(a, b), (b, a)]


def around_runs(picture: Picture) -> Links:
    """Two chains of runs that the links join at both ends."""
    a, b, c, d = (picture.node("Artifact") for _ in range(4))
    picture.step(a, b)
    picture.step(c, d)
    return [(b, c), (d, a)]


def around_links(picture: Picture) -> Links:
    """A chain of links whose ends meet in a third entity."""
    a, b, c, d = (picture.node(kind) for kind in ("Dataset", "Artifact", "Model", "Run"))
    picture.flow(a, b, "LINKED_TO", role="source")
    picture.flow(b, c, "LINKED_TO", role="training dataset")
    return [(c, d), (d, a)]


def around_ladders(picture: Picture) -> Links:
    """Many ways between the links."""
    rungs = [picture.node("Artifact") for _ in range(10)]
    for number, (source, target) in enumerate(pairwise(rungs)):
        if number != 4:
            picture.step(source, target)
            picture.step(source, target)
    return [(rungs[4], rungs[5]), (rungs[9], rungs[0])]


def in_a_triangle(picture: Picture) -> Links:
    """Three links, of which any two are harmless."""
    a, b, c = (picture.node("Artifact") for _ in range(3))
    return [(a, b), (b, c), (c, a)]


SHAPES = [face_to_face, around_runs, around_links, around_ladders, in_a_triangle]


@pytest.mark.parametrize("shape", SHAPES)
async def test_of_concurrent_links_that_close_a_cycle_exactly_one_is_refused(
    connected: Graph, shape: Callable[[Picture], Links]
) -> None:
    for _ in range(40 if environment.deep else 4):
        picture = Picture()
        links = shape(picture)
        await picture.write(connected)
        viewer = picture.viewer()

        async def link(ends: tuple[str, str], picture: Picture = picture) -> WouldCloseCycle | None:
            try:
                await edge.link(connected, picture.viewer(), LIMITS, *ends, "teacher")
            except WouldCloseCycle as error:
                return error
            return None

        outcomes = await asyncio.gather(*(link(ends) for ends in links))

        (refused,) = (outcome for outcome in outcomes if outcome)
        number = outcomes.index(refused)
        made = [ends for ends in links if ends != links[number]]
        flows = {(flow.edge.source, flow.edge.target) for flow in picture.flows} | set(made)
        assert tuple(refused.path[:2]) == links[number]
        assert refused.path[-1] == refused.path[0]
        assert set(pairwise(refused.path[1:])) <= flows
        changes = await ledger.changes(connected, viewer, picture.seq, 10)
        assert sorted(change.subjects for change in changes) == sorted(made)


async def test_a_cycle_is_told_without_what_the_viewer_may_not_see(connected: Graph) -> None:
    picture = Picture()
    first, last = picture.node("Artifact", PROJECTS[0]), picture.node("Artifact", PROJECTS[0])
    run = picture.node("Run", PROJECTS[1])
    inner = picture.node("Artifact", PROJECTS[1])
    picture.flow(first, run, "USED_BY")
    picture.flow(run, inner, "LOGGED_BY")
    picture.flow(inner, last, "LINKED_TO", role="teacher")
    await picture.write(connected)

    limited = picture.viewer([PROJECTS[0]])

    with pytest.raises(WouldCloseCycle) as refused:
        await edge.link(connected, limited, LIMITS, last, first, "teacher")
    with pytest.raises(WouldCloseCycle) as seen:
        await edge.link(connected, picture.viewer(), LIMITS, last, first, "teacher")

    assert refused.value.path == [last, first, "(hidden)", last]
    assert seen.value.path == [last, first, run, inner, last]


async def test_a_link_to_itself_and_one_of_membership_are_refused(connected: Graph) -> None:
    picture = Picture()
    data = picture.node("Artifact")
    model = picture.node("Model")
    await picture.write(connected)
    viewer = picture.viewer()

    with pytest.raises(WouldCloseCycle, match=f"cycle {data} → {data}"):
        await edge.link(connected, viewer, LIMITS, data, data, "teacher")
    for role in MEMBERSHIP:
        with pytest.raises(BadRole, match=f"'{role}' is kept for members"):
            await edge.link(connected, viewer, LIMITS, data, model, role)

    assert await ledger.changes(connected, viewer, picture.seq, 10) == []


async def test_membership_closes_no_cycle(connected: Graph) -> None:
    picture = Picture()
    base, tuned = picture.node("Artifact"), picture.node("Artifact")
    model = picture.node("Model")
    picture.flow(base, model, "LINKED_TO", role="version")
    picture.flow(tuned, model, "LINKED_TO", role="version")
    picture.flow(model, tuned, "LINKED_TO", role="teacher")
    await picture.write(connected)

    await edge.link(connected, picture.viewer(), LIMITS, tuned, base, "successor")

    (change,) = await ledger.changes(connected, picture.viewer(), picture.seq, 10)
    assert change.subjects == (tuned, base)
