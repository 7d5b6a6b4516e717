"""What is read-only: collections, models and datasets in which nothing changes."""

from collections.abc import Awaitable, Callable

import pytest

from graph_api.errors import Forbidden, ReadOnly, WrongKind
from graph_api.models import instant
from graph_api.models.artifact import NewArtifact
from graph_api.models.manifest import Entry
from graph_api.services import (
    artifact,
    artifact_collection,
    dataset,
    deletion,
    edge,
    entity,
    expiry,
    ledger,
    membership,
    model,
)
from graph_api.settings import Settings
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

Change = Callable[[], Awaitable[object]]


async def lock(world: World, *ids: str, read_only: bool = True) -> None:
    for id in ids:
        await entity.set_read_only(world.graph, world.viewer, id, read_only=read_only)


async def changes(world: World) -> tuple[list[str], dict[str, Change]]:
    """Three that can be read-only, and all that changes something in one of them."""
    g, v = world.graph, world.viewer
    one = (await world.log("data", {"a": b"1"}, aliases=("best",))).id
    two = (await world.log("data", {"a": b"2"}, aliases=("best",))).id
    draft = await world.draft()
    await world.upload(draft, {"a": b"4"})
    collection = (await world.collection("data")).id
    container, snapshots = await world.model("m"), await world.dataset("d")
    await world.project("letters")
    for id in (one, two):
        await membership.add(g, v, LIMITS, container, id, "version", "PRODUCTION")
    new = NewArtifact(project="digits", name="data", type="dataset")
    file = artifact.Given(entry=Entry(path="a", size=None), content=b"5")
    return [collection, container, snapshots], {
        "commit": lambda: world.commit(draft),
        "draft": lambda: world.draft(),
        "log": lambda: artifact.log(g, world.blobs, v, LIMITS, new, [file]),
        "words": lambda: artifact.update(g, v, LIMITS, one, description="x"),
        "tag": lambda: artifact.update(g, v, LIMITS, one, add_tags=["x"]),
        "alias": lambda: artifact.add_aliases(g, v, LIMITS, one, ["gold"]),
        "alias off": lambda: artifact.remove_aliases(g, v, two, ["best"]),
        "alias back": lambda: artifact.roll_back_alias(g, v, collection, "best", two, None),
        "protect": lambda: artifact.protect_aliases(
            g, v, LIMITS, collection, ["best"], protected=True
        ),
        "delete": lambda: deletion.delete(
            g, world.blobs, v, [one], force=True, trash_seconds=9, seconds=9
        ),
        "time to live": lambda: expiry.set_time_to_live(g, v, one, 60),
        "move": lambda: artifact_collection.move(g, v, collection, "letters"),
        "rename": lambda: artifact_collection.update(g, v, LIMITS, collection, name="other"),
        "member": lambda: membership.add(g, v, LIMITS, container, one, "version", "STAGING"),
        "stage back": lambda: membership.roll_back(g, v, container, "PRODUCTION", 1, None),
        "link": lambda: edge.link(g, v, LIMITS, one, container, "data"),
        "link of a version": lambda: edge.link(g, v, LIMITS, container, two, "teacher"),
        "model": lambda: model.update(g, v, LIMITS, container, description="x"),
        "snapshot": lambda: membership.snapshot(g, v, LIMITS, "digits", "d", one),
        "dataset": lambda: dataset.update(g, v, LIMITS, snapshots, name="e"),
    }


async def test_nothing_changes_in_what_is_read_only(world: World) -> None:
    locked, all_changes = await changes(world)
    await lock(world, *locked)
    before = await world.snapshot(stored=False)

    for name, change in all_changes.items():
        with pytest.raises(ReadOnly, match=r"is read-only, and nothing in it changes"):
            print(name, await change())

    assert await world.snapshot(stored=False) == before


async def test_all_of_it_changes_again_once_it_is_no_longer_read_only(world: World) -> None:
    """So the refusals above are for the lock, and not for what was asked."""
    locked, all_changes = await changes(world)
    await lock(world, *locked)
    await lock(world, *locked, read_only=False)
    # These end what others need.
    last = ("alias back", "alias off", "delete", "move")

    for name in [*(name for name in all_changes if name not in last), *last]:
        if name != "alias off":
            await all_changes[name]()


async def test_what_is_read_only_can_be_read_used_and_linked_from(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    await lock(world, (await world.collection("data")).id)
    other = await world.log("other", {"a": b"2"})

    await world.use(await world.run(), made.id)
    await edge.link(world.graph, world.viewer, LIMITS, made.id, other.id, "input")

    assert await world.download(made.id) == {"a": b"1"}
    assert (await world.collection("data")).read_only
    assert not (await world.collection("other")).read_only


async def test_a_member_of_what_is_read_only_is_not_deleted_and_what_was_deleted_comes_back(
    world: World,
) -> None:
    made, gone = [(await world.log("data", {"a": data})).id for data in (b"1", b"2")]
    container = await world.model("m")
    await membership.add(world.graph, world.viewer, LIMITS, container, made, "version", None)
    await delete(world, gone)
    await lock(world, container)

    with pytest.raises(ReadOnly, match="Model 'm' is read-only"):
        await delete(world, made)

    await lock(world, (await world.collection("data")).id)
    await deletion.restore(world.graph, world.viewer, [gone])
    assert [row.state for row in await world.versions("data")] == ["COMMITTED"] * 2


async def delete(world: World, id: str) -> None:
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [id], force=True, trash_seconds=99, seconds=9
    )


async def test_what_is_read_only_does_not_expire(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    await expiry.set_time_to_live(world.graph, world.viewer, made.id, 60)
    await lock(world, (await world.collection("data")).id)

    now = instant.now() + 120 * instant.SECOND
    done = await expiry.expire(world.graph, world.blobs, world.viewer, Settings(), now)

    assert (done.deleted, done.needed) == (0, 1)


async def test_a_lock_that_is_there_already_is_no_change(world: World) -> None:
    id = await world.model("m")
    start = (await world.snapshot())["seq"][0]
    for read_only in (False, True, True, False, False):
        await lock(world, id, read_only=read_only)

    told = await ledger.changes(world.graph, world.viewer, start, 9)
    assert [change.what for change in told] == [
        "Model made read-only",
        "Model made changeable again",
    ]
    reader = world.viewer.model_copy(update={"writable": ()})
    with pytest.raises(Forbidden):
        await entity.set_read_only(world.graph, reader, id, read_only=True)
    with pytest.raises(WrongKind):
        await lock(world, await world.run())
