"""Datasets: registered under a name of their project."""

import pytest

from graph_api.errors import BadMetadata, NameTaken, UnknownId
from graph_api.models.dataset import Dataset
from graph_api.models.page import Window
from graph_api.services import dataset, entity
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def test_a_dataset_is_found_by_id_and_by_name(world: World) -> None:
    id = await world.dataset("digits-svm", description="Ten classes.", metadata={"classes": 10})
    scope = await world.project("digits")

    found = await dataset.checked(world.graph, world.viewer, id)

    assert found == await dataset.by_name(world.graph, world.viewer, scope, "digits-svm")
    assert (found.name, found.project_id) == ("digits-svm", scope)
    assert (found.description, found.metadata) == ("Ten classes.", {"classes": 10})
    assert await dataset.by_name(world.graph, world.viewer, scope, "digits") is None


async def test_a_name_is_given_once(world: World) -> None:
    id = await world.dataset("m")
    before = await world.snapshot()

    with pytest.raises(NameTaken, match=r"^Project 'digits' already has a Dataset named 'm'\.$"):
        await world.dataset("m", description="Another.")

    assert await world.dataset("m", exists_ok=True) == id
    assert await world.snapshot() == before


async def test_datasets_list_by_age_in_pages(world: World) -> None:
    ids = [await world.dataset(name) for name in ("b", "c", "a")]
    scope = await world.project("digits")

    first = await dataset.page(world.graph, world.viewer, scope, Window(2))
    rest = await dataset.page(world.graph, world.viewer, scope, Window(2, first.cursors[-1]))

    assert [row.id for row in first.items] == ids[:2]
    assert [row.id for row in rest.items] == ids[2:]


async def test_an_empty_description_removes_it(world: World) -> None:
    id = await world.dataset("m", description="Words.", metadata={"a": 1})

    await dataset.update(world.graph, world.viewer, LIMITS, id, description="")

    found = await dataset.checked(world.graph, world.viewer, id)
    assert (found.description, found.metadata) == (None, {"a": 1})


async def test_metadata_that_is_no_json_changes_nothing(world: World) -> None:
    id = await world.dataset("m", metadata={"a": 1})
    before = await world.snapshot()

    with pytest.raises(BadMetadata):
        await dataset.update(world.graph, world.viewer, LIMITS, id, metadata={"a": float("nan")})

    assert (await dataset.checked(world.graph, world.viewer, id)).metadata == {"a": 1}
    assert await world.snapshot() == before


async def test_who_may_not_see_its_project_finds_none(world: World) -> None:
    id = await world.dataset("m")
    stranger = world.viewer.model_copy(update={"projects": ()})

    assert await entity.by_ids(world.graph, stranger, Dataset, [id]) == [None]
    with pytest.raises(UnknownId):
        await dataset.update(world.graph, stranger, LIMITS, id, description="Mine.")
