"""Bytes that go to a store and come back, and what is left where they should not."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx

from graph_api.blobs import BlobStore, FolderBlobs, S3Blobs, SignedUrl

HOUR = timedelta(hours=1)
MIB = 1 << 20
DATA = b"exactly these bytes"
KEY = "blobs/sha256/ab/one"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sign_put(blobs: BlobStore, data: bytes, key: str = KEY) -> SignedUrl:
    return blobs.sign_put(key, len(data), digest(data), HOUR)


async def send(
    wire: httpx.AsyncClient, signed: SignedUrl, data: bytes | None = None
) -> httpx.Response:
    return await wire.request(signed.method, signed.url, headers=signed.headers, content=data)


async def stored(blobs: BlobStore, key: str = KEY) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(key)])


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def nothing_is_stored(blobs: BlobStore) -> bool:
    return await blobs.sizes("") == {} and await leftovers(blobs, KEY) == []


async def leftovers(blobs: BlobStore, key: str) -> list[str]:
    """Files in the folder of incoming ones, or multipart uploads of ``key`` that nobody ended."""
    if isinstance(blobs, FolderBlobs):
        return sorted(path.name for path in (blobs.root / "incoming").iterdir())
    assert isinstance(blobs, S3Blobs)
    url = blobs.signer.presign(
        "GET",
        "http",
        blobs.host,
        f"/{blobs.bucket}",
        now=datetime.now(UTC),
        expires=timedelta(minutes=1),
        # MinIO lists the uploads of one key only.
        query={"uploads": "", "prefix": key},
    )
    async with httpx.AsyncClient() as client:
        answer = (await client.get(url)).raise_for_status()
    space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
    uploads = ElementTree.fromstring(answer.text).iter(f"{space}Upload")
    return [str(upload.findtext(f"{space}Key")) for upload in uploads]
