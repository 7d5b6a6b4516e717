"""Deletion: what it refuses, what it frees, and the way back."""

from typing import Any

import pytest

from graph_api import errors
from graph_api.models.artifact import zip_key
from graph_api.models.deletion import BLOCKERS, Blocker, Plan
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order
from graph_api.services import (
    alias,
    artifact,
    artifact_collection,
    deletion,
    entity,
    membership,
    search,
)
from graph_api.services.deletion import trash
from graph_api.services.lineage import HIDDEN
from tests.services.test_sweep import later, swept, took
from tests.services.world import LIMITS, World

WEEK = 7 * 86_400


async def planned(world: World, *ids: str, viewer: Viewer | None = None) -> Plan:
    return await deletion.plan(world.graph, world.blobs, viewer or world.viewer, ids, 30)


async def delete(
    world: World, *ids: str, force: bool = False, viewer: Viewer | None = None
) -> Plan:
    return await deletion.delete(
        world.graph,
        world.blobs,
        viewer or world.viewer,
        ids,
        force=force,
        trash_seconds=WEEK,
        seconds=30,
    )


async def restore(world: World, *ids: str) -> None:
    await deletion.restore(world.graph, world.viewer, ids)


async def stored(world: World) -> int:
    """Bytes of all objects in the store."""
    return sum((await world.blobs.sizes("")).values())


async def test_a_version_that_nothing_needs_goes_and_frees_what_was_forecast(world: World) -> None:
    made = await world.log("data", {"a": b"1" * 100, "b": b"shared" * 10})
    kept = await world.log("data", {"b": b"shared" * 10, "c": b"3"})
    before = await stored(world)

    plan = await delete(world, made.id)

    assert (plan.artifacts, plan.blockers, plan.bytes) == ((made.id,), (), 160)
    assert await swept(world, later(days=6.9)) == took()
    assert await stored(world) == before
    # The manifest page, and what the other version does not have.
    assert await swept(world, later(days=7.1)) == took(versions=1, pages=1, blobs=1)
    assert before - await stored(world) == plan.freed
    assert plan.freed > 100
    assert await world.download(kept.id) == {"b": b"shared" * 10, "c": b"3"}


async def test_a_deleted_version_stays_as_a_tombstone_that_cannot_be_read_used_or_found(
    world: World,
) -> None:
    made = await world.log("data", {"a": b"1"}, tags=["golden"])
    other = await world.log("data", {"a": b"2"})
    run_id, model_id = await world.run(), await world.model("m")

    await delete(world, made.id)

    found = await artifact.checked(world.graph, world.viewer, made.id)
    assert (found.state, found.version, found.deleted_by) == ("DELETED", "v0", world.viewer.user)
    assert found.digest is not None
    assert found.deleted_at is not None
    assert found.purge_at is not None
    assert round((found.purge_at - found.deleted_at).total_seconds()) == WEEK
    with pytest.raises(errors.Deleted, match=f"^Artifact '{made.id}' was deleted; restore it"):
        await world.download(made.id)
    with pytest.raises(errors.Deleted):
        await world.use(run_id, made.id)
    with pytest.raises(errors.Deleted):
        await membership.add(world.graph, world.viewer, LIMITS, model_id, made.id, "version", None)
    with pytest.raises(errors.Deleted):
        await artifact.add_aliases(world.graph, world.viewer, LIMITS, made.id, ["best"])
    assert [version.id for version in await world.versions("data")] == [other.id]
    hits = await search.page(world.graph, world.viewer, "golden", None, None, Window(10))
    assert hits.items == []
    collection = await world.collection("data")
    tombstone = await artifact.find(world.graph, world.viewer, collection, "v0")
    assert tombstone is not None
    assert tombstone.id == made.id


async def test_the_version_before_is_the_latest_and_no_number_is_given_again(
    world: World,
) -> None:
    first, last = await world.log("data", {"a": b"1"}), await world.log("data", {"a": b"2"})

    await delete(world, last.id)

    collection = await world.collection("data")
    latest = await artifact.find(world.graph, world.viewer, collection, "latest")
    assert latest is not None
    assert latest.id == first.id
    again = await world.log("data", {"a": b"2"})
    assert again.created
    assert [it.version for it in await world.versions("data")] == ["v0", "v2"]
    # What it shares with the deleted one stays, where that had put it.
    assert await swept(world) == took(versions=1, objects=1)
    assert await world.download(again.id) == {"a": b"2"}


async def test_whatever_is_kept_on_purpose_downstream_stands_against_it(world: World) -> None:
    data = (await world.log("data", {"a": b"1"}, aliases=["gold"])).id
    train = await world.run()
    await world.use(train, data)
    model = (await world.log("model", {"m": b"2"}, run_id=train, aliases=["best", "a"])).id
    plain = (await world.log("plain", {"p": b"3"}, run_id=train)).id
    registered, described = await world.model("registered"), await world.model("described")
    await membership.add(
        world.graph, world.viewer, LIMITS, registered, model, "version", "PRODUCTION"
    )
    await world.link(data, described, "training dataset")
    referring = (await world.log("referring", {"r": b"4"})).id
    await world.link(data, referring, "reference")

    plan = await planned(world, data)

    assert plan.blockers == (
        Blocker(reason="ALIAS", needed_by=data, aliases=("gold",), path=(data,)),
        Blocker(reason="LINK", needed_by=described, path=(data, described)),
        Blocker(reason="REFERENCE", needed_by=referring, path=(data, referring)),
        Blocker(reason="RUNNING", needed_by=train, path=(data, train)),
        Blocker(reason="ALIAS", needed_by=model, aliases=("a", "best"), path=(data, train, model)),
        Blocker(reason="MEMBER", needed_by=registered, path=(data, train, model, registered)),
    )
    assert set(plan.downstream.depths) == {data, train, model, plain, described, referring}
    before = await world.snapshot()
    with pytest.raises(errors.Needed, match=f"^Artifact '{data}' is needed along {data}, and al"):
        await delete(world, data)
    assert await world.snapshot() == before
    assert (await artifact.checked(world.graph, world.viewer, data)).state == "COMMITTED"
    assert (await planned(world, plain)).blockers == ()


async def test_a_model_answers_with_its_newest_version_that_is_not_deleted(world: World) -> None:
    one, two = (await world.log("m", {"m": b"1"})).id, (await world.log("m", {"m": b"2"})).id
    container = await world.model("m")
    for id in (one, two):
        await membership.add(world.graph, world.viewer, LIMITS, container, id, "version", None)

    await delete(world, two, force=True)

    newest = await membership.current(world.graph, world.viewer, container)
    assert (newest.artifact_id, newest.index) == (one, 0)
    exactly = await membership.current(world.graph, world.viewer, container, index=1)
    assert exactly.artifact_id == two


async def test_force_takes_the_right_to_administer(world: World) -> None:
    made = (await world.log("data", {"a": b"1"}, aliases=["gold"])).id
    home = await world.project()
    writer = world.viewer.model_copy(update={"administered": ()})

    with pytest.raises(errors.Forbidden):
        await delete(world, made, force=True, viewer=writer)
    reader = world.viewer.model_copy(update={"writable": (), "administered": ()})
    free = (await world.log("free", {"a": b"2"})).id
    with pytest.raises(errors.Forbidden):
        await delete(world, free, viewer=reader)
    await delete(world, free, viewer=writer)
    await delete(world, made, force=True, viewer=world.viewer)
    assert (await artifact.checked(world.graph, world.viewer, made)).state == "DELETED"
    assert home


async def test_a_restored_version_has_its_bytes_its_words_and_its_aliases(world: World) -> None:
    made = await world.log("data", {"a": b"1"}, aliases=["gold", "best", "v9x"], tags=["t"])
    other = await world.log("data", {"a": b"2"})
    await delete(world, made.id, force=True)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, other.id, ["best"])
    await world.log("data", {"a": b"3"}, version="v9x")

    await restore(world, made.id)
    await restore(world, made.id)

    assert await world.download(made.id) == {"a": b"1"}
    collection = await world.collection("data")
    for name, id in (("gold", made.id), ("best", other.id), ("v0", made.id)):
        version = await artifact.find(world.graph, world.viewer, collection, name)
        assert version is not None
        assert version.id == id, name
    chosen = await artifact.find(world.graph, world.viewer, collection, "v9x")
    assert chosen is not None
    assert chosen.index == 2
    hits = await search.page(world.graph, world.viewer, "gold", None, None, Window(10))
    assert [hit.id for hit in hits.items] == [made.id]
    assert await swept(world) == took()
    found = await artifact.checked(world.graph, world.viewer, made.id)
    assert (found.state, found.deleted_at, found.purge_at) == ("COMMITTED", None, None)


async def test_of_two_that_lost_an_alias_the_last_gets_it_back(world: World) -> None:
    one = (await world.log("data", {"a": b"1"}, aliases=["gold"])).id
    two = (await world.log("data", {"a": b"2"})).id
    await delete(world, one, force=True)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, two, ["gold"])
    await delete(world, two, force=True)

    await restore(world, one, two)

    assert await alias.by_artifacts(world.graph, world.viewer, [one, two]) == [(), ("gold",)]
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, one, ["gold"])
    assert await alias.by_artifacts(world.graph, world.viewer, [one, two]) == [("gold",), ()]


async def test_a_list_by_name_leaves_out_what_is_deleted_also_beside_a_rename(
    world: World,
) -> None:
    gone, kept = [(await world.log("data", {"a": data})).id for data in (b"1", b"2")]
    await delete(world, gone)
    home = (await artifact.checked(world.graph, world.viewer, kept)).project_id
    collection = await world.collection("data")
    by_name = Order(field="NAME", descending=False)
    first = await artifact.page(world.graph, world.viewer, home, Window(1), by_name)
    after = first.cursor(first.places[-1])
    await world.graph.write(entity.KEEP_NAME, id=collection.id, moves=False)

    again = await artifact.page(world.graph, world.viewer, home, Window(10), by_name)
    await artifact_collection.update(
        world.graph, world.viewer, LIMITS, collection.id, name="renamed"
    )
    beyond = await artifact.page(world.graph, world.viewer, home, Window(10, after=after), by_name)

    assert [version.id for version in first.items] == [kept]
    assert [version.id for version in again.items] == [kept]
    assert [*beyond.items] == []
    assert await again.total() == 1


async def test_nothing_is_linked_from_what_is_deleted(world: World) -> None:
    gone, other = (await world.log("a", {"a": b"1"})).id, (await world.log("b", {"b": b"2"})).id
    await delete(world, gone)

    with pytest.raises(errors.Deleted, match="restore it before"):
        await world.link(gone, other, "reference")
    await world.link(other, gone)


async def test_of_many_blockers_the_nearest_are_told_and_all_counted(world: World) -> None:
    data = (await world.log("data", {"a": b"1"})).id
    for _ in range(BLOCKERS + 5):
        await world.use(await world.run(), data)
    await artifact.add_aliases(world.graph, world.viewer, LIMITS, data, ["gold"])

    plan = await planned(world, data)

    assert (len(plan.blockers), plan.blocker_count) == (BLOCKERS, BLOCKERS + 6)
    assert [blocker.reason for blocker in plan.blockers] == ["ALIAS", *["RUNNING"] * (BLOCKERS - 1)]
    with pytest.raises(errors.Needed, match=f"along {data}, and along 105 other ways"):
        await delete(world, data)


async def test_what_was_purged_cannot_be_restored(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    await delete(world, made.id)
    await swept(world)

    with pytest.raises(errors.Purged, match=f"^The bytes of artifact '{made.id}' have gone"):
        await restore(world, made.id)
    found = await artifact.checked(world.graph, world.viewer, made.id)
    assert (found.state, found.purge_at) == ("DELETED", None)
    with pytest.raises(errors.Deleted, match="and its bytes have gone"):
        await world.download(made.id)
    assert await world.blobs.sizes("") == {}


async def test_a_kept_zip_goes_with_the_last_version_of_its_digest(world: World) -> None:
    one = await world.log("data", {"a": b"1"})
    two = await world.log("other", {"a": b"1"})
    zip = zip_key((await artifact.checked(world.graph, world.viewer, one.id)).digest)
    await world.blobs.put(zip, b"zip" * 100)
    before = await stored(world)

    assert (await delete(world, one.id)).freed == 0
    assert await swept(world) == took(versions=1)
    assert await world.blobs.size(zip) == 300
    plan = await delete(world, two.id)
    assert await swept(world) == took(versions=1, pages=1, blobs=1)
    assert before - await stored(world) == plan.freed
    assert await world.blobs.size(zip) is None


async def test_drafts_the_unknown_and_other_kinds_are_refused_and_nothing_changes(
    world: World,
) -> None:
    made, draft = (await world.log("data", {"a": b"1"})).id, await world.draft("data")
    other = await world.run()
    before = await world.snapshot()
    for ids, error in (
        ([], errors.BadInput),
        ([made, draft], errors.NotCommitted),
        ([made, other], errors.WrongKind),
        ([made, "artifact_01jd0000000000000000000000"], errors.UnknownId),
        ([made] * 1001, errors.BadInput),
    ):
        for call in (planned, delete):
            with pytest.raises(error):
                await call(world, *ids)
    with pytest.raises(errors.NotCommitted):
        await restore(world, made, draft)
    with pytest.raises(errors.UnknownId):
        await restore(world, made, "artifact_01jd0000000000000000000000")
    assert await world.snapshot() == before


async def test_deleting_twice_is_once(world: World) -> None:
    made = (await world.log("data", {"a": b"1"})).id
    first = await delete(world, made)
    before = await world.snapshot()

    again = await delete(world, made)

    assert (again.artifacts, again.living, again.freed) == ((made,), (), first.freed)
    assert await world.snapshot() == before
    await swept(world)
    assert (await delete(world, made)).artifacts == ()


async def test_what_the_viewer_may_not_see_blocks_without_a_name_and_shares_nothing(
    world: World,
) -> None:
    made = (await world.log("data", {"a": b"1" * 1000})).id
    home = (await artifact.checked(world.graph, world.viewer, made)).project_id
    hidden = (await world.log("data", {"a": b"1" * 1000}, project="secret")).id
    only = world.viewer.model_copy(update={"projects": (home,)})

    # The bytes of the hidden version are not told of, as if it were not there.
    assert (await planned(world, made)).freed == 0
    assert (await planned(world, made, viewer=only)).freed > 1000
    secret_run = await world.run(project="secret")
    await world.use(secret_run, made)
    plan = await planned(world, made, viewer=only)
    assert plan.blockers == (Blocker(reason="HIDDEN", needed_by=None, path=(made, HIDDEN)),)
    with pytest.raises(errors.Needed) as refused:
        await delete(world, made, viewer=only)
    assert refused.value.path == (made, HIDDEN)
    assert secret_run not in str(refused.value)
    with pytest.raises(errors.UnknownId):
        await delete(world, hidden, viewer=only)
    with pytest.raises(errors.UnknownId):
        await deletion.restore(world.graph, only, [hidden])


async def test_a_plan_that_was_outrun_is_made_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await world.log("data", {"a": b"1"})).id
    real = trash.plan
    plans: list[Plan] = []

    async def beside(*args: Any, **named: Any) -> Plan:
        plan = await real(*args, **named)
        if not plans:
            await artifact.add_aliases(world.graph, world.viewer, LIMITS, made, ["gold"])
        plans.append(plan)
        return plan

    monkeypatch.setattr(trash, "plan", beside)

    with pytest.raises(errors.Needed):
        await delete(world, made)
    assert [len(plan.blockers) for plan in plans] == [0, 1]
    assert (await artifact.checked(world.graph, world.viewer, made)).state == "COMMITTED"
