"""Objects that go up in parts: one contract of both byte stores."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from graph_api.blobs import BlobStore, FolderBlobs, Part, SignedUrl
from graph_api.errors import BadKey, PartsMissing, UploadMissing
from tests.blobs.exchange import HOUR, KEY, MIB, send, stored

# S3 takes no smaller one but the last.
SIZE = 5 * MIB
DATA = os.urandom(2 * SIZE + 7)


def part(number: int, data: bytes = DATA) -> Part:
    """A part of these bytes."""
    offset = (number - 1) * SIZE
    piece = data[offset : offset + SIZE]
    return Part(number, offset, len(piece), hashlib.sha256(piece).hexdigest())


def piece(number: int) -> bytes:
    return DATA[(number - 1) * SIZE : number * SIZE]


async def put(
    blobs: BlobStore, wire: httpx.AsyncClient, upload: str, number: int, content: bytes
) -> httpx.Response:
    return await send(wire, blobs.sign_part(KEY, upload, part(number), HOUR), content)


async def test_parts_in_any_order_make_the_object(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    upload = await blobs.begin(KEY)
    assert await blobs.parts(KEY, upload) == []

    for number in (3, 1, 2):
        assert (await put(blobs, wire, upload, number, piece(number))).status_code == 200
    assert await blobs.sizes("") == {}
    assert await blobs.parts(KEY, upload) == [1, 2, 3]
    await blobs.assemble(KEY, upload, 3)

    assert await blobs.sizes("") == {KEY: len(DATA)}
    assert await stored(blobs) == DATA
    assert await blobs.unfinished(KEY) == []


async def test_what_has_become_an_object_takes_no_part_any_more(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    upload = await blobs.begin(KEY)
    await put(blobs, wire, upload, 1, piece(1))
    await blobs.assemble(KEY, upload, 1)

    assert (await put(blobs, wire, upload, 2, piece(2))).status_code == 404
    with pytest.raises(UploadMissing, match=f"Nothing is on its way to '{KEY}' any more"):
        await blobs.parts(KEY, upload)
    with pytest.raises(UploadMissing):
        await blobs.assemble(KEY, upload, 1)
    assert await stored(blobs) == piece(1)


async def test_what_lacks_a_part_is_no_object_yet(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    upload = await blobs.begin(KEY)
    for number in (1, 3):
        await put(blobs, wire, upload, number, piece(number))

    with pytest.raises(PartsMissing, match=r"1 of 3 parts have not arrived \(2\)"):
        await blobs.assemble(KEY, upload, 3)

    assert await blobs.sizes("") == {}
    await put(blobs, wire, upload, 2, piece(2))
    await blobs.assemble(KEY, upload, 3)
    assert await stored(blobs) == DATA


async def test_other_bytes_than_those_signed_are_refused(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    upload = await blobs.begin(KEY)

    for content in (piece(1)[::-1], piece(1)[1:], piece(1) + b"x", b""):
        signed = blobs.sign_part(KEY, upload, part(1), HOUR)
        # What is too long or too short for its own header no client sends.
        headers = signed.headers | {"content-length": str(len(content))}
        answer = await send(wire, SignedUrl("PUT", signed.url, signed.expires_at, headers), content)
        assert answer.status_code in (400, 403)
    assert await blobs.parts(KEY, upload) == []


@pytest.mark.parametrize("left_out", ["x-amz-checksum-sha256", "all"])
async def test_a_header_left_out_is_refused(
    blobs: BlobStore, wire: httpx.AsyncClient, left_out: str
) -> None:
    upload = await blobs.begin(KEY)
    signed = blobs.sign_part(KEY, upload, part(1), HOUR)
    headers = {name: value for name, value in signed.headers.items() if name != left_out}
    if left_out == "all":
        headers = {}

    answer = await wire.put(signed.url, headers=headers, content=piece(1))

    assert answer.status_code in (400, 403)
    assert await blobs.parts(KEY, upload) == []


@pytest.mark.parametrize(("name", "other"), [("part", "2"), ("offset", "0"), ("upload", "x")])
async def test_a_url_is_good_for_its_own_part_only(
    blobs: BlobStore, wire: httpx.AsyncClient, byte_store: str, name: str, other: str
) -> None:
    upload = await blobs.begin(KEY)
    signed = blobs.sign_part(KEY, upload, part(3), HOUR)
    url = httpx.URL(signed.url)
    if byte_store == "minio":
        # Where a part belongs is its number alone.
        name = {"part": "partNumber", "offset": "partNumber", "upload": "uploadId"}[name]
        other = other.replace("0", "1")
    assert name in url.params

    changed = str(url.copy_set_param(name, other))
    answer = await wire.put(changed, headers=signed.headers, content=piece(3))

    assert answer.status_code == 403
    assert await blobs.parts(KEY, upload) == []
    assert signed.headers.keys() == {"content-length", "x-amz-checksum-sha256"}


async def test_an_expired_url_is_refused(blobs: BlobStore, wire: httpx.AsyncClient) -> None:
    upload = await blobs.begin(KEY)
    signed = blobs.sign_part(KEY, upload, part(3), timedelta(seconds=1))
    await asyncio.sleep(2.1)

    assert (await send(wire, signed, piece(3))).status_code == 403
    assert await blobs.parts(KEY, upload) == []


async def test_a_part_that_is_sent_again_is_there_once(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    upload = await blobs.begin(KEY)

    answers = await asyncio.gather(
        *(put(blobs, wire, upload, number, piece(number)) for number in (1, 2, 3, 1, 2, 3))
    )
    await blobs.assemble(KEY, upload, 3)

    assert {answer.status_code for answer in answers} == {200}
    assert await stored(blobs) == DATA


async def test_a_part_that_breaks_off_is_not_there(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    upload = await blobs.begin(KEY)
    signed = blobs.sign_part(KEY, upload, part(2), HOUR)

    async def broken() -> AsyncIterator[bytes]:
        yield piece(2)[:MIB]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await wire.put(signed.url, headers=signed.headers, content=broken())

    assert await blobs.parts(KEY, upload) == []
    assert (await send(wire, signed, piece(2))).status_code == 200
    assert await blobs.parts(KEY, upload) == [2]


async def test_several_uploads_of_one_key_do_not_mix(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    first, second = await blobs.begin(KEY), await blobs.begin(KEY)
    await put(blobs, wire, first, 1, piece(1))

    assert first != second
    assert (await blobs.parts(KEY, first), await blobs.parts(KEY, second)) == ([1], [])
    await blobs.assemble(KEY, first, 1)
    assert [one.upload for one in await blobs.unfinished(KEY)] == [second]
    assert await stored(blobs) == piece(1)


async def test_two_who_assemble_at_once_make_one_object(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    upload = await blobs.begin(KEY)
    for number in (1, 2, 3):
        await put(blobs, wire, upload, number, piece(number))

    done = await asyncio.gather(
        *(blobs.assemble(KEY, upload, 3) for _ in range(4)), return_exceptions=True
    )

    assert done.count(None) >= 1
    assert {type(error) for error in done} <= {type(None), UploadMissing}
    assert await stored(blobs) == DATA
    assert await blobs.unfinished(KEY) == []


async def test_what_is_unfinished_is_listed_with_its_age_and_can_be_discarded(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    upload = await blobs.begin(KEY)
    await put(blobs, wire, upload, 1, piece(1))
    other = await blobs.begin("other/key")

    (found,) = await blobs.unfinished(KEY)
    every = await blobs.unfinished()
    assert (found.key, found.upload) == (KEY, upload)
    assert before < found.since <= datetime.now(UTC) + timedelta(seconds=1)
    assert {(KEY, upload), ("other/key", other)} <= {(one.key, one.upload) for one in every}

    await blobs.discard([found])
    await blobs.discard([found])

    assert await blobs.unfinished(KEY) == []
    assert (await put(blobs, wire, upload, 2, piece(2))).status_code == 404
    with pytest.raises(UploadMissing):
        await blobs.parts(KEY, upload)
    assert await blobs.sizes("") == {}
    await blobs.discard(await blobs.unfinished("other/key"))
    assert await blobs.unfinished("other/key") == []


async def test_nothing_is_on_its_way_to_a_key_that_cannot_be(blobs: BlobStore) -> None:
    for call in (blobs.begin("../k"), blobs.parts("../k", "u"), blobs.assemble("../k", "u", 1)):
        with pytest.raises(BadKey):
            await call
    with pytest.raises(BadKey):
        blobs.sign_part("../k", "u", part(1), HOUR)


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_what_a_dead_writer_left_is_listed_with_the_uploads(blobs: BlobStore) -> None:
    assert isinstance(blobs, FolderBlobs)
    left = blobs.root / "incoming" / "tmpdead"
    left.write_bytes(b"half of it")
    os.utime(left, (1_000_000_000, 1_000_000_000))

    (found,) = await blobs.unfinished()

    assert (found.key, found.upload) == ("", "tmpdead")
    assert found.since == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
    await blobs.discard([found])
    assert not left.exists()
    assert await blobs.unfinished() == []


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_a_folder_upload_needs_no_second_room_and_leaves_nothing(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    assert isinstance(blobs, FolderBlobs)
    upload = await blobs.begin(KEY)
    for number in (3, 1, 2):
        await put(blobs, wire, upload, number, piece(number))
    folder = blobs.root / "multipart"
    files = {path.name: path.stat() for path in folder.rglob("*") if path.is_file()}

    assert {name: stat.st_size for name, stat in files.items()} == {
        "data": len(DATA), "1": 0, "2": 0, "3": 0,
    }  # fmt: skip
    await blobs.assemble(KEY, upload, 3)

    assert (blobs.root / "objects" / KEY).stat().st_ino == files["data"].st_ino
    assert [path for path in blobs.root.rglob("*") if path.is_file()] == [
        blobs.root / "objects" / KEY
    ]


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_an_assembly_that_was_killed_halfway_is_no_upload_any_more(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    assert isinstance(blobs, FolderBlobs)
    upload = await blobs.begin(KEY)
    await put(blobs, wire, upload, 1, piece(1))
    target = blobs.root / "objects" / KEY
    target.parent.mkdir(parents=True, exist_ok=True)
    (blobs.root / "multipart" / KEY / upload / "data").rename(target)

    with pytest.raises(UploadMissing):
        await blobs.parts(KEY, upload)
    assert (await put(blobs, wire, upload, 1, piece(1))).status_code == 404
    (found,) = await blobs.unfinished(KEY)
    await blobs.discard([found])

    assert await blobs.unfinished(KEY) == []
    assert await stored(blobs) == piece(1)
