"""Artifact collections: names with versions."""

import pytest

from graph_api.errors import NameTaken, UnknownName
from graph_api.models.page import Window
from graph_api.services import artifact_collection, project
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def test_a_collection_is_made_by_its_first_draft(world: World) -> None:
    await world.draft("images", type="dataset")

    found = await world.collection("images")

    assert (found.name, found.type, found.description) == ("images", "dataset", None)
    assert found.project_id == await world.project("digits")


async def test_a_name_is_taken_within_its_project_only(world: World) -> None:
    id = await artifact_collection.create(
        world.graph, world.viewer, LIMITS, "digits", "images", "dataset"
    )
    elsewhere = await artifact_collection.create(
        world.graph, world.viewer, LIMITS, "letters", "images", "dataset"
    )

    with pytest.raises(
        NameTaken, match=r"^Project 'digits' already has a ArtifactCollection named 'images'\.$"
    ):
        await artifact_collection.create(
            world.graph, world.viewer, LIMITS, "digits", "images", "dataset"
        )

    assert (await world.collection("images")).id == id
    assert (await world.collection("images", "letters")).id == elsewhere


async def test_collections_list_by_age_within_their_project(world: World) -> None:
    for name in ("b", "a"):
        await world.draft(name)
    await world.draft("c", project="letters")
    scope = await world.project("digits")

    page = await artifact_collection.page(world.graph, world.viewer, scope, Window())

    assert [row.name for row in page.items] == ["b", "a"]
    assert not await page.has_next()


async def test_a_renamed_collection_keeps_its_versions_and_frees_its_name(world: World) -> None:
    made = await world.log("old", {"a": b"1"})
    collection = await world.collection("old")

    await artifact_collection.update(world.graph, world.viewer, LIMITS, collection.id, name="new")

    (version,) = await world.versions("new")
    assert (version.id, version.name) == (made.id, "new")
    scope = await project.scope(world.graph, world.viewer, "digits")
    with pytest.raises(
        UnknownName, match=r"^Project 'digits' has no ArtifactCollection named 'old'\.$"
    ):
        await artifact_collection.named(world.graph, world.viewer, scope, "old")
