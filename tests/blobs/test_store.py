"""The methods of both byte stores: one contract."""

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from anyio import CancelScope

from graph_api.blobs import BlobStore
from graph_api.errors import BadKey, ObjectMissing
from tests.blobs.exchange import (
    DATA,
    HOUR,
    KEY,
    MIB,
    chunks,
    digest,
    leftovers,
    nothing_is_stored,
    stored,
)


@pytest.mark.parametrize(
    "key",
    [
        "../up",
        "a/../b",
        "a/..",
        ".",
        "/a",
        "a/",
        "a//b",
        "",
        "a b",
        "a\n",
        "ü",
        "a\\b",
        "a\0",
        "x" * 256,
    ],
)
async def test_a_key_that_could_lead_elsewhere_is_refused(blobs: BlobStore, key: str) -> None:
    with pytest.raises(BadKey):
        blobs.sign_put(key, 1, digest(b"x"), HOUR)
    with pytest.raises(BadKey):
        blobs.sign_get(key, HOUR)
    with pytest.raises(BadKey):
        await blobs.size(key)
    with pytest.raises(BadKey):
        await blobs.put(key, b"x")
    with pytest.raises(BadKey):
        await blobs.write(key, chunks(b"x"))
    with pytest.raises(BadKey):
        await anext(blobs.read(key))
    with pytest.raises(BadKey):
        await blobs.delete([key])
    assert await nothing_is_stored(blobs)


async def test_write_stores_a_stream_of_unknown_length(blobs: BlobStore) -> None:
    written = await blobs.write(KEY, chunks(b"one ", b"", b"two ", b"three"))

    assert written == 13
    assert await stored(blobs) == b"one two three"
    assert await leftovers(blobs, KEY) == []


async def test_write_of_nothing_stores_an_empty_object(blobs: BlobStore) -> None:
    assert await blobs.write(KEY, chunks()) == 0
    assert await blobs.sizes("") == {KEY: 0}


@pytest.mark.parametrize("size", [5, 40 * MIB])
async def test_write_of_a_stream_that_raises_leaves_nothing(blobs: BlobStore, size: int) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(0, size, MIB):
            yield bytes(min(size, MIB))
        raise ValueError("the source ended")

    with pytest.raises(ValueError, match="the source ended"):
        await blobs.write(KEY, broken())

    assert await nothing_is_stored(blobs)


@pytest.mark.parametrize("by", ["task", "scope"])
@pytest.mark.parametrize("size", [5, 40 * MIB])
async def test_write_that_is_cancelled_leaves_nothing(
    blobs: BlobStore, byte_store: str, size: int, by: Literal["task", "scope"]
) -> None:
    waiting = asyncio.Event()
    scope = CancelScope()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(0, size, MIB):
            yield bytes(min(size, MIB))
        waiting.set()
        await asyncio.sleep(3600)

    async def write() -> None:
        with scope:
            await blobs.write(KEY, endless())

    writing = asyncio.create_task(write())
    await waiting.wait()
    begun = await leftovers(blobs, KEY)
    if by == "task":
        writing.cancel()
    else:
        scope.cancel()
    await asyncio.wait([writing], timeout=10)

    # S3 knows nothing of a stream before its first part.
    assert len(begun) == (0 if byte_store == "minio" and size == 5 else 1)
    assert (writing.done(), writing.cancelled()) == (True, by == "task")
    async with asyncio.timeout(10):
        while not await nothing_is_stored(blobs):
            await asyncio.sleep(0.05)


async def test_put_and_write_replace_what_is_there(blobs: BlobStore) -> None:
    await blobs.put(KEY, b"first")
    await blobs.put(KEY, b"second")
    assert await stored(blobs) == b"second"

    await blobs.write(KEY, chunks(b"third"))
    assert await blobs.sizes("") == {KEY: 5}
    assert await stored(blobs) == b"third"


async def test_a_reader_beside_writers_sees_one_whole_object(blobs: BlobStore) -> None:
    await blobs.put(KEY, b"a" * MIB)

    async def replace_it() -> None:
        for letter in b"bcdefgh":
            await blobs.put(KEY, bytes([letter]) * MIB)

    writing = asyncio.create_task(replace_it())
    seen: list[bytes] = []
    while not writing.done():
        seen.append(await stored(blobs))
    await writing

    assert all(len(one) == MIB and len(set(one)) == 1 for one in seen)
    assert await stored(blobs) == b"h" * MIB


@pytest.mark.parametrize(
    ("offset", "length", "content"),
    [
        (0, 7, b"exactly"),
        (14, None, b"bytes"),
        (14, 99, b"bytes"),
        (3, 0, b""),
        (19, None, b""),
        (99, 1, b""),
    ],
)
async def test_read_of_a_range_gives_only_that(
    blobs: BlobStore, offset: int, length: int | None, content: bytes
) -> None:
    await blobs.put(KEY, DATA)

    assert b"".join([chunk async for chunk in blobs.read(KEY, offset, length)]) == content


async def test_read_gives_chunks_of_at_most_a_mebibyte(blobs: BlobStore) -> None:
    data = bytes(range(256)) * (10 * 4096 + 1)
    await blobs.put(KEY, data)

    read = [chunk async for chunk in blobs.read(KEY, 1)]

    assert b"".join(read) == data[1:]
    assert max(map(len, read)) <= MIB
    assert b"" not in read


@pytest.mark.parametrize("length", [None, 0, 1])
async def test_read_of_a_missing_object_says_so(blobs: BlobStore, length: int | None) -> None:
    with pytest.raises(ObjectMissing, match=f"no object '{KEY}'"):
        await anext(blobs.read(KEY, 0, length))
    assert await blobs.size(KEY) is None


async def test_sizes_are_those_of_the_prefix_and_sorted(blobs: BlobStore) -> None:
    keys = ["a-b/c", "a.b", "a/b", "a/b-c", "a/bc/d", "a/c", "ab", "b"]
    for number, key in enumerate(keys):
        await blobs.put(key, bytes(number))

    every = await blobs.sizes("")

    assert list(every.items()) == [(key, number) for number, key in enumerate(keys)]
    assert list(await blobs.sizes("a/b")) == ["a/b", "a/b-c", "a/bc/d"]
    assert list(await blobs.sizes("a/")) == ["a/b", "a/b-c", "a/bc/d", "a/c"]
    assert list(await blobs.sizes("a/bc/d")) == ["a/bc/d"]
    assert list(await blobs.sizes("a/bc/d/")) == []
    assert list(await blobs.sizes("nothing/here")) == []
    with pytest.raises(BadKey):
        await blobs.sizes("../")


async def test_sizes_lists_more_than_one_page_of_s3(blobs: BlobStore) -> None:
    keys = [f"pages/{number:04}" for number in range(1001)]
    await asyncio.gather(*(blobs.put(key, b"x") for key in keys))

    assert list(await blobs.sizes("pages/")) == keys

    await blobs.delete(keys)
    assert await blobs.sizes("") == {}


async def test_delete_removes_objects_and_a_missing_one_is_no_error(blobs: BlobStore) -> None:
    await blobs.put("stays", DATA)
    await blobs.put("goes", DATA)

    await blobs.delete(["goes", "never/was", "stays/not-a-folder"])
    await blobs.delete([])

    assert await blobs.sizes("") == {"stays": len(DATA)}


async def test_check_twice_is_no_error(blobs: BlobStore) -> None:
    await blobs.put(KEY, DATA)

    await asyncio.gather(blobs.check(), blobs.check())

    assert await stored(blobs) == DATA
