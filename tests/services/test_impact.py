"""Impact: all that came of something, with what relies on it, the gravest first."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.graph import Graph
from graph_api.models import instant
from graph_api.models.impact import Affected, AliasOf, Reliance
from graph_api.models.membership import Member
from graph_api.models.viewer import Viewer
from graph_api.services import lineage
from tests.environment import environment
from tests.services.closure import Question, expected
from tests.services.graphs import PROJECTS, Picture, pictures
from tests.services.test_lineage import exhaustive

pytestmark = pytest.mark.no_bytes


def relied_on(picture: Picture, viewer: Viewer, id: str, seq: int) -> tuple[list[str], int | None]:
    """The models that the viewer sees of which it is a version, and when it was used last."""
    kinds = {node.id: node.kind for node in picture.nodes}
    project = {node.id: node.project_id for node in picture.nodes}
    there = [
        flow
        for flow in picture.flows
        if flow.edge.source == id
        and flow.since <= seq
        and (flow.until is None or flow.until > seq)
        and (viewer.projects is None or project[flow.edge.target] in viewer.projects)
    ]
    places = [
        it.edge.target
        for it in there
        if it.edge.role == "version" and kinds[it.edge.target] == "Model"
    ]
    uses = [it.since for it in there if it.edge.kind == "USED_BY"]
    return sorted(places), max(uses, default=None)


@settings(exhaustive, max_examples=3_000 if environment.deep else 40)
@given(pictures(), st.none() | st.just(PROJECTS[:2]), st.data())
async def test_all_that_is_downstream_is_told_with_what_relies_on_it(
    connected: Graph, picture: Picture, projects: tuple[str, ...] | None, data: st.DataObject
) -> None:
    await picture.write(connected)
    viewer = picture.viewer(projects)
    try:
        as_of = data.draw(st.integers(4, picture.seq))
        seen = [it.id for it in picture.nodes if viewer.reads(it.project_id) and it.since <= as_of]
        root = data.draw(st.sampled_from(seen))
        truth = expected(picture, viewer, Question([root], "DOWNSTREAM", as_of=as_of))

        found = await lineage.impact(connected, viewer, root, as_of=as_of, seconds=60)

        assert {(it.reliance.id, it.depth) for it in found.affected} == {*truth.depths}
        assert [it.rank for it in found.affected] == sorted(it.rank for it in found.affected)
        for it in found.affected:
            used = it.reliance.used_at
            at = used and (used - instant.of(0)) // timedelta(microseconds=1)
            told = [place.container_id for place in it.reliance.places], at
            assert told == relied_on(picture, viewer, it.reliance.id, as_of)
    finally:
        await picture.erase(connected)


def test_what_is_in_production_comes_before_all_else() -> None:
    now = instant.of(10**15)
    place = Member(container_id="m", artifact_id="a", index=0, stage="X", at=now, by="ada")

    def one(id: str, depth: int = 1, **known: object) -> Affected:
        plain = {"bytes": 1, "running": False, "aliases": (), "places": (), "used_at": None}
        return Affected(depth, Reliance.model_validate({"id": id, **plain, **known}))

    ranked = [
        one("production", places=(place, place.model_copy(update={"stage": "PRODUCTION"}))),
        one("protected", aliases=(AliasOf(name="x", protected=True),), places=(place,)),
        one("staging", places=(place.model_copy(update={"stage": "STAGING"}),)),
        one("registered", places=(place,)),
        one("aliased", aliases=(AliasOf(name="x", protected=False),)),
        one("running", running=True),
        one("used", depth=9, used_at=now),
        one("near"),
        one("a far one", depth=2),
        one("far", depth=2),
    ]

    turned = ranked[::-1]
    assert sorted(turned, key=lambda it: it.rank) == ranked
    assert [it.reliance.severity for it in ranked[:6]] == [
        "PRODUCTION",
        "PROTECTED",
        "STAGING",
        "REGISTERED",
        "ALIASED",
        "RUNNING",
    ]
    assert {it.reliance.severity for it in ranked[6:]} == {"PLAIN"}
