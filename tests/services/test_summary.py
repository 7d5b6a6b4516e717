"""A summary counts what a lineage holds, and draws it together, without loading any of it."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.errors import BadInput, UnknownId
from graph_api.graph import Graph
from graph_api.models.entity import new_id
from graph_api.models.lineage import Region
from graph_api.models.summary import CollapseBy, EdgeCount, EntityCount, GroupEdge, Groups, Summary
from graph_api.models.viewer import Viewer
from graph_api.services import lineage
from tests.environment import environment
from tests.services.closure import Question
from tests.services.graphs import PROJECTS, Node, Picture
from tests.services.grouped import summarized
from tests.services.test_lineage import Asked, asked, exhaustive

pytestmark = pytest.mark.no_bytes

WAYS: tuple[CollapseBy, ...] = get_args(CollapseBy)


async def ask(
    graph: Graph,
    viewer: Viewer,
    question: Question,
    by: CollapseBy | None = None,
    seconds: float = 60,
) -> Summary:
    """Ask the service."""
    return await lineage.summary(
        graph,
        viewer,
        question.roots,
        question.direction,
        depth=question.depth,
        where=question.where,
        shared=question.shared,
        by=by,
        as_of=question.as_of,
        seconds=seconds,
    )


def groups_of(found: Summary) -> Groups:
    assert found.collapsed
    return found.collapsed


@settings(exhaustive, max_examples=3_000 if environment.deep else 60)
@given(asked(), st.sampled_from((None, *WAYS)))
async def test_every_summary_counts_the_brute_force_closure(
    connected: Graph, asked: Asked, by: CollapseBy | None
) -> None:
    """With hidden entities, cycles, several roots, filters, depths and moments."""
    await asked.picture.write(connected)
    try:
        for question in asked.questions:
            found = await ask(connected, asked.viewer, question, by)
            wanted = summarized(asked.picture, asked.viewer, question, by, found)
            assert found == wanted, (question, by)
    finally:
        await asked.picture.erase(connected)


async def test_an_edge_that_both_directions_meet_is_counted_once(connected: Graph) -> None:
    picture = Picture()
    raw, model = picture.node("Artifact"), picture.node("Artifact")
    picture.step(raw, model)
    picture.step(model, raw)
    await picture.write(connected)

    for roots in ([raw], [raw, model]):
        found = await ask(connected, picture.viewer(), Question(roots, "BOTH"), "PROJECT")
        assert found.edge_counts == (EdgeCount("LOGGED_BY", None, 2), EdgeCount("USED_BY", None, 2))
        (group,) = groups_of(found).groups
        assert (group.count, group.edge_count, groups_of(found).edges) == (4, 4, ())
    await picture.erase(connected)


async def test_a_wide_answer_is_a_few_boxes(connected: Graph) -> None:
    picture = Picture()
    unique = picture.organization_id.rpartition("_")[2]
    scans, svms, notes = (f"artifact_collection_{unique}{name}" for name in ("a", "b", "c"))

    def version(number: int, collection: str) -> str:
        id = f"artifact_{unique}{number:05}"
        picture.nodes.append(Node(id, PROJECTS[0], collection_id=collection))
        return id

    raw = version(0, scans)
    wide = 2_300
    for number in range(1, 1 + wide):
        picture.nodes.append(Node(f"run_{unique}{number:05}", PROJECTS[0]))
        run, svm = picture.nodes[-1].id, version(number, svms)
        picture.flow(raw, run, "USED_BY")
        picture.flow(run, svm, "LOGGED_BY")
        if number % 100 == 0:
            picture.flow(run, version(10_000 + number, notes), "LOGGED_BY")
        if number > 2_290:
            picture.flow(svm, raw, "LINKED_TO", role="teacher")
    await picture.write(connected)

    found = await ask(connected, picture.viewer(), Question([raw], "DOWNSTREAM"), "COLLECTION")
    drawn = groups_of(found)

    tried, noted = f"run_{unique}00001", f"run_{unique}00100"
    assert found.incomplete_because == ()
    assert found.counts == (
        EntityCount(0, "Artifact", 1),
        EntityCount(1, "Run", wide),
        EntityCount(2, "Artifact", wide + 23),
    )
    assert [(it.key, it.entity_id, it.kind, it.count, it.min_depth) for it in drawn.groups] == [
        (scans, scans, "Artifact", 1, 0),
        (tried, None, "Run", wide - 23, 1),
        (noted, None, "Run", 23, 1),
        (svms, svms, "Artifact", wide, 2),
        (notes, notes, "Artifact", 23, 2),
    ]
    assert [it.has_root for it in drawn.groups] == [True, False, False, False, False]
    assert drawn.edges == (
        GroupEdge(scans, tried, "USED_BY", None, wide - 23),
        GroupEdge(scans, noted, "USED_BY", None, 23),
        GroupEdge(tried, svms, "LOGGED_BY", None, wide - 23),
        GroupEdge(noted, svms, "LOGGED_BY", None, 23),
        GroupEdge(noted, notes, "LOGGED_BY", None, 23),
        GroupEdge(svms, scans, "LINKED_TO", "teacher", 10),
    )
    assert drawn.hidden == ()
    await picture.erase(connected)


async def test_a_collection_that_is_linked_is_in_the_group_of_its_versions(
    connected: Graph,
) -> None:
    picture = Picture()
    collection = picture.node("ArtifactCollection", PROJECTS[0])
    version = f"artifact_{picture.organization_id.rpartition('_')[2]}"
    picture.nodes.append(Node(version, PROJECTS[0], collection_id=collection))
    picture.flow(version, collection, "LINKED_TO", role="of")
    await picture.write(connected)

    found = await ask(connected, picture.viewer(), Question([version], "DOWNSTREAM"), "COLLECTION")

    (group,) = groups_of(found).groups
    assert (group.key, group.kind, group.count, group.edge_count) == (collection, None, 2, 1)
    await picture.erase(connected)


async def test_what_is_hidden_touches_groups_and_says_no_more_than_a_lineage_does(
    connected: Graph,
) -> None:
    picture = Picture()
    raw = picture.node("Artifact", PROJECTS[0])
    shown = [picture.node("Artifact", PROJECTS[1]) for _ in range(3)]
    # A fan of hidden runs, and one apart: regions that touch different versions.
    for target in (*shown, shown[0]):
        run = picture.node("Run", PROJECTS[2])
        picture.flow(raw, run, "USED_BY")
        picture.flow(run, target, "LOGGED_BY")
    await picture.write(connected)
    viewer = picture.viewer(PROJECTS[:2])

    whole = await lineage.lineage(connected, viewer, [raw], "DOWNSTREAM", seconds=60)
    found = await ask(connected, viewer, Question([raw], "DOWNSTREAM"), "PROJECT")
    plain = await ask(connected, viewer, Question([raw], "DOWNSTREAM"))

    assert whole.hidden == [Region(1, (raw,), (target,)) for target in shown]
    assert groups_of(found).hidden == (Region(1, (PROJECTS[0],), (PROJECTS[1],)),)
    assert groups_of(found).edges == found.edge_counts == ()
    assert found.incomplete_because == ("PERMISSION",)
    assert found.counts == (EntityCount(0, "Artifact", 1), EntityCount(2, "Artifact", 3))
    assert (plain.counts, plain.collapsed) == (found.counts, None)
    await picture.erase(connected)


async def test_a_summary_without_time_counts_the_roots_and_says_timeout(connected: Graph) -> None:
    picture = Picture()
    raw = picture.node("Artifact")
    picture.step(raw, picture.node("Artifact"))
    await picture.write(connected)

    found = await ask(connected, picture.viewer(), Question([raw], "BOTH"), "TYPE", seconds=0)

    assert (found.counts, found.edge_counts) == ((EntityCount(0, "Artifact", 1),), ())
    assert found.incomplete_because == ("TIMEOUT",)
    assert [it.example_id for it in groups_of(found).groups] == [raw]
    await picture.erase(connected)


async def test_what_cannot_be_summed_up_is_an_error(connected: Graph) -> None:
    picture = Picture(seq=3)
    data = picture.node("Artifact", PROJECTS[0])
    hidden = picture.node("Model", PROJECTS[1])
    await picture.write(connected)
    viewer = picture.viewer([PROJECTS[0]])
    refused: list[tuple[Question, type[Exception], str]] = [
        (Question([data, hidden], "UPSTREAM"), UnknownId, f"has the id '{hidden}'"),
        (Question([unknown := new_id("Run")], "BOTH"), UnknownId, f"has the id '{unknown}'"),
        (Question([data], "BOTH", shared=True), BadInput, "shared is of one direction"),
        (Question([data], "BOTH", depth=-1), BadInput, "depth is -1; it counts edges, from 0"),
        (Question([data], "BOTH", as_of=4), BadInput, "seq is 4; the newest is 3"),
        (Question([], "BOTH"), BadInput, "roots is empty"),
    ]

    for question, error, says in refused:
        for by in (None, "COLLECTION"):
            with pytest.raises(error, match=says):
                await ask(connected, viewer, question, by)
    await picture.erase(connected)
