"""Uploads in parts: begun, cut, gone on with, completed, taken by commits, abandoned."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
from pydantic import BaseModel

from graph_api import errors
from graph_api.blobs import FolderBlobs, SignedUrl
from graph_api.graph import Query
from graph_api.models import deadline, instant
from graph_api.models.manifest import Entry
from graph_api.models.upload import Progress
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, upload
from graph_api.services.upload import Completions
from graph_api.services.upload.complete import CLAIM
from graph_api.settings import Limits
from tests.services.world import HOUR, World, entry

MIB = 1 << 20
LIMITS = Limits(part_bytes=5 * MIB)
DATA = os.urandom(12 * MIB)
FILE = entry("big", DATA)
# After any time that the sweep leaves things alone for.
LATER = instant.now() + 10 * LIMITS.draft_seconds * instant.SECOND


class Count(BaseModel, frozen=True):
    """How many nodes there are."""

    count: int


UPLOADS = Query("tests/uploads", "MATCH (u:Upload) RETURN count(u) AS count", Count)


@pytest.fixture
async def completions(world: World) -> AsyncGenerator[Completions]:
    """What one process completes."""
    made = Completions(world.graph, world.blobs)
    yield made
    await made.close()


async def targets(
    world: World, draft: str, *files: Entry, viewer: Viewer | None = None
) -> list[SignedUrl | Progress | None]:
    """Where a draft's files go, those above 5 MiB in parts."""
    found, _ = await artifact.request_uploads(
        world.graph, world.blobs, viewer or world.viewer, LIMITS, draft, list(files), HOUR
    )
    return found


async def begin(world: World, draft: str, file: Entry = FILE) -> Progress:
    """The upload of a draft's one big file."""
    (target,) = await targets(world, draft, file)
    assert isinstance(target, Progress)
    return target


async def send(world: World, progress: Progress, *numbers: int, data: bytes = DATA) -> None:
    """PUT these parts of the data."""
    places = [progress.upload.part(number) for number in numbers]
    pieces = [data[offset : offset + size] for offset, size in places]
    digests = [
        (number, hashlib.sha256(piece).hexdigest())
        for number, piece in zip(numbers, pieces, strict=True)
    ]
    urls = await upload.sign_parts(
        world.graph, world.blobs, world.viewer, LIMITS, progress.upload.id, digests, HOUR
    )
    for url, piece in zip(urls, pieces, strict=True):
        answer = await world.wire.request(url.method, url.url, headers=url.headers, content=piece)
        assert answer.status_code == 200, answer.text


async def ready(world: World, completions: Completions, draft: str) -> Progress:
    """The draft's upload, verified."""
    progress = await begin(world, draft)
    await send(world, progress, 1, 2, 3)
    done = await completions.complete(world.viewer, LIMITS, progress.upload.id)
    assert (done.state, done.checked) == ("VERIFIED", len(DATA))
    return progress


async def uploads(world: World) -> int:
    (found,) = await world.graph.fetch(UPLOADS)
    return found.count


async def test_a_big_file_goes_up_in_parts_and_lies_where_it_landed(
    world: World, completions: Completions
) -> None:
    draft = await world.draft("data")
    small = entry("small", b"1")
    put, progress = await targets(world, draft, small, FILE)
    assert isinstance(put, SignedUrl)
    assert isinstance(progress, Progress)
    await world.wire.put(put.url, headers=put.headers, content=b"1")
    assert (progress.upload.part_size, progress.upload.part_count) == (5 * MIB, 3)
    assert progress.uploaded == ()

    await send(world, progress, 3, 1, 2)
    await completions.complete(world.viewer, LIMITS, progress.upload.id)
    assert await targets(world, draft, FILE) == [None]
    made = await world.commit(draft)

    assert await world.download(made.id) == {"big": DATA, "small": b"1"}
    sizes = await world.blobs.sizes("")
    assert sizes[progress.upload.key] == len(DATA)
    assert list(sizes.values()).count(len(DATA)) == 1
    assert await upload.sweep(world.graph, world.blobs, LATER) == 0
    assert await uploads(world) == 0
    assert await world.download(made.id) == {"big": DATA, "small": b"1"}
    assert await world.blobs.unfinished(progress.upload.key) == []


async def test_asked_again_it_is_the_same_upload_with_the_parts_that_arrived(world: World) -> None:
    first, second = await world.draft("data"), await world.draft("other")
    progress = await begin(world, first)
    await send(world, progress, 2)

    again, elsewhere = await begin(world, first), await begin(world, second)

    assert again.upload == elsewhere.upload
    assert again.upload.id == progress.upload.id
    assert again.uploaded == elsewhere.uploaded == (2,)
    assert await uploads(world) == 1


async def test_many_who_ask_at_once_get_one_upload(world: World) -> None:
    drafts = [await world.draft(f"data-{number}") for number in range(8)]

    found = await asyncio.gather(*(begin(world, draft) for draft in drafts))

    assert len({(one.upload.id, one.upload.store_id) for one in found}) == 1
    assert await uploads(world) == 1


async def test_an_upload_is_its_users_own(world: World, completions: Completions) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    await send(world, progress, 1)
    eve = Viewer(user="eve", organization_id=world.viewer.organization_id)

    (hers,) = await targets(world, draft, FILE, viewer=eve)

    assert isinstance(hers, Progress)
    assert (hers.upload.id == progress.upload.id, hers.uploaded) == (False, ())
    with pytest.raises(errors.UnknownId, match="No Upload has the id"):
        await completions.complete(eve, LIMITS, progress.upload.id)
    with pytest.raises(errors.UnknownId):
        await upload.sign_parts(
            world.graph, world.blobs, eve, LIMITS, progress.upload.id, [(1, "0" * 64)], HOUR
        )


@pytest.mark.parametrize(
    ("number", "sha256", "error"),
    [
        (0, "0" * 64, "There is no part 0; they are 1 to 3."),
        (4, "0" * 64, "There is no part 4"),
        (1, "0" * 63, "the SHA-256 of 'part 1', is not 64"),
    ],
)
async def test_a_part_that_cannot_be_is_refused(
    world: World, number: int, sha256: str, error: str
) -> None:
    progress = await begin(world, await world.draft("data"))

    with pytest.raises(errors.InvalidInput, match=error):
        await upload.sign_parts(
            world.graph,
            world.blobs,
            world.viewer,
            LIMITS,
            progress.upload.id,
            [(number, sha256)],
            HOUR,
        )


async def test_a_file_above_what_s3_takes_is_refused_before_anything_is_made(world: World) -> None:
    draft = await world.draft("data")
    huge = FILE.model_copy(update={"size": (5 << 40) + 1})

    with pytest.raises(errors.BadInput, match=r"one file can have 5,497,558,138,880\. Cut it"):
        await targets(world, draft, huge)
    assert await uploads(world) == 0


async def test_missing_parts_are_named_and_nothing_is_put_together(
    world: World, completions: Completions
) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    await send(world, progress, 2)

    with pytest.raises(errors.PartsMissing, match=r"2 of 3 parts have not arrived \(1, 3\)"):
        await completions.complete(world.viewer, LIMITS, progress.upload.id)

    with pytest.raises(errors.NeedsUpload):
        await world.commit(draft)
    assert await world.blobs.sizes("multipart/") == {}
    assert (await begin(world, draft)).uploaded == (2,)


async def test_parts_of_another_content_are_dropped_and_said_which(
    world: World, completions: Completions
) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    wrong = DATA[:-1] + bytes([DATA[-1] ^ 1])
    await send(world, progress, 1, 2, 3, data=wrong)
    came = hashlib.sha256(wrong).hexdigest()

    for _ in range(2):
        with pytest.raises(errors.WrongContent, match=f"but make 12582912 bytes .* {came}; they"):
            await completions.complete(world.viewer, LIMITS, progress.upload.id)
    with pytest.raises(errors.NeedsUpload):
        await world.commit(draft)
    with pytest.raises(errors.UnknownId):
        await send(world, progress, 1)
    assert await world.blobs.sizes("multipart/") == {}

    again = await begin(world, draft)
    assert (again.upload.id == progress.upload.id, again.uploaded) == (False, ())
    await send(world, again, 1, 2, 3)
    await completions.complete(world.viewer, LIMITS, again.upload.id)
    assert await world.download((await world.commit(draft)).id) == {"big": DATA}


async def test_what_is_put_together_but_not_read_yet_is_no_content(
    world: World, completions: Completions
) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    await send(world, progress, 1, 2, 3)

    done = await completions.complete(world.viewer, LIMITS, progress.upload.id, patience=0)

    assert (done.state, done.checked) == ("OPEN", 0)
    assert await world.blobs.sizes("multipart/") == {progress.upload.key: len(DATA)}
    with pytest.raises(errors.NeedsUpload):
        await world.commit(draft)


async def test_a_worker_killed_after_the_store_was_done_is_healed_by_the_next_call(
    world: World, completions: Completions
) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    await send(world, progress, 1, 2, 3)
    await world.blobs.assemble(progress.upload.key, progress.upload.store_id, 3)

    assert (await begin(world, draft)).uploaded == (1, 2, 3)
    done = await completions.complete(world.viewer, LIMITS, progress.upload.id)

    assert done.state == "VERIFIED"
    assert await world.download((await world.commit(draft)).id) == {"big": DATA}


async def test_a_reader_that_died_is_replaced_and_one_that_lives_is_not(
    world: World, completions: Completions
) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    await send(world, progress, 1, 2, 3)
    await world.graph.write(
        CLAIM, id=progress.upload.id, reader="another", checked=7, milliseconds=1500
    )

    waited = await completions.complete(world.viewer, LIMITS, progress.upload.id, patience=0.3)
    assert (waited.state, waited.checked) == ("OPEN", 7)
    done = await completions.complete(world.viewer, LIMITS, progress.upload.id)

    assert done.state == "VERIFIED"


async def test_reading_has_no_part_in_the_deadline_of_who_asks(
    world: World, completions: Completions, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    read = world.blobs.read

    def noticed(key: str) -> AsyncIterator[bytes]:
        seen.append(deadline.current())
        return read(key)

    monkeypatch.setattr(world.blobs, "read", noticed)
    with deadline.within(60):
        await ready(world, completions, await world.draft("data"))

    assert seen == [None]


async def test_many_who_complete_at_once_have_one_effect(world: World) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    await send(world, progress, 1, 2, 3)
    processes = [Completions(world.graph, world.blobs) for _ in range(3)]

    done = await asyncio.gather(
        *(
            process.complete(world.viewer, LIMITS, progress.upload.id)
            for process in processes
            for _ in range(4)
        )
    )

    assert {one.state for one in done} == {"VERIFIED"}
    assert await world.blobs.sizes("multipart/") == {progress.upload.key: len(DATA)}
    assert await world.download((await world.commit(draft)).id) == {"big": DATA}


async def test_what_the_store_has_forgotten_begins_anew(
    world: World, completions: Completions
) -> None:
    draft = await world.draft("data")
    progress = await begin(world, draft)
    await send(world, progress, 1, 2, 3)
    await world.blobs.discard(await world.blobs.unfinished(progress.upload.key))

    with pytest.raises(errors.PartsMissing, match="3 of 3 parts"):
        await completions.complete(world.viewer, LIMITS, progress.upload.id)
    again = await begin(world, draft)

    assert (again.upload.id, again.uploaded) == (progress.upload.id, ())
    assert again.upload.store_id != progress.upload.store_id
    await send(world, again, 1, 2, 3)
    await completions.complete(world.viewer, LIMITS, again.upload.id)
    assert await world.download((await world.commit(draft)).id) == {"big": DATA}


async def test_commits_at_once_share_one_upload(world: World, completions: Completions) -> None:
    drafts = [await world.draft(f"data-{number}") for number in range(6)]
    for draft in drafts:
        await targets(world, draft, FILE)
    progress = await ready(world, completions, drafts[0])

    made = await asyncio.gather(*(world.commit(draft) for draft in drafts))

    assert [one.created for one in made] == [True] * 6
    for one in made:
        assert await world.download(one.id) == {"big": DATA}
    assert [size for size in (await world.blobs.sizes("")).values() if size > MIB] == [len(DATA)]
    assert await uploads(world) == 1
    assert await world.blobs.size(progress.upload.key) == len(DATA)


async def test_a_commit_that_is_refused_takes_no_upload(
    world: World, completions: Completions
) -> None:
    await world.log("data", {"a": b"1"}, version="2.0.0")
    draft = await world.draft("data", version="2.0.0")
    await ready(world, completions, draft)

    with pytest.raises(errors.VersionTaken):
        await world.commit(draft)

    assert await uploads(world) == 1
    other = await world.draft("data")
    assert await targets(world, other, FILE) == [None]
    assert await world.download((await world.commit(other)).id) == {"big": DATA}


async def test_the_sweep_ends_what_nobody_asked_for_and_nothing_else(
    world: World, completions: Completions
) -> None:
    kept = await world.draft("kept")
    await ready(world, completions, kept)
    committed = await world.commit(kept)
    cut, left = await world.draft("cut"), await world.draft("left")
    half, whole = entry("half", DATA[1:]), entry("whole", DATA[2:])
    halfway = await begin(world, cut, half)
    await send(world, halfway, 1, data=DATA[1:])
    verified = await begin(world, left, whole)
    await send(world, verified, 1, 2, 3, data=DATA[2:])
    await completions.complete(world.viewer, LIMITS, verified.upload.id)

    assert await upload.sweep(world.graph, world.blobs, instant.now()) == 0
    assert await uploads(world) == 3
    assert await upload.sweep(world.graph, world.blobs, LATER) == 2

    assert await uploads(world) == 0
    assert await world.blobs.unfinished(halfway.upload.key) == []
    assert await world.blobs.size(verified.upload.key) is None
    with pytest.raises(errors.UnknownId):
        await send(world, halfway, 2, data=DATA[1:])
    with pytest.raises(errors.NeedsUpload):
        await world.commit(left)
    assert await world.download(committed.id) == {"big": DATA}
    assert (await begin(world, cut, half)).uploaded == ()
    if isinstance(world.blobs, FolderBlobs):
        assert [path for path in (world.blobs.root / "incoming").iterdir() if path.is_file()] == []
