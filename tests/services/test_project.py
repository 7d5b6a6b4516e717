"""Projects: scopes for names."""

import pytest

from graph_api.errors import (
    BadCursor,
    BadName,
    NameTaken,
    UnknownId,
    UnknownName,
    WrongKind,
)
from graph_api.models.page import Window
from graph_api.models.project import Project
from graph_api.services import entity, project
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def test_a_project_is_found_by_id_and_by_name(world: World) -> None:
    id = await project.create(
        world.graph, world.viewer, LIMITS, "digits", "Handwritten.", {"owner": "ada"}
    )

    found = await project.checked(world.graph, world.viewer, id)

    assert found == await project.by_name(world.graph, world.viewer, "digits")
    assert (found.name, found.description, found.metadata) == (
        "digits",
        "Handwritten.",
        {"owner": "ada"},
    )
    assert (found.organization_id, found.created_by) == (world.viewer.organization_id, "ada")


async def test_a_name_is_given_once(world: World) -> None:
    id = await world.project("digits")
    before = await world.snapshot()

    with pytest.raises(NameTaken, match=r"^The organization already has a Project named 'digits'"):
        await project.create(world.graph, world.viewer, LIMITS, "digits")

    assert await world.project("digits") == id
    assert await world.snapshot() == before


async def test_names_that_look_the_same_are_the_same(world: World) -> None:
    id = await world.project("caf\u00e9")

    assert (await project.scope(world.graph, world.viewer, "cafe\u0301")).id == id
    with pytest.raises(UnknownName, match=r"^The organization has no Project named 'cafe'\.$"):
        await project.scope(world.graph, world.viewer, "cafe")


async def test_a_bad_name_is_refused_and_leaves_nothing(world: World) -> None:
    before = await world.snapshot()

    with pytest.raises(BadName, match="contains '/'"):
        await project.create(world.graph, world.viewer, LIMITS, "a/b")

    assert await world.snapshot() == before


async def test_projects_list_by_age_in_pages(world: World) -> None:
    ids = [await world.project(name) for name in ("c", "a", "b")]

    first = await project.page(world.graph, world.viewer, Window(2))
    rest = await project.page(world.graph, world.viewer, Window(2, first.cursors[-1]))

    assert [row.id for row in [*first.items, *rest.items]] == ids
    assert (await first.has_next(), await rest.has_next()) == (True, False)
    with pytest.raises(BadCursor):
        await project.page(world.graph, world.viewer, Window(2, "é"))


async def test_who_may_not_see_a_project_finds_none(world: World) -> None:
    id, other = await world.project("digits"), await world.project("other")
    stranger = world.viewer.model_copy(update={"projects": (other,)})

    assert await entity.by_ids(world.graph, stranger, Project, [id]) == [None]
    assert await project.by_name(world.graph, stranger, "digits") is None
    assert [row.id for row in (await project.page(world.graph, stranger, Window())).items] == [
        other
    ]
    with pytest.raises(UnknownId):
        await project.checked(world.graph, stranger, id)
    with pytest.raises(WrongKind):
        await project.checked(world.graph, stranger, world.viewer.organization_id)


async def test_no_name_tells_who_sees_some_projects_of_another(world: World) -> None:
    mine, _ = await world.project("mine"), await world.project("hidden")
    also = await world.project("also mine")
    limited = world.viewer.model_copy(update={"projects": (mine, also)})
    before = await world.snapshot()

    for name in ("hidden", "unheard of"):
        with pytest.raises(BadName, match=f"'{name}' can only be given by who sees all projects"):
            await project.update(world.graph, limited, LIMITS, mine, name=name)
    with pytest.raises(NameTaken):
        await project.update(world.graph, limited, LIMITS, mine, name="also mine")
    assert await world.snapshot() == before

    await project.update(world.graph, limited, LIMITS, mine, name="mine", description="Mine.")
    assert (await project.checked(world.graph, limited, mine)).description == "Mine."


async def test_an_update_overwrites_what_is_given_only(world: World) -> None:
    id = await project.create(world.graph, world.viewer, LIMITS, "old", "Words.", {"a": 1})
    await world.project("taken")

    await project.update(world.graph, world.viewer, LIMITS, id, name="new", metadata={"b": 2})
    with pytest.raises(NameTaken):
        await project.update(world.graph, world.viewer, LIMITS, id, name="taken")

    found = await project.checked(world.graph, world.viewer, id)
    assert (found.name, found.description, found.metadata) == ("new", "Words.", {"b": 2})
    assert await world.properties(id, "meta.") == {"meta.b": 2}
