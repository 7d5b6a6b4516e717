"""The sweep: what it takes, what it must leave, and that it may stop anywhere."""

import hashlib
from datetime import timedelta

import pytest

from graph_api import errors
from graph_api.graph import Nothing, Query
from graph_api.models import instant
from graph_api.models.artifact import upload_prefix
from graph_api.models.sweep import Swept
from graph_api.models.upload import slot
from graph_api.services import artifact, upload
from graph_api.services.sweep import sweep
from tests.blobs.fixtures import FolderServer
from tests.services.purge import purge
from tests.services.world import LIMITS, World, entry

NOTHING = Swept(
    drafts=0,
    objects=0,
    uploads=0,
    versions=0,
    pages=0,
    blobs=0,
    packs=0,
    unfinished=0,
    requests=0,
)


def took(**counts: int) -> Swept:
    """What a sweep took, and nothing else."""
    return NOTHING.model_copy(update=counts)


CONDEMN = Query(
    "tests/condemn",
    "MATCH (n) WHERE n:ManifestPage OR n:Blob SET n.state = 'CONDEMNED', n.sweep_at = 0",
    Nothing,
)


def later(**delta: float) -> int:
    """Microseconds since 1970, so much from now."""
    return instant.now() + timedelta(**delta) // timedelta(microseconds=1)


async def swept(world: World, now: int | None = None) -> Swept:
    return await sweep(world.graph, world.blobs, now or later(days=30))


async def keys(world: World) -> list[str]:
    return list(await world.blobs.sizes(""))


async def test_what_versions_have_is_left(world: World) -> None:
    made = await world.log("data", {"a": b"1", "b": b"22"})
    again = await world.log("data", {"a": b"1", "b": b"333"})
    before = await keys(world)

    assert await swept(world) == NOTHING
    assert await keys(world) == before
    assert await world.download(made.id) == {"a": b"1", "b": b"22"}
    assert await world.download(again.id) == {"a": b"1", "b": b"333"}


async def test_an_abandoned_draft_goes_after_a_week_with_all_that_it_uploaded(world: World) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"1", "b": b"2"})
    kept = await world.log("other", {"a": b"1"})

    assert await swept(world, later(days=6.9)) == NOTHING
    assert len(await keys(world)) == 4
    assert await swept(world, later(days=7.1)) == took(drafts=1)
    # A commit that began before may still write its pages.
    assert len(await keys(world)) == 4
    assert await swept(world, later(days=7.2)) == took(objects=2)
    assert all(key.startswith(upload_prefix(kept.id)) for key in await keys(world))
    assert await world.download(kept.id) == {"a": b"1"}
    with pytest.raises(errors.UnknownId):
        await world.commit(draft)


async def test_a_draft_that_is_still_given_files_is_not_abandoned(world: World) -> None:
    draft = await world.draft("data")
    due = later(days=7)
    await world.upload(draft, {"a": b"1"})

    assert await swept(world, due) == NOTHING
    assert await world.download((await world.commit(draft)).id) == {"a": b"1"}


async def test_uploads_of_a_removed_draft_stay_until_none_can_arrive_any_more(world: World) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"1"})
    await artifact.delete_draft(world.graph, world.viewer, draft)

    assert await swept(world, later(hours=1.9)) == NOTHING
    assert await swept(world, later(hours=2.1)) == took(objects=1)
    assert await keys(world) == []
    assert await swept(world) == NOTHING


async def test_what_a_draft_was_given_goes_with_its_prefix_however_much_it_was(
    world: World,
) -> None:
    drafts = [await world.draft("data") for _ in range(3)]
    for draft in drafts:
        for number in range(41):
            await world.upload(draft, {f"{number}": b"1"})
    abandoned, deleted, committed = drafts
    made = await world.commit(committed)
    await artifact.delete_draft(world.graph, world.viewer, deleted)
    assert await given(world) == 3 * 41

    await swept(world, later(hours=2.1))
    assert await given(world) == 41
    assert list(await world.download(made.id)) == sorted(map(str, range(41)))
    await swept(world, later(days=8))
    await swept(world)
    assert await given(world) == 0
    with pytest.raises(errors.UnknownId, match=abandoned):
        await world.commit(abandoned)


async def given(world: World) -> int:
    """How many times files were added to drafts, as far as it is remembered."""
    counts = {labels[0]: count for labels, count in (await world.snapshot())["nodes"]}
    return counts.get("DraftFiles", 0)


async def test_what_a_version_was_given_and_does_not_need_goes(world: World) -> None:
    first = await world.log("data", {"a": b"1"})
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"first", "b": b"2"})
    await world.upload(draft, {"a": b"second"})
    made = await world.commit(draft)
    same = await world.draft("data")
    await world.blobs.put(upload_prefix(same) + str(entry("b", b"2").sha256), b"2")
    await world.upload(same, {"a": b"second", "b": b"2"})
    assert (await world.commit(same)).id == made.id

    assert await swept(world) == took(objects=2)
    assert [key.split("/")[1] for key in await keys(world)] == [first.id] * 2 + [made.id] * 3
    assert await world.download(made.id) == {"a": b"second", "b": b"2"}
    with pytest.raises(errors.UnknownId):
        await world.commit(same)


async def test_pages_that_no_version_has_go_and_then_what_only_they_list(world: World) -> None:
    shared = {"shared": b"both"}
    gone = await world.log("data", shared | {"a": b"only here"})
    kept = await world.log("other", shared)
    await purge(world.graph, world.blobs, world.viewer, gone.id)

    assert await swept(world) == took(pages=1, blobs=1)
    assert await world.download(kept.id) == shared
    counts = {label: count for (label, *_), count in (await world.snapshot())["nodes"]}
    assert (counts["Blob"], counts["ManifestPage"]) == (1, 1)
    assert "UploadPrefix" not in counts
    # The shared content lies where the first upload landed.
    assert len(await keys(world)) == 2


async def test_content_that_was_taken_can_be_logged_again(world: World) -> None:
    gone = await world.log("data", {"a": b"1"})
    await purge(world.graph, world.blobs, world.viewer, gone.id)
    await swept(world)
    assert await keys(world) == []

    made = await world.log("other", {"a": b"1"})

    assert await world.download(made.id) == {"a": b"1"}


async def test_a_sweep_that_died_is_taken_on_by_the_next(world: World) -> None:
    gone = await world.log("data", {"a": b"1"})
    await purge(world.graph, world.blobs, world.viewer, gone.id)
    await world.graph.write(CONDEMN)
    await world.blobs.delete(await keys(world))

    assert await swept(world) == took(pages=1, blobs=1)
    assert [label for (label, *_), _ in (await world.snapshot())["nodes"] if label == "Blob"] == []


async def test_a_commit_takes_over_what_is_condemned_and_the_sweep_lets_go(world: World) -> None:
    gone = await world.log("data", {"a": b"1"})
    before = await keys(world)
    await purge(world.graph, world.blobs, world.viewer, gone.id)
    await world.graph.write(CONDEMN)

    made = await world.log("other", {"a": b"1"})
    # Only now come the deletions of the sweep that had condemned them.
    await world.blobs.delete(before)

    assert await world.download(made.id) == {"a": b"1"}
    assert await swept(world) == NOTHING
    assert await world.download(made.id) == {"a": b"1"}
    (page,) = [p for (labels, p) in (await world.snapshot())["nodes"] if labels == ["ManifestPage"]]
    assert page == 1


async def test_a_draft_that_counted_on_condemned_content_is_asked_for_it(world: World) -> None:
    gone = await world.log("data", {"a": b"1"})
    draft = await world.draft("other")
    await artifact.request_uploads(
        world.graph,
        world.blobs,
        world.viewer,
        LIMITS,
        draft,
        [entry("a", b"1")],
        timedelta(hours=1),
    )
    await purge(world.graph, world.blobs, world.viewer, gone.id)
    await swept(world, later(hours=1))

    with pytest.raises(errors.NeedsUpload) as refused:
        await world.commit(draft)
    assert refused.value.paths == ["a"]
    await world.upload(draft, {"a": b"1"})
    assert await world.download((await world.commit(draft)).id) == {"a": b"1"}


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_what_the_store_refuses_to_delete_is_in_no_other_s_way(
    world: World, folder_server: FolderServer
) -> None:
    stuck, other = await world.log("data", {"a": b"1"}), await world.log("other", {"b": b"22"})
    for version in (stuck, other):
        await purge(world.graph, world.blobs, world.viewer, version.id)
    (key,) = [key for key in await keys(world) if stuck.id in key and "/pages/" not in key]
    # No store deletes a folder as if it were an object.
    path = folder_server.root / "objects" / key
    path.unlink()
    path.mkdir()
    big = hashlib.sha256(b"never sent").hexdigest(), LIMITS.part_bytes + 1
    begun = await upload.request(world.graph, world.blobs, world.viewer, LIMITS, {big})
    held = folder_server.root / "objects" / begun[big].upload.key
    held.mkdir(parents=True)

    assert await swept(world) == took(pages=2, blobs=1)
    assert await swept(world) == NOTHING
    path.rmdir()
    held.rmdir()
    assert await swept(world, later(days=31)) == took(blobs=1, uploads=1)


async def test_an_upload_in_parts_goes_with_the_content_that_it_made(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    one = hashlib.sha256(b"1").hexdigest()
    await world.graph.write(MULTIPART, sha256=one, slot=slot(world.viewer.user, one, 1))
    assert list(await upload.verified(world.graph, world.viewer, [(one, 1)])) == [one]

    await purge(world.graph, world.blobs, world.viewer, made.id)
    await sweep(world.graph, world.blobs, later(minutes=1))

    assert await upload.verified(world.graph, world.viewer, [(one, 1)]) == {}


MULTIPART = Query(
    "tests/multipart",
    "MATCH (b:Blob {sha256: $sha256}) CREATE (:Upload {id: 'upload_1', slot: $slot, key: b.key, "
    "sha256: $sha256, size: b.size, state: 'VERIFIED', sweep_at: 9e18})",
    Nothing,
)
