"""Models: registered under a name of their project."""

import pytest

from graph_api.errors import BadMetadata, NameTaken, UnknownId
from graph_api.models.model import Model
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.services import entity, ledger, lineage, membership, model
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def test_a_model_is_found_by_id_and_by_name(world: World) -> None:
    id = await world.model("digits-svm", description="Ten classes.", metadata={"classes": 10})
    scope = await world.project("digits")

    found = await model.checked(world.graph, world.viewer, id)

    assert found == await model.by_name(world.graph, world.viewer, scope, "digits-svm")
    assert (found.name, found.project_id) == ("digits-svm", scope)
    assert (found.description, found.metadata) == ("Ten classes.", {"classes": 10})
    assert await model.by_name(world.graph, world.viewer, scope, "digits") is None


async def test_a_name_is_given_once(world: World) -> None:
    id = await world.model("m")
    before = await world.snapshot()

    with pytest.raises(NameTaken, match=r"^Project 'digits' already has a Model named 'm'\.$"):
        await world.model("m", description="Another.")

    assert await world.model("m", exists_ok=True) == id
    assert await world.snapshot() == before


async def test_models_list_by_age_in_pages(world: World) -> None:
    ids = [await world.model(name) for name in ("b", "c", "a")]
    scope = await world.project("digits")

    first = await model.page(world.graph, world.viewer, scope, Window(2))
    rest = await model.page(world.graph, world.viewer, scope, Window(2, first.cursors[-1]))

    assert [row.id for row in first.items] == ids[:2]
    assert [row.id for row in rest.items] == ids[2:]


async def test_an_empty_description_removes_it(world: World) -> None:
    id = await world.model("m", description="Words.", metadata={"a": 1})

    await model.update(world.graph, world.viewer, LIMITS, id, description="")

    found = await model.checked(world.graph, world.viewer, id)
    assert (found.description, found.metadata) == (None, {"a": 1})


async def test_metadata_that_is_no_json_changes_nothing(world: World) -> None:
    id = await world.model("m", metadata={"a": 1})
    before = await world.snapshot()

    with pytest.raises(BadMetadata):
        await model.update(world.graph, world.viewer, LIMITS, id, metadata={"a": float("nan")})

    assert (await model.checked(world.graph, world.viewer, id)).metadata == {"a": 1}
    assert await world.snapshot() == before


async def test_who_may_not_see_its_project_finds_none(world: World) -> None:
    id = await world.model("m")
    stranger = world.viewer.model_copy(update={"projects": ()})

    assert await entity.by_ids(world.graph, stranger, Model, [id]) == [None]
    with pytest.raises(UnknownId):
        await model.update(world.graph, stranger, LIMITS, id, description="Mine.")


async def test_the_models_of_a_lineage_are_those_of_its_moment_that_the_viewer_sees(
    world: World,
) -> None:
    data = (await world.log("data", {"a": b"1"})).id
    before = (await ledger.now(world.graph, world.viewer)).seq
    for project, stage in (("digits", "STAGING"), ("letters", "NONE")):
        await membership.register(world.graph, world.viewer, LIMITS, project, "m", data, stage)
    staged = (await ledger.now(world.graph, world.viewer)).seq
    await membership.register(world.graph, world.viewer, LIMITS, "digits", "m", data, "PRODUCTION")
    reader = world.viewer.model_copy(update={"projects": (await world.project("digits"),)})

    async def models(viewer: Viewer, as_of: int | None) -> list[tuple[str, int, str | None]]:
        found = await lineage.lineage(
            world.graph, viewer, [data], "DOWNSTREAM", as_of=as_of, seconds=30
        )
        told: list[tuple[str, int, str | None]] = []
        for one in await lineage.models(world.graph, viewer, found):
            assert one.member
            row = await model.checked(world.graph, world.viewer, one.model_id)
            of = "digits" if row.project_id == await world.project("digits") else "letters"
            told.append((of, one.member.index, one.member.stage))
        return told

    assert await models(world.viewer, before) == []
    assert await models(world.viewer, staged) == [("digits", 0, "STAGING"), ("letters", 0, "NONE")]
    assert await models(reader, staged) == [("digits", 0, "STAGING")]
    assert await models(reader, None) == [("digits", 0, "PRODUCTION")]
