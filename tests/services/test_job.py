"""Jobs: their turns, their leases and their rights, on the deletion of collections."""

import asyncio
from typing import Any

import pytest

from graph_api.errors import KeyReused, NotSure, ReadOnly, UnknownId, WrongKind
from graph_api.graph import Nothing, Query
from graph_api.models import instant
from graph_api.models.deletion import Plan
from graph_api.models.idempotency import Call
from graph_api.models.page import Stretch
from graph_api.services import (
    alias,
    artifact,
    deletion,
    entity,
    idempotency,
    job,
    ledger,
    run,
)
from graph_api.services.deletion import trash
from graph_api.services.job import deletion as slices
from graph_api.settings import Settings
from tests.services.work import deletion_of, done, jobs_of, logged, read, states, told, turn
from tests.services.world import LIMITS, World

pytestmark = pytest.mark.no_bytes

NOBODY = "job_01h455vb4pex5vsknk084sn02q"
UNKNOWN = "artifact_collection_01h455vb4pex5vsknk084sn02q"
ABANDONED = Query(
    "tests/abandoned", "MATCH (j:Job) WHERE j.lease IS NOT NULL SET j.due_at = 0", Nothing
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions a slice."""
    monkeypatch.setattr(slices, "_AT_ONCE", 2)


async def finish(world: World, run_id: str) -> None:
    await run.finish(world.graph, world.viewer, run_id, "COMPLETED", None)


async def test_a_collection_is_deleted_slice_by_slice(world: World) -> None:
    ids = await logged(world, 5)
    other = await logged(world, 1, "other")
    id = await deletion_of(world)
    begun = await read(world, id)
    assert (begun.progress, begun.started_at, told(begun)) == (0, None, ("QUEUED", 0, 5, None))
    assert (begun.created_by, begun.spec) == ("ada", {"force": False, "below": 5})

    first, second, third = [await turn(world, id) for _ in range(3)]
    assert [told(row)[:2] for row in (first, second, third)] == [
        ("RUNNING", 2),
        ("RUNNING", 4),
        ("RUNNING", 5),
    ]
    last = await turn(world, id)

    assert told(last) == ("COMPLETED", 5, 5, None)
    assert (last.progress, last.started_at, last.result) == (1, first.started_at, {})
    assert last.ended_at
    assert await states(world, ids + other) == ["DELETED"] * 5 + ["COMMITTED"]
    changes = await ledger.changes(world.graph, world.viewer, 0, 99)
    deleted = [change for change in changes if change.what == "Artifact deleted"]
    assert [change.subjects for change in deleted] == [
        tuple(sorted(some)) for some in (ids[3:], ids[1:3], ids[:1])
    ]
    # Who comes without a key.
    assert {change.by for change in deleted} == {"local"}


async def test_the_collection_stays_and_gives_no_number_twice(world: World) -> None:
    ids = await logged(world, 3)
    await done(world, await deletion_of(world))

    (after,) = await logged(world, 1)

    assert (await artifact.checked(world.graph, world.viewer, after)).version == "v3"
    await deletion.restore(world.graph, world.viewer, ids)
    assert await states(world, [*ids, after]) == ["COMMITTED"] * 4


async def test_versions_that_are_logged_meanwhile_stay(world: World) -> None:
    ids = await logged(world, 3)
    id = await deletion_of(world)
    early = (await world.log("data", {"a": b"early"})).id
    await turn(world, id)
    late = (await world.log("data", {"a": b"late"})).id

    assert told(await done(world, id)) == ("COMPLETED", 3, 3, None)

    assert await states(world, [*ids, early, late]) == ["DELETED"] * 3 + ["COMMITTED"] * 2


async def test_what_others_deleted_and_restored_meanwhile_is_theirs(world: World) -> None:
    ids = await logged(world, 4)
    id = await deletion_of(world)
    await turn(world, id)
    await deletion.restore(world.graph, world.viewer, ids[3:])
    await deletion.delete(
        world.graph, world.blobs, world.viewer, ids[:2], force=False, trash_seconds=9, seconds=9
    )

    assert told(await done(world, id)) == ("COMPLETED", 4, 4, None)

    assert await states(world, ids) == ["DELETED", "DELETED", "DELETED", "COMMITTED"]


async def test_one_without_versions_is_completed_at_once(world: World) -> None:
    await logged(world, 2)
    await done(world, await deletion_of(world))
    row = await read(world, await deletion_of(world))
    assert (row.progress, told(row)) == (0, ("QUEUED", 0, 0, None))

    row = await turn(world, row.id)

    assert (row.progress, told(row)) == (1, ("COMPLETED", 0, 0, None))


async def test_versions_of_one_collection_and_their_aliases_do_not_stand_against_it(
    world: World,
) -> None:
    first = (await world.log("data", {"a": b"1"}, aliases=("first",))).id
    started = await world.run(used=(first,))
    second = (await world.log("data", {"a": b"2"}, run_id=started, aliases=("best",))).id
    third = (await world.log("data", {"a": b"3"})).id
    for target in (second, third):
        await world.link(first, target, "reference")
    await finish(world, started)

    assert told(await done(world, await deletion_of(world))) == ("COMPLETED", 3, 3, None)

    ids = [first, second, third]
    assert await states(world, ids) == ["DELETED"] * 3
    assert await alias.by_artifacts(world.graph, world.viewer, ids) == [(), (), ()]


async def test_what_else_needs_a_version_ends_it_and_the_rest_can_be_restored(
    world: World,
) -> None:
    ids = await logged(world, 4)
    started = await world.run(used=(ids[1],))
    needed = (await world.log("secret model", {"m": b"1"}, run_id=started, aliases=("gold",))).id
    await finish(world, started)

    row = await done(world, await deletion_of(world))

    assert told(row) == ("FAILED", 2, 4, "NEEDED")
    assert row.error_message == (
        f"Artifact {ids[1]!r} is needed along {ids[1]} → …. The plan of its deletion tells why; "
        "take away what needs it, delete that, too, or force the deletion."
    )
    assert await states(world, ids) == ["COMMITTED", "COMMITTED", "DELETED", "DELETED"]
    forced = await done(world, await deletion_of(world, force=True))
    assert told(forced) == ("COMPLETED", 2, 2, None)
    assert await states(world, [*ids, needed]) == ["DELETED"] * 4 + ["COMMITTED"]


async def test_what_refers_to_a_version_of_its_collection_is_deleted_before_it(
    world: World,
) -> None:
    ids = await logged(world, 4)
    await world.link(ids[0], ids[3], "reference")
    started = await world.run(used=(ids[0],))
    await world.log("model", {"m": b"1"}, run_id=started, aliases=("gold",))
    await finish(world, started)

    assert told(await done(world, await deletion_of(world))) == ("FAILED", 2, 4, "NEEDED")

    assert await states(world, ids) == ["COMMITTED", "COMMITTED", "DELETED", "DELETED"]


async def test_what_refers_to_a_version_and_was_restored_stands_against_its_deletion(
    world: World,
) -> None:
    ids = await logged(world, 4)
    await world.link(ids[0], ids[3], "reference")
    id = await deletion_of(world)
    await turn(world, id)
    await deletion.restore(world.graph, world.viewer, ids[3:])

    assert told(await done(world, id)) == ("FAILED", 2, 4, "NEEDED")

    assert await states(world, ids) == ["COMMITTED", "COMMITTED", "DELETED", "COMMITTED"]


async def test_a_protected_alias_and_a_newer_version_made_of_it_stand_against_it(
    world: World,
) -> None:
    for name in ("protected", "newer"):
        (made,) = await logged(world, 1, name)
        id = await deletion_of(world, name)
        if name == "protected":
            await artifact.add_aliases(world.graph, world.viewer, LIMITS, made, ["gold"])
            collection = (await world.collection(name)).id
            await artifact.protect_aliases(
                world.graph, world.viewer, LIMITS, collection, ["gold"], protected=True
            )
        else:
            started = await world.run(used=(made,))
            await world.log(name, {"a": b"newer"}, run_id=started, aliases=("best",))
            await finish(world, started)

        assert told(await turn(world, id)) == ("FAILED", 0, 1, "NEEDED")
        assert await states(world, [made]) == ["COMMITTED"]


@pytest.mark.parametrize(("sure", "really"), [(False, False), (True, False), (False, True)])
async def test_both_words_are_to_be_said_else_nothing_is_started(
    world: World, sure: bool, really: bool
) -> None:
    await logged(world, 1)
    id = (await world.collection("data")).id
    before = await world.snapshot()

    with pytest.raises(NotSure, match="'data' takes two words; say sure: true and really: true"):
        await job.delete_collection(
            world.graph, world.viewer, id, sure=sure, really=really, force=False
        )

    assert await world.snapshot() == before


async def test_what_is_read_only_is_not_begun_and_not_gone_on_with(world: World) -> None:
    ids = await logged(world, 3)
    id = await deletion_of(world)
    await turn(world, id)
    collection = (await world.collection("data")).id
    await entity.set_read_only(world.graph, world.viewer, collection, read_only=True)

    with pytest.raises(ReadOnly):
        await deletion_of(world)
    assert told(await turn(world, id)) == ("FAILED", 2, 3, "READ_ONLY")
    assert await states(world, ids) == ["COMMITTED", "DELETED", "DELETED"]


async def test_a_call_that_comes_twice_starts_one_job(world: World) -> None:
    await logged(world, 1)
    id = (await world.collection("data")).id
    call = idempotency.call("key", "request")

    async def started(call: Call | None) -> str:
        return await job.delete_collection(
            world.graph, world.viewer, id, sure=True, really=True, force=False, call=call
        )

    assert await started(call) == await started(call)
    with pytest.raises(KeyReused):
        await started(idempotency.call("key", "another"))
    assert len(await jobs_of(world)) == 1


async def test_unknown_ids_and_others_start_end_and_show_nothing(world: World) -> None:
    (made,) = await logged(world, 1)
    for id, error in (
        ("artifact_collection_01h455vb4pex5vsknk084sn02q", UnknownId),
        (made, WrongKind),
    ):
        with pytest.raises(error):
            await job.delete_collection(
                world.graph, world.viewer, id, sure=True, really=True, force=False
            )
    with pytest.raises(UnknownId):
        await job.cancel(world.graph, world.viewer, NOBODY)
    assert await job.by_ids(world.graph, world.viewer, [NOBODY, made]) == [None, None]
    await job.take_turn(world.graph, world.blobs, Settings(), NOBODY)


async def test_two_sweepers_at_once_do_each_slice_once(world: World) -> None:
    ids = await logged(world, 6)
    id = await deletion_of(world)
    rows = [await read(world, id)]

    async def sweeper() -> None:
        while rows[-1].ended_at is None:
            await job.take_turn(world.graph, world.blobs, Settings(), id)
            rows.append(await read(world, id))

    await asyncio.gather(*(sweeper() for _ in range(3)))

    assert told(rows[-1]) == ("COMPLETED", 6, 6, None)
    changes = await ledger.changes(world.graph, world.viewer, 0, 99)
    deleted = [it for change in changes if "deleted" in change.what for it in change.subjects]
    assert sorted(deleted) == sorted(ids)


async def test_a_job_whose_sweeper_died_is_taken_over_and_the_dead_one_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await logged(world, 4)
    id = await deletion_of(world)
    planned, frozen, thawed = trash.plan, asyncio.Event(), asyncio.Event()

    async def freezing(*args: Any, **kwargs: Any) -> Plan:
        found = await planned(*args, **kwargs)
        if not frozen.is_set():
            frozen.set()
            await thawed.wait()
        return found

    monkeypatch.setattr(trash, "plan", freezing)
    slow = asyncio.create_task(turn(world, id))
    await frozen.wait()
    assert await job.due(world.graph, 9) == []
    assert told(await turn(world, id)) == ("RUNNING", 0, 4, None)
    await world.graph.write(ABANDONED)
    assert await job.due(world.graph, 9) == [id]
    # A second try is half as large.
    assert told(await turn(world, id)) == ("RUNNING", 1, 4, None)
    thawed.set()

    await slow
    assert told(await read(world, id)) == ("RUNNING", 1, 4, None)
    assert told(await done(world, id)) == ("COMPLETED", 4, 4, None)
    assert await states(world, ids) == ["DELETED"] * 4


async def test_jobs_take_turns(world: World) -> None:
    await logged(world, 5)
    await logged(world, 5, "other")
    one, two = await deletion_of(world), await deletion_of(world, "other")
    order: list[str] = []

    while due := await job.due(world.graph, 1):
        order += due
        await turn(world, due[0])
        await asyncio.sleep(0.002)

    assert order == [one, two] * 4


async def test_a_fault_of_the_service_ends_a_job_and_tells_only_its_incident(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await logged(world, 1)
    id = await deletion_of(world)

    async def broken(*args: Any, **kwargs: Any) -> Plan:
        raise ValueError("the innermost")

    monkeypatch.setattr(trash, "plan", broken)

    row = await turn(world, id)

    assert told(row) == ("FAILED", 0, 1, "INTERNAL")
    assert row.error_message
    assert "the innermost" not in row.error_message
    incident = row.error_message.split()[-1].rstrip(".")
    assert f"Incident {incident} in the job {id}" in caplog.text


async def test_jobs_go_a_month_after_their_end_and_not_before(world: World) -> None:
    await logged(world, 1)
    ended, waiting = await deletion_of(world), await deletion_of(world)
    await done(world, ended)
    day, now = instant.DAY, instant.now()

    assert await job.forget(world.graph, now + 29 * day) == 0
    assert await job.forget(world.graph, now + 31 * day) == 1
    assert await jobs_of(world) == [waiting]


async def test_jobs_are_listed_the_newest_first_from_either_end(world: World) -> None:
    await logged(world, 1)
    ids: list[str] = []
    for _ in range(3):
        ids.append(await deletion_of(world))
        # Ids sort by their milliseconds.
        await asyncio.sleep(0.002)
    project = await world.project()

    async def listed(stretch: Stretch) -> list[str]:
        (found,) = await job.OfProjects(stretch)(world.graph, world.viewer, [project])
        return list(found.places)

    assert await jobs_of(world) == ids[::-1]
    assert await listed(Stretch(None, None, 2)) == [ids[2], ids[1]]
    assert await listed(Stretch(None, None, 2, backward=True)) == [ids[0], ids[1]]
