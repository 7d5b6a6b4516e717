"""Expiry: versions whose time to live is over."""

import pytest

from graph_api.errors import BadInput, Deleted, Forbidden, NotCommitted
from graph_api.models import instant
from graph_api.models.artifact import Artifact
from graph_api.models.expiry import Expired
from graph_api.models.viewer import Viewer
from graph_api.services import alias, artifact, deletion, edge, expiry, ledger, membership, run
from graph_api.settings import Settings
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

HOUR = 3_600
SWEEPER = "sweeper"


async def lives(world: World, id: str, seconds: int | None) -> None:
    await expiry.set_time_to_live(world.graph, world.viewer, id, seconds)


async def expired(world: World, after: float) -> tuple[int, int]:
    """What a sweep so many seconds from now deletes, and what it keeps for those who need it."""
    viewer = Viewer(user=SWEEPER, organization_id=world.viewer.organization_id)
    now = instant.now() + round(after * instant.SECOND)
    done = await expiry.expire(world.graph, world.blobs, viewer, Settings(), now)
    assert isinstance(done, Expired)
    return done.deleted, done.needed


async def read(world: World, id: str) -> Artifact:
    return await artifact.checked(world.graph, world.viewer, id)


async def test_a_version_expires_when_its_time_is_over_and_not_before(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, aliases=("best",))
    other = await world.log("data", {"a": b"2"})
    await lives(world, made.id, HOUR)
    row = await read(world, made.id)
    assert row.time_to_live == HOUR
    assert row.expires_at == instant.of(
        (await ledger.changes(world.graph, world.viewer, 0, 99))[-1].at + HOUR * instant.SECOND
    )

    assert await expired(world, HOUR - 60) == (0, 0)
    assert (await read(world, made.id)).state == "COMMITTED"
    assert await expired(world, HOUR + 60) == (1, 0)

    row = await read(world, made.id)
    assert (row.state, row.deleted_by, row.expires_at) == ("DELETED", SWEEPER, None)
    assert await alias.by_artifacts(world.graph, world.viewer, [made.id]) == [()]
    assert (await read(world, other.id)).state == "COMMITTED"
    changes = await ledger.changes(world.graph, world.viewer, 0, 99)
    assert [change.what for change in changes][-2:] == [
        "Time to live set: 3600 s",
        "Artifact deleted",
    ]
    assert await expired(world, 10 * HOUR) == (0, 0)


async def test_what_expired_is_restored_with_its_time_and_alias(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, aliases=("best",))
    await lives(world, made.id, HOUR)
    await expired(world, HOUR + 60)

    await deletion.restore(world.graph, world.viewer, [made.id])

    row = await read(world, made.id)
    assert (row.state, row.time_to_live) == ("COMMITTED", HOUR)
    assert await alias.by_artifacts(world.graph, world.viewer, [made.id]) == [("best",)]
    assert await expired(world, HOUR - 60) == (0, 0)
    assert await expired(world, HOUR + 60) == (1, 0)


async def test_the_time_is_counted_from_the_last_use(world: World) -> None:
    used, logged, left = [await world.log(name, {"a": name.encode()}) for name in "xyz"]
    for made in (used, logged, left):
        await lives(world, made.id, HOUR)
    before = [(await read(world, made.id)).expires_at for made in (used, logged, left)]
    id = await world.run()

    await world.use(id, used.id)
    await run.log(world.graph, world.viewer, id, [logged.id])

    after = [(await read(world, made.id)).expires_at for made in (used, logged, left)]
    assert [one > other for one, other in zip(after, before, strict=True) if one and other] == [
        True,
        True,
        False,
    ]


async def test_to_be_used_or_logged_again_by_the_same_run_is_a_use(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    id = await world.run()
    await world.use(id, made.id)
    await run.log(world.graph, world.viewer, id, [made.id])
    await lives(world, made.id, HOUR)
    moments = [(await read(world, made.id)).expires_at]

    await world.use(id, made.id)
    moments.append((await read(world, made.id)).expires_at)
    await run.log(world.graph, world.viewer, id, [made.id])
    moments.append((await read(world, made.id)).expires_at)

    assert len({*moments}) == 3
    assert moments == sorted(moment for moment in moments if moment)


async def test_a_deleted_version_that_is_logged_again_does_not_expire(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    await lives(world, made.id, HOUR)
    await expired(world, 2 * HOUR)
    await run.log(world.graph, world.viewer, await world.run(), [made.id])

    assert (await read(world, made.id)).expires_at is None
    assert await expired(world, 4 * HOUR) == (0, 0)


async def test_what_has_no_time_to_live_gets_none_by_its_use(world: World) -> None:
    made, once = [await world.log(name, {"a": name.encode()}) for name in "xy"]
    await lives(world, once.id, HOUR)
    await lives(world, once.id, None)

    await world.use(await world.run(), made.id, once.id)

    assert [(await read(world, it.id)).expires_at for it in (made, once)] == [None, None]
    assert await expired(world, 1000 * HOUR) == (0, 0)


async def test_what_is_needed_stays_and_is_looked_at_again_a_day_later(world: World) -> None:
    """By a protected alias, a model, a link, a run that goes on; here, and further downstream."""
    names = ("alias", "model", "link", "run", "reference", "upstream")
    made = {name: (await world.log(name, {"a": name.encode()})).id for name in names}
    collection = await world.collection("alias")
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, made["alias"], ["gold"])
    await artifact.protect_aliases(
        world.graph, world.viewer, LIMITS, collection.id, ["gold"], protected=True
    )
    joined = await membership.register(
        world.graph, world.viewer, LIMITS, "digits", "m", made["model"], None
    )
    await edge.link(world.graph, world.viewer, LIMITS, made["link"], joined.container_id, "data")
    await world.use(await world.run(), made["run"])
    await edge.link(world.graph, world.viewer, LIMITS, made["upstream"], made["alias"], "input")
    await edge.link(world.graph, world.viewer, LIMITS, made["reference"], made["run"], "reference")
    for id in made.values():
        await lives(world, id, HOUR)

    assert await expired(world, 2 * HOUR) == (0, 6)
    assert await expired(world, 2 * HOUR + 60) == (0, 0)
    assert {(await read(world, id)).state for id in made.values()} == {"COMMITTED"}

    await artifact.protect_aliases(
        world.graph, world.viewer, LIMITS, collection.id, ["gold"], protected=False
    )
    assert await expired(world, 27 * HOUR) == (2, 4)
    states = {name: (await read(world, id)).state for name, id in made.items()}
    assert [name for name in names if states[name] == "DELETED"] == ["alias", "upstream"]


async def test_a_bad_time_or_version_changes_nothing(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    gone = await world.log("other", {"a": b"2"})
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [gone.id], force=False, trash_seconds=9, seconds=9
    )
    draft = await world.draft()
    before = await world.snapshot()

    for seconds in (0, -1, 36_525 * 86_400 + 1):
        with pytest.raises(BadInput, match=f"^seconds is {seconds:,}; a time to live is 1 to"):
            await lives(world, made.id, seconds)
    with pytest.raises(NotCommitted):
        await lives(world, draft, HOUR)
    with pytest.raises(Deleted):
        await lives(world, gone.id, HOUR)
    reader = world.viewer.model_copy(update={"writable": ()})
    with pytest.raises(Forbidden):
        await expiry.set_time_to_live(world.graph, reader, made.id, HOUR)

    assert await world.snapshot() == before
    assert (await read(world, made.id)).time_to_live is None
