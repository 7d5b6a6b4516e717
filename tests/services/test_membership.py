"""Membership: versions of models, snapshots of datasets."""

from typing import Any

import pytest

from graph_api.errors import (
    BadInput,
    NoMember,
    NotCommitted,
    NothingBefore,
    StageMoved,
    UnknownId,
    WrongKind,
)
from graph_api.models.edge import Use
from graph_api.models.page import Stretch, Window
from graph_api.services import deletion, membership
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


async def in_stages(world: World, *stages: tuple[int, str]) -> tuple[str, list[str]]:
    """A model of three versions that came into these stages one after another; their artifacts."""
    made = [(await world.log("svm", {"a": data})).id for data in (b"1", b"2", b"3")]
    for id in made:
        await register(world, "digits", id)
    model = await world.model("digits", exists_ok=True)
    for index, stage in stages:
        await register(world, "digits", made[index], stage)
    return model, made


async def back(world: World, model: str, believed: int | None, stage: str = "PRODUCTION") -> None:
    await membership.roll_back(world.graph, world.viewer, model, stage, believed, None)


async def stages(world: World, model: str) -> list[str | None]:
    return [stage for _, _, stage in await members(world, model)]


async def test_a_stage_goes_back_to_who_was_there_and_its_version_to_where_it_came_from(
    world: World,
) -> None:
    model, made = await in_stages(
        world, (0, "PRODUCTION"), (1, "STAGING"), (1, "PRODUCTION"), (0, "DEPRECATED")
    )

    await back(world, model, 1)

    assert await stages(world, model) == ["PRODUCTION", "STAGING", "NONE"]
    found = await membership.current(world.graph, world.viewer, model, stage="PRODUCTION")
    assert found.artifact_id == made[0]
    # To do so again goes forth again.
    await back(world, model, 0)
    assert await stages(world, model) == ["DEPRECATED", "PRODUCTION", "NONE"]


async def test_who_never_left_the_stage_stays_where_it_is(world: World) -> None:
    model, _ = await in_stages(world, (0, "PRODUCTION"), (2, "PRODUCTION"))

    await back(world, model, 2)

    assert await stages(world, model) == ["PRODUCTION", "NONE", "NONE"]


async def test_a_stage_that_was_left_empty_is_filled_again(world: World) -> None:
    model, _ = await in_stages(world, (0, "PRODUCTION"), (1, "PRODUCTION"), (0, "NONE"), (1, "X"))

    await back(world, model, None)

    assert await stages(world, model) == ["NONE", "PRODUCTION", "NONE"]


async def test_a_deleted_version_is_not_put_back_into_a_stage(world: World) -> None:
    model, made = await in_stages(
        world, (0, "PRODUCTION"), (0, "X"), (1, "PRODUCTION"), (1, "X"), (2, "PRODUCTION")
    )
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [made[1]], force=True, trash_seconds=60, seconds=10
    )

    await back(world, model, 2)

    assert await stages(world, model) == ["PRODUCTION", "X", "NONE"]


async def test_a_stage_that_cannot_be_rolled_back_stays_as_it_is(world: World) -> None:
    model, _ = await in_stages(world, (0, "PRODUCTION"))
    dataset = await world.dataset("d")
    before = await world.snapshot()

    with pytest.raises(StageMoved, match="'PRODUCTION' is version 0 by now, not version 1;"):
        await back(world, model, 1)
    with pytest.raises(StageMoved, match="'STAGING' is no version by now, not version 0;"):
        await back(world, model, 0, "STAGING")
    with pytest.raises(NothingBefore, match="no other version in the stage 'PRODUCTION' before"):
        await back(world, model, 0)
    with pytest.raises(WrongKind):
        await back(world, dataset, None)
    with pytest.raises(UnknownId):
        await back(world, "model_01h455vb4pex5vsknk084sn02q", None)

    assert await world.snapshot() == before


async def test_the_history_of_stages_is_told_of_a_model_of_a_version_and_of_a_stage(
    world: World,
) -> None:
    model, made = await in_stages(world, (0, "STAGING"), (1, "STAGING"), (0, "PRODUCTION"))

    async def told(**of: Any) -> list[tuple[int, str, bool]]:
        page = await membership.history(world.graph, world.viewer, model, Window(1000), **of)
        assert all(row.artifact_id == made[row.index] for row in page.items)
        return [(row.index, row.stage, row.until is None) for row in page.items]

    of_first = [(0, "NONE", False), (0, "STAGING", False), (0, "PRODUCTION", True)]
    assert await told(index=0) == of_first
    assert await told(stage="STAGING") == [(0, "STAGING", False), (1, "STAGING", True)]
    assert await told(index=1, stage="PRODUCTION") == []
    everything = await told()
    assert everything == [
        *((index, "NONE", index == 2) for index in range(3)),
        (0, "STAGING", False),
        (1, "STAGING", True),
        (0, "PRODUCTION", True),
    ]
    page = await membership.history(world.graph, world.viewer, model, Window(last=1))
    (last,) = page.items
    assert (last.set_by, last.ended_by, last.ended_at) == ("ada", None, None)
    assert await page.has_previous()
