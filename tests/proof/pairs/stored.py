"""Pairs of what fills the byte store with the sweep that empties it, and of uploads in parts."""

import hashlib

from graph_api.models.artifact import NewArtifact
from graph_api.models.pack import pack_key
from graph_api.services import artifact, pack, upload
from graph_api.services.sweep import sweep
from graph_api.settings import Limits
from tests.proof.interleaved import Operation
from tests.proof.pair import Two, add, filled, on, pair, version
from tests.services.purge import purge
from tests.services.test_sweep import later
from tests.services.world import HOUR, LIMITS, World, entry

ABANDONED = LIMITS.model_copy(update={"draft_seconds": 0})
BIG = hashlib.sha256(b"never sent").hexdigest(), LIMITS.part_bytes + 1


def swept(world: World, **delta: float) -> Operation:
    """A sweep, so much later. How much each of its transactions found to take is not compared."""

    async def work(w: World) -> None:
        await sweep(w.graph, w.blobs, later(**delta))

    return on(world, work)


def requested(world: World) -> Operation:
    """The beginning of an upload in parts; what it answers names the store's upload."""

    async def work(w: World) -> object:
        found = await upload.request(w.graph, w.blobs, w.viewer, LIMITS, {BIG})
        return [(one.upload.state, one.uploaded) for one in found.values()]

    return on(world, work)


@pair("sweep._forget", "sweep._ended", "artifact.commit.commit", "manifest.publish")
async def a_commit_and_a_sweep_that_ends_its_draft(world: World) -> Two:
    draft = await filled(world, "a", b"1")
    return on(world, lambda w: w.commit(draft)), swept(world, days=30)


@pair("sweep._forget", "sweep._ended", "artifact.draft.add_files")
async def one_more_file_and_a_sweep_that_ends_its_draft(world: World) -> Two:
    new = NewArtifact(project="digits", name="a", type="dataset")
    draft = await artifact.create_draft(world.graph, world.viewer, ABANDONED, new)
    return on(world, lambda w: add(w, draft, "a", b"1")), swept(world, minutes=1)


@pair("sweep._take", "artifact.commit.commit")
async def a_commit_and_a_sweep_of_its_content(world: World) -> Two:
    gone = await version(world, "a", b"1")
    draft = await filled(world, "b", b"1")
    await purge(world.graph, world.blobs, world.viewer, gone)
    return on(world, lambda w: w.commit(draft)), swept(world, minutes=1)


@pair("sweep._take", "sweep._ended", "sweep._forget", "upload.sweep.sweep")
async def two_sweeps(world: World) -> Two:
    await purge(world.graph, world.blobs, world.viewer, await version(world, "a", b"1"))
    await filled(world, "b", b"2")
    await upload.request(world.graph, world.blobs, world.viewer, ABANDONED, {BIG})
    return swept(world, days=30), swept(world, days=30)


@pair("upload.request.request", "upload.request._progress")
async def two_beginnings_of_one_upload(world: World) -> Two:
    return requested(world), requested(world)


@pair("upload.request.request", "upload.request._progress", "upload.sweep.sweep")
async def an_upload_that_goes_on_and_a_sweep(world: World) -> Two:
    await upload.request(world.graph, world.blobs, world.viewer, ABANDONED, {BIG})
    return requested(world), swept(world, minutes=1)


@pair("upload.request.touched", "upload.sweep.sweep")
async def a_part_to_sign_and_a_sweep(world: World) -> Two:
    found = await upload.request(world.graph, world.blobs, world.viewer, ABANDONED, {BIG})
    id = found[BIG].upload.id

    async def work(w: World) -> object:
        parts = [(1, BIG[0])]
        return len(await upload.sign_parts(w.graph, w.blobs, w.viewer, LIMITS, id, parts, HOUR))

    return on(world, work), swept(world, minutes=1)


SMALL = {f"{number}": b"%d" % number * 3 for number in range(8)}


async def arrived(world: World, name: str, limits: Limits = LIMITS) -> str:
    """A draft whose pack lies in the store, and was not looked at yet."""
    new = NewArtifact(project="digits", name=name, type="dataset")
    draft = await artifact.create_draft(world.graph, world.viewer, limits, new)
    entries = [entry(path, data) for path, data in SMALL.items()]
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, limits, draft, entries, HOUR, pack=True
    )
    await world.blobs.put(pack_key(draft, "0"), b"".join(SMALL.values()))
    return draft


def completed(world: World, draft: str) -> Operation:
    return on(world, lambda w: pack.complete(w.graph, w.blobs, w.viewer, draft, 0))


@pair("pack.complete")
async def one_pack_completed_twice(world: World) -> Two:
    draft = await arrived(world, "a")
    return completed(world, draft), completed(world, draft)


@pair("pack.complete", "artifact.commit.commit", "manifest.publish")
async def a_pack_and_a_commit_of_one_of_its_contents(world: World) -> Two:
    draft, other = await arrived(world, "a"), await filled(world, "b", SMALL["3"])
    return completed(world, draft), on(world, lambda w: w.commit(other))


@pair("pack.complete", "sweep._forget", "sweep._ended")
async def a_pack_and_a_sweep_that_ends_its_draft(world: World) -> Two:
    draft = await arrived(world, "a", ABANDONED)
    return completed(world, draft), swept(world, days=2)


@pair("pack.sweep", "pack._rewrite", "sweep._take", "artifact.commit.commit", "manifest.publish")
async def a_pack_that_is_rewritten_and_a_commit_of_what_lies_in_it(world: World) -> Two:
    draft = await arrived(world, "a")
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    gone = (await world.commit(draft)).id
    await version(world, "kept", SMALL["3"])
    other = await filled(world, "b", SMALL["5"])
    await purge(world.graph, world.blobs, world.viewer, gone)
    return on(world, lambda w: w.commit(other)), swept(world, minutes=1)


@pair("pack.sweep", "pack._rewrite", "sweep._take")
async def two_sweeps_that_rewrite_a_pack(world: World) -> Two:
    draft = await arrived(world, "a")
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    gone = (await world.commit(draft)).id
    await version(world, "kept", SMALL["3"])
    await purge(world.graph, world.blobs, world.viewer, gone)
    return swept(world, minutes=1), swept(world, minutes=1)
