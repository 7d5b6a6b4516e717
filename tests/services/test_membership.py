"""Membership: versions of models, snapshots of datasets."""

import pytest

from graph_api.errors import BadInput, NoMember, NotCommitted, WrongKind
from graph_api.models.edge import Use
from graph_api.models.page import Stretch
from graph_api.services import membership
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def register(world: World, name: str, artifact_id: str, stage: str | None = None) -> int:
    joined = await membership.register(
        world.graph, world.viewer, LIMITS, "digits", name, artifact_id, stage
    )
    return joined.index


async def members(world: World, id: str) -> list[tuple[int, str, str | None]]:
    batch = membership.MembersOf(Stretch(None, None, 9))
    (rows,) = await batch(world.graph, world.viewer, [id])
    return [(row.index, row.artifact_id, row.stage) for row in rows.items]


async def test_versions_of_a_model_are_numbered_in_it(world: World) -> None:
    one, two = [await world.log("svm", {"a": data}) for data in (b"1", b"2")]

    indices = [await register(world, "digits", made.id) for made in (two, one, two)]

    id = await world.model("digits", exists_ok=True)
    assert indices == [0, 1, 0]
    assert await members(world, id) == [(0, two.id, "NONE"), (1, one.id, "NONE")]


async def test_a_member_moves_between_stages_and_keeps_its_index(world: World) -> None:
    one, two = [await world.log("svm", {"a": data}) for data in (b"1", b"2")]
    await register(world, "digits", one.id, "STAGING")
    await register(world, "digits", two.id)

    await register(world, "digits", one.id, "PRODUCTION")
    await register(world, "digits", one.id)

    id = await world.model("digits", exists_ok=True)
    assert await members(world, id) == [(0, one.id, "PRODUCTION"), (1, two.id, "NONE")]
    found = await membership.current(world.graph, world.viewer, id, stage="PRODUCTION")
    assert found.artifact_id == one.id
    with pytest.raises(NoMember):
        await membership.current(world.graph, world.viewer, id, stage="STAGING")


async def test_the_newest_member_stands_for_its_container(world: World) -> None:
    one, two = [await world.log("data", {"a": data}) for data in (b"1", b"2")]
    for made in (one, two):
        await membership.snapshot(world.graph, world.viewer, LIMITS, "digits", "digits", made.id)
    id = await world.dataset("digits", exists_ok=True)

    assert await membership.resolved(world.graph, world.viewer, [id, one.id]) == [
        Use(id=two.id, via=id),
        Use(id=one.id),
    ]
    first = await membership.current(world.graph, world.viewer, id, index=0)
    assert (first.artifact_id, first.stage, first.by) == (one.id, None, "ada")


async def test_a_container_without_members_stands_for_nothing(world: World) -> None:
    id = await world.dataset("empty")

    with pytest.raises(NoMember, match=f"^'{id}' has no"):
        await membership.resolved(world.graph, world.viewer, [id])
    assert await membership.find(world.graph, world.viewer, id) is None


async def test_what_cannot_be_a_member_leaves_nothing(world: World) -> None:
    draft, run = await world.draft(), await world.run()
    before = await world.snapshot()

    with pytest.raises(NotCommitted):
        await register(world, "digits", draft)
    with pytest.raises(WrongKind, match=f"'{run}' .* Run; .* Artifact"):
        await register(world, "digits", run)
    with pytest.raises(BadInput, match="not both"):
        await membership.find(world.graph, world.viewer, run, index=0, stage="STAGING")

    assert await world.snapshot() == before
