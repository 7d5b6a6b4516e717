"""Signed URLs of both byte stores over real HTTP."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import httpx
import pytest

from graph_api.blobs import BlobStore
from tests.blobs.exchange import (
    DATA,
    HOUR,
    KEY,
    MIB,
    chunks,
    digest,
    leftovers,
    nothing_is_stored,
    send,
    sign_put,
    stored,
)

# A request without one of the signed headers: MinIO answers otherwise than S3.
UNSIGNED = {"folder": 403, "minio": 400}


async def test_what_a_signed_put_brings_a_signed_get_reads(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    sent = await send(wire, sign_put(blobs, DATA), DATA)
    got = await send(wire, blobs.sign_get(KEY, HOUR))

    assert (sent.status_code, got.status_code, got.content) == (200, 200, DATA)
    assert got.headers["content-length"] == str(len(DATA))
    assert await blobs.size(KEY) == len(DATA)
    assert await stored(blobs) == DATA
    assert await leftovers(blobs, KEY) == []


async def test_a_signed_url_says_when_it_expires(blobs: BlobStore) -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    signed = [sign_put(blobs, DATA), blobs.sign_get(KEY, HOUR)]

    after = datetime.now(UTC)
    assert [one.method for one in signed] == ["PUT", "GET"]
    assert all(before + HOUR <= one.expires_at <= after + HOUR for one in signed)


async def test_a_signed_put_names_the_headers_that_must_be_sent(blobs: BlobStore) -> None:
    checksum = base64.b64encode(hashlib.sha256(DATA).digest()).decode()

    assert sign_put(blobs, DATA).headers == {
        "content-length": "19",
        "if-none-match": "*",
        "x-amz-checksum-sha256": checksum,
    }
    assert blobs.sign_get(KEY, HOUR).headers == {}


@pytest.mark.parametrize(
    ("wanted", "status", "content", "content_range"),
    [
        ("bytes=0-6", 206, b"exactly", "bytes 0-6/19"),
        ("bytes=14-", 206, b"bytes", "bytes 14-18/19"),
        ("bytes=-5", 206, b"bytes", "bytes 14-18/19"),
        ("bytes=-99", 206, DATA, "bytes 0-18/19"),
        ("bytes=14-999", 206, b"bytes", "bytes 14-18/19"),
        ("bytes=18-18", 206, b"s", "bytes 18-18/19"),
        ("bytes=0-1,3-4", 200, DATA, None),
        ("lines=0-1", 200, DATA, None),
    ],
)
async def test_a_range_reads_only_that(
    blobs: BlobStore,
    wire: httpx.AsyncClient,
    wanted: str,
    status: int,
    content: bytes,
    content_range: str | None,
) -> None:
    await blobs.put(KEY, DATA)

    got = await wire.get(blobs.sign_get(KEY, HOUR).url, headers={"range": wanted})

    assert (got.status_code, got.content) == (status, content)
    assert got.headers.get("content-range") == content_range


@pytest.mark.parametrize("wanted", ["bytes=19-", "bytes=19-20", "bytes=6-2"])
async def test_a_range_behind_the_end_is_416(
    blobs: BlobStore, wire: httpx.AsyncClient, wanted: str
) -> None:
    await blobs.put(KEY, DATA)

    got = await wire.get(blobs.sign_get(KEY, HOUR).url, headers={"range": wanted})

    assert got.status_code == 416


async def test_a_get_of_an_etag_that_is_current_is_304(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put(KEY, DATA)
    url = blobs.sign_get(KEY, HOUR).url
    etag = (await wire.get(url)).headers["etag"]

    same = await wire.get(url, headers={"if-none-match": etag})
    other = await wire.get(url, headers={"if-none-match": '"another"'})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    assert (other.status_code, other.content) == (200, DATA)


async def test_a_get_of_a_missing_object_is_404(blobs: BlobStore, wire: httpx.AsyncClient) -> None:
    assert (await send(wire, blobs.sign_get(KEY, HOUR))).status_code == 404


async def test_a_browser_saves_the_object_under_its_file_name(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put(KEY, DATA)
    signed = blobs.sign_get(KEY, HOUR, filename='Übung "1"\r\n&.csv')

    got = await send(wire, signed)

    assert got.headers["content-disposition"] == (
        'attachment; filename="_bung _1____.csv"; '
        "filename*=UTF-8''%C3%9Cbung%20%221%22%0D%0A%26.csv"
    )
    assert got.content == DATA


async def test_wrong_bytes_with_the_signed_checksum_are_refused(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    sent = await send(wire, sign_put(blobs, DATA), DATA[::-1])

    assert sent.status_code == 400
    assert await nothing_is_stored(blobs)


@pytest.mark.parametrize("header", ["x-amz-checksum-sha256", "if-none-match"])
async def test_a_put_without_a_signed_header_is_refused(
    blobs: BlobStore, byte_store: str, wire: httpx.AsyncClient, header: str
) -> None:
    signed = sign_put(blobs, DATA)
    del signed.headers[header]

    sent = await send(wire, signed, DATA)

    assert sent.status_code == UNSIGNED[byte_store]
    assert await nothing_is_stored(blobs)


async def test_wrong_bytes_without_the_checksum_are_refused(
    blobs: BlobStore, byte_store: str, wire: httpx.AsyncClient
) -> None:
    signed = sign_put(blobs, DATA)
    del signed.headers["x-amz-checksum-sha256"]

    sent = await send(wire, signed, DATA[::-1])

    assert sent.status_code == UNSIGNED[byte_store]
    assert await nothing_is_stored(blobs)


async def test_wrong_bytes_with_their_own_checksum_are_refused(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    signed = replace(sign_put(blobs, DATA), headers=sign_put(blobs, DATA[::-1]).headers)

    sent = await send(wire, signed, DATA[::-1])

    assert sent.status_code == 403
    assert await nothing_is_stored(blobs)


@pytest.mark.parametrize("data", [DATA[:-1], DATA + b"!", b""])
async def test_a_put_of_another_length_is_refused(
    blobs: BlobStore, wire: httpx.AsyncClient, data: bytes
) -> None:
    signed = sign_put(blobs, DATA)
    signed.headers["content-length"] = str(len(data))

    sent = await send(wire, signed, data)

    assert sent.status_code == 403
    assert await nothing_is_stored(blobs)


async def test_a_chunked_put_is_refused(blobs: BlobStore, wire: httpx.AsyncClient) -> None:
    signed = sign_put(blobs, DATA)
    del signed.headers["content-length"]

    sent = await wire.put(signed.url, headers=signed.headers, content=chunks(DATA))

    assert sent.status_code in {403, 411}
    assert await nothing_is_stored(blobs)


async def test_a_put_that_breaks_off_leaves_nothing(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    data = bytes(4 * MIB)
    signed = sign_put(blobs, data)

    async def broken() -> AsyncIterator[bytes]:
        yield data[: 3 * MIB]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await wire.put(signed.url, headers=signed.headers, content=broken())

    async with asyncio.timeout(10):
        while not await nothing_is_stored(blobs):
            await asyncio.sleep(0.05)


async def test_a_second_put_is_refused_and_the_first_bytes_stay(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    other = DATA[::-1]
    signed = sign_put(blobs, DATA)
    first = await send(wire, signed, DATA)

    again = await send(wire, signed, DATA)
    overwriting = await send(wire, sign_put(blobs, other), other)

    assert [one.status_code for one in (first, again, overwriting)] == [200, 412, 412]
    assert await stored(blobs) == DATA
    assert await leftovers(blobs, KEY) == []


async def test_of_32_puts_of_one_key_at_once_one_is_stored(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    signed = sign_put(blobs, DATA)

    sent = await asyncio.gather(*(send(wire, signed, DATA) for _ in range(32)))

    assert sorted(one.status_code for one in sent) == [200] + [412] * 31
    assert await stored(blobs) == DATA
    assert await leftovers(blobs, KEY) == []


async def test_32_puts_at_once_are_all_stored(blobs: BlobStore, wire: httpx.AsyncClient) -> None:
    data = {f"many/{n:02}": bytes([n]) * (n * 10_000) for n in range(32)}

    sent = await asyncio.gather(
        *(send(wire, sign_put(blobs, content, key), content) for key, content in data.items())
    )

    assert [one.status_code for one in sent] == [200] * 32
    assert await blobs.sizes("many/") == {key: len(content) for key, content in data.items()}
    assert [await stored(blobs, key) for key in data] == list(data.values())


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_url_with_another_signature_key_or_method_is_refused(
    blobs: BlobStore, wire: httpx.AsyncClient, method: Literal["GET", "PUT"]
) -> None:
    await blobs.put(KEY, DATA)
    await blobs.put("other", DATA)
    fresh = sign_put(blobs, DATA, "fresh")
    signed = fresh if method == "PUT" else blobs.sign_get(KEY, HOUR)
    key = "fresh" if method == "PUT" else KEY
    body = DATA if method == "PUT" else None

    other_signature = signed.url[:-1] + ("1" if signed.url.endswith("0") else "0")
    refused = [
        await send(wire, replace(signed, url=other_signature), body),
        await send(wire, replace(signed, url=signed.url.partition("?")[0]), body),
        await send(wire, replace(signed, url=signed.url.replace(key, "other", 1)), body),
    ]
    other_methods = [
        await send(wire, replace(signed, method=other, headers={}))
        for other in ("GET", "PUT", "POST", "DELETE")
        if other != method
    ]

    assert [one.status_code for one in refused] == [403] * 3
    assert {one.status_code for one in other_methods} <= {400, 403, 405}
    assert await blobs.sizes("") == {KEY: len(DATA), "other": len(DATA)}


async def test_a_url_with_a_later_expiry_or_another_file_name_is_refused(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    await blobs.put(KEY, DATA)
    url = httpx.URL(blobs.sign_get(KEY, HOUR, filename="a.csv").url)
    changes = {
        "expires": "9999999999",
        "X-Amz-Expires": "604800",
        "filename": "b.exe",
        "response-content-disposition": "inline",
    }
    changed = [
        url.copy_set_param(name, value) for name, value in changes.items() if name in url.params
    ]

    answers = [await wire.get(one) for one in changed]

    assert [one.status_code for one in answers] == [403, 403]


async def test_an_expired_url_is_refused(blobs: BlobStore, wire: httpx.AsyncClient) -> None:
    await blobs.put("there", DATA)
    put = blobs.sign_put(KEY, len(DATA), digest(DATA), timedelta(seconds=1))
    get = blobs.sign_get("there", timedelta(seconds=1))
    await asyncio.sleep(2.1)

    answers = [await send(wire, put, DATA), await send(wire, get)]

    assert [one.status_code for one in answers] == [403, 403]
    assert await blobs.sizes("") == {"there": len(DATA)}


@pytest.mark.parametrize("dots", ["..", "%2e%2e", "%2E%2E%2F.."])
async def test_a_request_for_a_path_with_dots_is_refused(
    blobs: BlobStore, wire: httpx.AsyncClient, dots: str
) -> None:
    url = urlsplit(blobs.sign_get(KEY, HOUR).url)
    base = wire.base_url if url.netloc == "" else httpx.URL(f"{url.scheme}://{url.netloc}")
    target = f"{url.path.removesuffix(KEY)}blobs/{dots}/{dots}/etc/passwd?{url.query}"

    # As raw bytes, because a client resolves the dots before it sends them.
    reader, writer = await asyncio.open_connection(base.host, base.port)
    writer.write(
        f"GET {target} HTTP/1.1\r\nHost: {base.host}\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert answer.split()[1] in {b"400", b"403", b"404"}
    assert b"root:" not in answer


async def test_an_empty_object_is_stored_and_read(
    blobs: BlobStore, wire: httpx.AsyncClient
) -> None:
    sent = await send(wire, sign_put(blobs, b""), b"")
    got = await send(wire, blobs.sign_get(KEY, HOUR))

    assert (sent.status_code, got.status_code, got.content) == (200, 200, b"")
    assert await blobs.size(KEY) == 0
    assert await stored(blobs) == b""
    assert [chunk async for chunk in blobs.read(KEY, 0, 5)] == []
