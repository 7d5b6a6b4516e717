"""Approvals: they stand until they are revoked, and are told of by the ledger."""

import pytest

from graph_api.errors import BadInput, BadName, Deleted, Forbidden, UnknownId, WrongKind
from graph_api.services import approval, deletion, ledger
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes


async def standing(world: World, id: str) -> list[tuple[str, str, str]]:
    (found,) = await approval.of(world.graph, world.viewer, [id])
    return [(it.name, it.by, it.note) for it in found]


async def test_an_approval_stands_once_until_it_is_revoked(world: World) -> None:
    graph, ada = world.graph, world.viewer
    grace = ada.model_copy(update={"user": "grace"})
    id, other = [(await world.log(name, {"a": b"1"})).id for name in ("one", "other")]
    seq = (await ledger.now(graph, ada)).seq

    await approval.approve(graph, ada, LIMITS, id, "legal", "Read.")
    await approval.approve(graph, ada, LIMITS, id, "legal", "Read.")
    await approval.approve(graph, grace, LIMITS, id, "legal", "")
    await approval.approve(graph, ada, LIMITS, id, "safe", "")
    await approval.approve(graph, ada, LIMITS, id, "legal", "Read again.")
    assert await standing(world, id) == [
        ("legal", "grace", ""),
        ("safe", ada.user, ""),
        ("legal", ada.user, "Read again."),
    ]
    assert await standing(world, other) == []

    await approval.revoke(graph, ada, id, "legal", None)
    await approval.revoke(graph, ada, id, "legal", None)
    await approval.revoke(graph, ada, id, "legal", "grace")
    assert await standing(world, id) == [("safe", ada.user, "")]
    changes = await ledger.changes(graph, ada, seq, 10)
    assert [change.what for change in changes] == [
        "Approved as legal",
        "Approved as legal",
        "Approved as safe",
        "Approved as legal",
        "Approval as legal revoked",
        "Approval as legal of grace revoked",
    ]
    assert {change.subjects for change in changes} == {(id,)}


async def test_what_cannot_be_approved_or_revoked_is_refused_and_nothing_changes(
    world: World,
) -> None:
    graph, viewer = world.graph, world.viewer
    id, gone = [(await world.log(name, {"a": b"1"})).id for name in ("one", "gone")]
    await deletion.delete(
        graph, world.blobs, viewer, [gone], force=False, trash_seconds=60, seconds=10
    )
    draft, run = await world.draft("new"), await world.run()
    await approval.approve(graph, viewer, LIMITS, id, "legal", "")
    limited = {"projects": (await world.project(),), "user": "grace"}
    reader = viewer.model_copy(update=limited | {"writable": ()})
    writer = viewer.model_copy(update=limited | {"administered": ()})
    before = await world.snapshot()

    for other, error in ((draft, UnknownId), (run, WrongKind), (gone, Deleted)):
        with pytest.raises(error):
            await approval.approve(graph, viewer, LIMITS, other, "legal", "")
    with pytest.raises(BadName, match="approval"):
        await approval.approve(graph, viewer, LIMITS, id, " ", "")
    with pytest.raises(BadInput, match="2,001"):
        await approval.approve(graph, viewer, LIMITS, id, "safe", "x" * 2_001)
    with pytest.raises(Forbidden):
        await approval.approve(graph, reader, LIMITS, id, "safe", "")
    with pytest.raises(Forbidden):
        await approval.revoke(graph, writer, id, "legal", viewer.user)

    assert await world.snapshot() == before
    assert await standing(world, id) == [("legal", viewer.user, "")]
