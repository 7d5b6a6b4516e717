"""Fixtures of the two byte stores."""

import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import pytest
from minio import Minio

from graph_api.blobs import BlobStore, FolderBlobs, S3Blobs
from tests.minio.server import RunningMinio, free_port


@dataclass(frozen=True)
class FolderServer:
    """A folder store, and a process that serves its signed URLs."""

    url: str
    root: Path
    secret: bytes
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def folder_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderServer]:
    """The blob routes on a real server."""
    root, secret, port = tmp_path_factory.mktemp("blobs"), secrets.token_bytes(32), free_port()
    command = [sys.executable, "-m", "tests.blobs.folder_server"]
    process = subprocess.Popen([*command, str(root), secret.hex(), str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url)
        yield FolderServer(url, root, secret, process)
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url, timeout=2)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The blob server did not start; its exit code is {process.poll()}.")


@pytest.fixture(params=["folder", "minio"])
def byte_store(request: pytest.FixtureRequest) -> Literal["folder", "minio"]:
    """Which byte store the test runs on."""
    return request.param


@pytest.fixture
async def blobs(byte_store: str, request: pytest.FixtureRequest) -> AsyncIterator[BlobStore]:
    """An empty byte store: once the folder, once a bucket of the real MinIO."""
    if byte_store == "folder":
        server: FolderServer = request.getfixturevalue("folder_server")
        store = FolderBlobs(server.root, server.secret)
        await store.check()
        yield store
        await store.discard(await store.unfinished())
        await store.delete(list(await store.sizes("")))
    else:
        minio: RunningMinio = request.getfixturevalue("minio")
        bucket = f"test-{secrets.token_hex(8)}"
        store = S3Blobs(minio.endpoint, bucket, minio.access_key, minio.secret_key)
        await store.check()
        yield store
        await store.discard(await store.unfinished())
        await store.delete(list(await store.sizes("")))
        scheme, _, host = minio.endpoint.partition("://")
        Minio(host, minio.access_key, minio.secret_key, secure=scheme == "https").remove_bucket(
            bucket
        )


@pytest.fixture
async def wire(byte_store: str, request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A client that reaches what ``blobs`` signs, also where that is a path only."""
    base = ""
    if byte_store == "folder":
        base = request.getfixturevalue("folder_server").url
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        yield client
