"""HTTP details of the folder store's signed URLs, on a real server."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from graph_api.blobs import BlobStore
from tests.blobs.fixtures import FolderServer

pytestmark = pytest.mark.parametrize("byte_store", ["folder"], indirect=True)

HOUR = timedelta(hours=1)
DATA = b"exactly these bytes"
DIGEST = hashlib.sha256(DATA).hexdigest()


async def test_a_get_says_how_its_bytes_may_be_used(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("k", DATA)

    got = await wire.get(blobs.sign_get("k", HOUR).url)

    headers = dict(got.headers)
    assert headers.pop("etag").startswith('"')
    del headers["date"], headers["server"]
    assert headers == {
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "content-disposition": "attachment",
        "content-length": "19",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "content-type": "application/octet-stream",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


async def test_a_head_of_a_get_url_has_its_headers_and_no_bytes(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("k", DATA)
    url = blobs.sign_get("k", HOUR, filename="digits.csv").url

    get, head = await wire.get(url), await wire.head(url)
    part = await wire.head(url, headers={"range": "bytes=0-3"})

    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}
    assert head.headers["content-disposition"] == (
        "attachment; filename=\"digits.csv\"; filename*=UTF-8''digits.csv"
    )
    assert (part.status_code, part.headers["content-length"]) == (206, "4")


async def test_an_object_that_was_replaced_has_another_etag(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("k", DATA)
    url = blobs.sign_get("k", HOUR).url
    old = (await wire.get(url)).headers["etag"]
    await blobs.put("k", DATA[::-1])

    fresh = await wire.get(url, headers={"if-none-match": old})
    resumed = await wire.get(url, headers={"range": "bytes=5-", "if-range": old})

    assert (fresh.status_code, fresh.content) == (200, DATA[::-1])
    assert (resumed.status_code, resumed.content) == (200, DATA[::-1])


@pytest.mark.parametrize("tags", ["{}", '"x", {}', "W/{}", "*"])
async def test_if_none_match_may_name_several_etags(
    blobs: BlobStore, wire: httpx.AsyncClient, tags: str
) -> None:
    await blobs.put("k", DATA)
    url = blobs.sign_get("k", HOUR).url
    etag = (await wire.get(url)).headers["etag"]

    got = await wire.get(url, headers={"if-none-match": tags.format(etag)})

    assert (got.status_code, got.content, got.headers["etag"]) == (304, b"", etag)


async def test_a_range_of_the_same_etag_is_resumed(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("k", DATA)
    url = blobs.sign_get("k", HOUR).url
    etag = (await wire.get(url)).headers["etag"]

    got = await wire.get(url, headers={"range": "bytes=14-", "if-range": etag})

    assert (got.status_code, got.content) == (206, b"bytes")


async def test_a_range_behind_the_end_names_the_size(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("k", DATA)

    got = await wire.get(blobs.sign_get("k", HOUR).url, headers={"range": "bytes=19-"})

    assert (got.status_code, got.headers["content-range"]) == (416, "bytes */19")
    assert got.json() == {
        "message": "'k' has 19 bytes, so there is nothing at 'bytes=19-'.",
        "code": "RANGE_NOT_SATISFIABLE",
    }


@pytest.mark.parametrize("wanted", ["bytes=-", "bytes=x", "bytes=" + "9" * 5000 + "-", "bytes=--1"])
async def test_a_range_that_makes_no_sense_is_ignored(
    blobs: BlobStore, wire: httpx.AsyncClient, wanted: str
) -> None:
    await blobs.put("k", DATA)

    got = await wire.get(blobs.sign_get("k", HOUR).url, headers={"range": wanted})

    assert (got.status_code, got.content) == (200, DATA)


async def test_every_refusal_is_json_with_a_message_and_a_code(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("there", DATA)
    put = blobs.sign_put("k", len(DATA), DIGEST, HOUR)
    taken = blobs.sign_put("there", len(DATA), DIGEST, HOUR)
    expired = blobs.sign_get("there", timedelta(seconds=-5))
    other = hashlib.sha256(DATA[::-1]).hexdigest()

    async def chunked() -> AsyncIterator[bytes]:
        yield DATA

    answers = [
        await wire.get("/blobs/there"),
        await wire.get(expired.url),
        await wire.get(blobs.sign_get("k", HOUR).url),
        await wire.put(put.url, headers=put.headers, content=DATA[::-1]),
        await wire.put(taken.url, headers=taken.headers, content=DATA),
        await wire.put(put.url, content=chunked()),
    ]

    assert [(one.status_code, one.json()) for one in answers] == [
        (
            403,
            {
                "message": "No signed URL allows this GET of 'there': send the URL and every "
                "header that came with it exactly as they were given.",
                "code": "URL_FORGED",
            },
        ),
        (
            403,
            {
                "message": f"The URL of 'there' expired at {expired.expires_at.isoformat()}; "
                "ask for a new one.",
                "code": "URL_EXPIRED",
            },
        ),
        (404, {"message": "The byte store has no object 'k'.", "code": "BLOB_MISSING"}),
        (
            400,
            {
                "message": f"'k' was to be 19 bytes with SHA-256 {DIGEST}, but 19 bytes with "
                f"SHA-256 {other} came; nothing was stored.",
                "code": "WRONG_BYTES",
            },
        ),
        (
            412,
            {
                "message": "'there' is stored already and was left as it is.",
                "code": "ALREADY_STORED",
            },
        ),
        (
            411,
            {
                "message": "The upload of 'k' says no Content-Length; a chunked one is refused.",
                "code": "LENGTH_MISSING",
            },
        ),
    ]
    assert await blobs.sizes("") == {"there": 19}


async def test_other_methods_are_405(blobs: BlobStore, wire: httpx.AsyncClient) -> None:
    await blobs.put("k", DATA)
    url = blobs.sign_get("k", HOUR).url

    answers = [await wire.post(url), await wire.delete(url), await wire.patch(url)]

    assert [one.status_code for one in answers] == [405] * 3
    assert await blobs.sizes("") == {"k": 19}


async def test_a_connection_goes_on_after_a_big_upload_was_refused(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("k", DATA)

    refused = await wire.put("/blobs/forged?signature=0", content=bytes(8 << 20))
    got = await wire.get(blobs.sign_get("k", HOUR).url)

    assert (refused.status_code, got.status_code, got.content) == (403, 200, DATA)
    assert await blobs.sizes("") == {"k": 19}


async def test_a_store_that_does_not_answer_is_503_with_retry_after(
    blobs: BlobStore, wire: httpx.AsyncClient, folder_server: FolderServer
) -> None:
    put = blobs.sign_put("k", len(DATA), DIGEST, HOUR)
    incoming = folder_server.root / "incoming"
    incoming.rename(folder_server.root / "gone")
    try:
        refused = await wire.put(put.url, headers=put.headers, content=DATA)
    finally:
        (folder_server.root / "gone").rename(incoming)
    stored = await wire.put(put.url, headers=put.headers, content=DATA)

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert refused.json()["code"] == "UNAVAILABLE"
    assert stored.status_code == 200


async def test_100_small_gets_over_one_connection_take_no_44_ms_each(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put("k", DATA)
    url = blobs.sign_get("k", HOUR).url

    async with asyncio.timeout(3):
        for _ in range(100):
            await wire.get(url)
