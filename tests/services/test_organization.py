"""Organizations: one, made at the first start."""

import pytest

from graph_api.models.entity import new_id
from graph_api.models.ledger import GENESIS
from graph_api.models.organization import Organization
from graph_api.services import entity, ledger, organization
from tests.services.world import World

pytestmark = pytest.mark.no_bytes


async def test_the_default_organization_is_made_once(world: World) -> None:
    first = await organization.ensure_default(world.graph)
    await world.project()
    again = await organization.ensure_default(world.graph)

    assert first == again
    assert first.name == "default"
    assert first.id == world.viewer.organization_id
    assert (await world.snapshot())["seq"] == [1]


async def test_its_ledger_begins_at_nothing(world: World) -> None:
    assert (await ledger.now(world.graph, world.viewer)).seq == 0

    await world.project()

    (change,) = await ledger.changes(world.graph, world.viewer, 0, 10)
    assert (change.seq, change.previous, change.what) == (1, GENESIS, "Project created")


async def test_nobody_sees_an_organization_but_their_own(world: World) -> None:
    own = world.viewer.organization_id
    stranger = world.viewer.model_copy(update={"organization_id": new_id("Organization")})

    ids = [new_id("Organization"), own]
    found = await entity.by_ids(world.graph, world.viewer, Organization, ids)
    hidden = await entity.by_ids(world.graph, stranger, Organization, [own])

    assert [row and row.id for row in found] == [None, own]
    assert hidden == [None]
