"""Jobs that read a version from the store: what they find, on both stores."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.errors import Deleted, Forbidden, NotCommitted
from graph_api.graph import Reader
from graph_api.models.job import Job
from graph_api.models.manifest import Entry, PageRow
from graph_api.models.pack import pack_key
from graph_api.services import artifact, deletion, job, manifest, pack
from graph_api.services.job import verification
from tests.services.purge import purge
from tests.services.work import done, read, told, turn
from tests.services.world import HOUR, LIMITS, World, entry

NOTHING: dict[str, Any] = {
    "files": 0,
    "bytes": 0,
    "references": 0,
    "faults": 0,
    "unlisted": 0,
    "missing": [],
    "damaged": [],
    "unreadable": [],
}
FILES = {"a": b"alpha", "deep/b": b"beta", "empty": b"", "same": b"alpha"}


async def started(world: World, id: str) -> str:
    return await job.verify_artifact(world.graph, world.viewer, id)


async def verified(world: World, id: str) -> Job:
    return await done(world, await started(world, id))


async def key_of(world: World, data: bytes) -> str:
    """The object of a content that lies in one of its own."""
    sha256 = hashlib.sha256(data).hexdigest()
    (key,) = [key for key in await world.blobs.sizes("") if key.endswith(f"/{sha256}")]
    return key


async def packed(world: World, files: dict[str, bytes]) -> tuple[str, str]:
    """A version whose files lie in one pack; its id, and the pack's key."""
    draft = await world.draft("packed")
    entries = [entry(path, data) for path, data in files.items()]
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, entries, HOUR, pack=True
    )
    key = pack_key(draft, "0")
    await world.blobs.put(key, b"".join(files.values()))
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    return (await world.commit(draft)).id, key


async def test_a_version_that_is_whole_has_no_faults_and_references_are_not_read(
    world: World,
) -> None:
    draft = await world.draft("data")
    await world.upload(draft, FILES)
    elsewhere = Entry(path="elsewhere", size=7, reference="file:///nowhere")
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, [elsewhere], HOUR
    )
    id = (await world.commit(draft)).id
    begun = await started(world, id)
    assert (await read(world, begun)).result == NOTHING
    before = await world.blobs.sizes("")

    row = await done(world, begun)

    assert told(row) == ("COMPLETED", 5, 5, None)
    assert row.result == NOTHING | {"files": 4, "bytes": 14, "references": 1}
    assert await world.blobs.sizes("") == before


async def test_what_is_damaged_and_what_is_missing_is_told_by_its_paths(world: World) -> None:
    id = (await world.log("data", FILES)).id
    await world.blobs.put(await key_of(world, b"alpha"), b"ALPHA")
    await world.blobs.delete([await key_of(world, b"beta")])

    row = await verified(world, id)

    assert told(row) == ("COMPLETED", 4, 4, None)
    assert row.result == NOTHING | {
        "files": 4,
        "bytes": 14,
        "faults": 3,
        "missing": ["deep/b"],
        "damaged": ["a", "same"],
    }


async def test_contents_of_packs_are_read_one_by_one(world: World) -> None:
    files = {f"{number}": f"content {number}".encode() for number in range(8)}
    id, key = await packed(world, files)
    assert (await verified(world, id)).result == NOTHING | {"files": 8, "bytes": 72}

    whole = b"".join(files.values())
    await world.blobs.put(key, whole.replace(b"content 3", b"damaged!!"))
    assert (await verified(world, id)).result["damaged"] == ["3"]
    await world.blobs.delete([key])
    assert (await verified(world, id)).result["missing"] == sorted(files)


async def test_files_are_read_some_at_a_time_and_no_more_than_100_paths_are_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_FILES", 100)
    monkeypatch.setattr(verification, "_BYTES", 150)
    files = {f"{number:03}": b"same" if number else b"x" * 200 for number in range(120)}
    id = (await world.log("data", files)).id
    await world.blobs.delete([await key_of(world, b"same")])
    begun = await started(world, id)

    rows = [await turn(world, begun) for _ in range(4)]

    # The first is larger than a slice, of the others 38 are.
    assert [told(row)[:2] for row in rows] == [("RUNNING", n) for n in (1, 39, 77, 115)]
    row = await done(world, begun)
    assert told(row) == ("COMPLETED", 120, 120, None)
    assert (row.result["files"], row.result["bytes"]) == (120, 200 + 119 * 4)
    assert (row.result["faults"], row.result["missing"]) == (119, sorted(files)[1:101])


async def test_a_page_of_the_manifest_that_is_damaged_tells_of_none_of_its_files(
    world: World,
) -> None:
    id = (await world.log("data", FILES)).id
    (page,) = await manifest.pages_of(world.graph, id)
    for damage in (b"not this", None):
        if damage is None:
            await world.blobs.delete([page.key])
        else:
            await world.blobs.put(page.key, damage)

        row = await verified(world, id)

        assert told(row) == ("COMPLETED", 4, 4, None)
        assert row.result == NOTHING | {"faults": 4, "unlisted": 4}


@pytest.mark.no_bytes
@pytest.mark.parametrize("more", [-1, 2])
async def test_a_page_that_has_more_or_fewer_files_than_the_graph_says_tells_of_none(
    world: World, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    id = (await world.log("data", FILES)).id
    real = manifest.pages_of

    async def pages_of(graph: Reader, id: str) -> list[PageRow]:
        return [row.model_copy(update={"count": row.count + more}) for row in await real(graph, id)]

    monkeypatch.setattr(manifest, "pages_of", pages_of)
    begun = await started(world, id)

    await turn(world, begun)

    row = await turn(world, begun)
    assert told(row) == ("COMPLETED", 4, 4, None)
    assert row.result == NOTHING | {"faults": 4 + more, "unlisted": 4 + more}


async def test_a_version_without_files_is_verified(world: World) -> None:
    id = (await world.log("data", {})).id

    row = await verified(world, id)

    assert (told(row), row.result) == (("COMPLETED", 0, 0, None), NOTHING)


@pytest.mark.no_bytes
async def test_what_is_deleted_meanwhile_has_no_faults(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = (await world.log("data", FILES)).id
    begun, beside = await started(world, id), await started(world, id)
    found = verification.content_fault

    async def late(*args: object, **kwargs: bool) -> object:
        await purge(world.graph, world.blobs, world.viewer, id)
        await world.blobs.delete(list(await world.blobs.sizes("")))
        return await found(*args, **kwargs)  # pyright: ignore[reportArgumentType]  # as they came

    monkeypatch.setattr(verification, "content_fault", late)
    monkeypatch.setattr(verification, "_AT_ONCE", 1)

    for one in (begun, beside):
        row = await turn(world, one)
        assert (told(row), row.result) == (("FAILED", 0, 4, "DELETED"), NOTHING)


@pytest.mark.no_bytes
async def test_a_draft_and_what_is_deleted_are_not_begun_with_nor_without_the_right_to_write(
    world: World,
) -> None:
    draft = await world.draft("data")
    with pytest.raises(NotCommitted):
        await started(world, draft)
    id = (await world.log("data", FILES)).id
    reader = world.viewer.model_copy(
        update={"projects": (await world.project(),), "writable": (), "administered": ()}
    )
    with pytest.raises(Forbidden):
        await job.verify_artifact(world.graph, reader, id)
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [id], force=True, trash_seconds=9, seconds=9
    )
    with pytest.raises(Deleted):
        await started(world, id)
    assert await job.due(world.graph, 9) == []


@given(st.lists(st.integers(0, 9) | st.none(), max_size=30), st.integers(1, 5), st.integers(1, 20))
def test_slices_are_never_empty_and_have_each_file_once(
    sizes: list[int | None], most: int, bytes: int
) -> None:
    entries = [
        Entry(path=str(place), size=9, reference="s3://b/k")
        if size is None
        else Entry(path=str(place), size=size, sha256=f"{place:064}")
        for place, size in enumerate(sizes)
    ]
    taken: list[Entry] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verification, "_FILES", most)
        patch.setattr(verification, "_BYTES", bytes)
        while len(taken) < len(entries):
            some = verification.first_of(entries[len(taken) :])
            assert 1 <= len(some) <= most
            assert sum(it.size or 0 for it in some[:-1] if it.sha256) < bytes
            taken += some

    assert taken == entries
