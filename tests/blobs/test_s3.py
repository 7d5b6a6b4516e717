"""What is particular to the S3 store."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph_api.blobs import S3Blobs, Unfinished
from graph_api.errors import StoreUnavailable
from tests.minio.server import RunningMinio, free_port, running_minio

HOUR = timedelta(hours=1)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_every_method_says_within_2_s_that_nobody_listens() -> None:
    store = S3Blobs(f"http://127.0.0.1:{free_port()}", "bucket", "access", "secret")
    calls = [
        lambda: store.check(),
        lambda: store.size("k"),
        lambda: store.sizes(""),
        lambda: store.put("k", b"x"),
        lambda: store.write("k", chunks(b"x")),
        lambda: anext(store.read("k")),
        lambda: store.delete(["k"]),
        lambda: store.begin("k"),
        lambda: store.parts("k", "upload"),
        lambda: store.assemble("k", "upload", 1),
        lambda: store.unfinished("k"),
        lambda: store.discard([Unfinished("k", "upload", datetime.now(UTC))]),
    ]
    for call in calls:
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable, match="The byte store does not answer"):
            await call()
        assert time.monotonic() - begun < 2


async def test_a_host_that_drops_every_packet_is_unavailable_within_2_s() -> None:
    # TEST-NET-1: no host has an address of it.
    store = S3Blobs("http://192.0.2.1:9000", "bucket", "access", "secret")
    begun = time.monotonic()

    with pytest.raises(StoreUnavailable):
        await store.check()

    assert time.monotonic() - begun < 2


async def test_a_wrong_secret_is_unavailable_and_logged(
    minio: RunningMinio, caplog: pytest.LogCaptureFixture
) -> None:
    store = S3Blobs(minio.endpoint, "bucket", minio.access_key, "wrong")

    with pytest.raises(StoreUnavailable):
        await store.sizes("")

    assert caplog.messages[0].startswith("S3 answered SignatureDoesNotMatch: ")


async def test_a_bucket_that_is_gone_is_unavailable_and_not_a_missing_object(
    minio: RunningMinio,
) -> None:
    store = S3Blobs(minio.endpoint, "not-made", minio.access_key, minio.secret_key)

    with pytest.raises(StoreUnavailable):
        await anext(store.read("k"))
    with pytest.raises(StoreUnavailable):
        await store.put("k", b"x")
    with pytest.raises(StoreUnavailable):
        await store.begin("k")


async def test_urls_are_signed_for_the_public_endpoint() -> None:
    store = S3Blobs(
        "http://minio:9000", "bucket", "access", "secret", "eu-west-1", "https://s3.example.org:443"
    )

    url = store.sign_get("a/b", HOUR).url

    assert url.startswith("https://s3.example.org/bucket/a/b?X-Amz-Algorithm=")
    assert "%2Feu-west-1%2Fs3%2Faws4_request&" in url


@pytest.mark.parametrize("endpoint", ["minio:9000", "https://", "ftp://host", "http://host/path"])
def test_an_endpoint_that_is_no_address_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match="is no address like https://host or http://host:9000"):
        S3Blobs(endpoint, "bucket", "access", "secret")


async def test_acknowledged_objects_outlive_a_killed_server(
    tmp_path: Path, minio: RunningMinio
) -> None:
    if minio.process is None:
        pytest.skip("the S3 of the environment is not ours to kill")
    with running_minio(tmp_path) as first:
        assert first.process is not None
        store = S3Blobs(first.endpoint, "bucket", first.access_key, first.secret_key)
        await store.check()
        await store.put("k", b"x" * 100_000)
        first.process.kill()
        first.process.wait()
        with pytest.raises(StoreUnavailable):
            await store.size("k")
    with running_minio(tmp_path) as second:
        again = S3Blobs(second.endpoint, "bucket", second.access_key, second.secret_key)
        assert await again.sizes("") == {"k": 100_000}
