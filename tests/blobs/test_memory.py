"""Objects of any size in flat memory: 64 MiB, or 4 GiB in a deep run."""

import hashlib
import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from graph_api.blobs import BlobStore
from tests.blobs.fixtures import FolderServer
from tests.environment import environment

MIB = 1 << 20
SIZE = (4096 if environment.deep else 64) * MIB
BLOCK = bytes(range(256)) * (MIB // 256)
HOUR = timedelta(hours=1)


def digest(size: int) -> str:
    sha256 = hashlib.sha256()
    for _ in range(0, size, MIB):
        sha256.update(BLOCK)
    return sha256.hexdigest()


def resident(pid: int) -> int:
    """Bytes of memory that the process holds now."""
    return 1024 * int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)]))


def peak() -> int:
    """Most bytes of memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
async def test_the_server_takes_and_gives_a_big_object_in_flat_memory(
    blobs: BlobStore, wire: httpx.AsyncClient, folder_server: FolderServer
) -> None:
    process = folder_server.process.pid
    before, seen = resident(process), [0]

    async def body() -> AsyncIterator[bytes]:
        for offset in range(0, SIZE, MIB):
            yield BLOCK
            if offset % (8 * MIB) == 0:
                seen.append(resident(process))

    sha256 = digest(SIZE)
    put = blobs.sign_put("big", SIZE, sha256, HOUR)
    sent = await wire.put(put.url, headers=put.headers, content=body())
    got, count = hashlib.sha256(), 0
    async with wire.stream("GET", blobs.sign_get("big", HOUR).url) as answer:
        async for chunk in answer.aiter_bytes(MIB):
            got.update(chunk)
            count += 1
            if count % 8 == 0:
                seen.append(resident(process))

    assert sent.status_code == 200
    assert got.hexdigest() == sha256
    assert max(seen) - before < 24 * MIB


async def test_write_and_read_of_a_big_object_keep_memory_flat(
    blobs: BlobStore, byte_store: str
) -> None:
    # Of an S3 upload three parts are in memory: only a longer stream shows that it stays so.
    size = SIZE if byte_store == "folder" or environment.deep else 3 * SIZE
    bound = (24 if byte_store == "folder" else 112) * MIB

    async def body() -> AsyncIterator[bytes]:
        for _ in range(0, size, MIB):
            yield BLOCK

    before = peak()
    written = await blobs.write("big", body())
    got = hashlib.sha256()
    async for chunk in blobs.read("big"):
        got.update(chunk)

    assert written == size
    assert got.hexdigest() == digest(size)
    assert peak() - before < bound
