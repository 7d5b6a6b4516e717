"""What is particular to the folder store."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from graph_api.blobs import FolderBlobs, S3Blobs, signed_path
from graph_api.errors import AlreadyStored, StoreUnavailable, UrlForged, WrongBytes
from graph_api.services import blob

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def query_of(url: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in url.partition("?")[2].split("&"))


@pytest.fixture
async def folder(tmp_path: Path) -> FolderBlobs:
    """An empty folder store."""
    store = FolderBlobs(tmp_path / "blobs", b"secret")
    await store.check()
    return store


def files(store: FolderBlobs) -> list[str]:
    return sorted(str(p.relative_to(store.root)) for p in store.root.rglob("*") if p.is_file())


async def test_an_object_is_a_file_under_its_key_that_only_the_owner_reads(
    folder: FolderBlobs,
) -> None:
    await folder.put("blobs/sha256/ba/x", b"abc")

    assert files(folder) == ["objects/blobs/sha256/ba/x"]
    path = folder.root / "objects/blobs/sha256/ba/x"
    assert path.read_bytes() == b"abc"
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("parts", [(b"ab",), (b"ab", b"cd"), (b"abd",), ()])
async def test_receive_stores_nothing_but_what_was_signed(
    folder: FolderBlobs, parts: tuple[bytes, ...]
) -> None:
    signed = folder.sign_put("k", 3, ABC, timedelta(hours=1))

    with pytest.raises(WrongBytes, match=f"was to be 3 bytes with SHA-256 {ABC}, but"):
        await folder.receive("k", query_of(signed.url), signed.headers, chunks(*parts))

    assert files(folder) == []


async def test_receive_that_loses_the_race_leaves_the_first_bytes(folder: FolderBlobs) -> None:
    signed = folder.sign_put("k", 3, ABC, timedelta(hours=1))

    async def slow() -> AsyncIterator[bytes]:
        yield b"ab"
        await folder.put("k", b"first")
        yield b"c"

    with pytest.raises(AlreadyStored, match="'k' is stored already"):
        await folder.receive("k", query_of(signed.url), signed.headers, slow())

    assert files(folder) == ["objects/k"]
    assert await folder.size("k") == 5


async def test_another_secret_makes_other_urls(tmp_path: Path) -> None:
    signed = FolderBlobs(tmp_path, b"one").sign_get("k", timedelta(hours=1))

    with pytest.raises(UrlForged, match="No signed URL allows this GET of 'k'"):
        await FolderBlobs(tmp_path, b"two").find("k", query_of(signed.url))


def test_no_two_requests_have_one_signature() -> None:
    secret, headers = b"secret", {"content-length": "1"}
    requests: list[tuple[str, str, dict[str, str], dict[str, str]]] = [
        ("GET", "k", {"expires": "1"}, {}),
        ("PUT", "k", {"expires": "1"}, {}),
        ("GET", "k2", {"expires": "1"}, {}),
        ("GET", "k", {"expires": "12"}, {}),
        ("GET", "k", {"expires": "1", "filename": ""}, {}),
        ("GET", "k", {"expires": "1", "filename": '1", "2'}, {}),
        ("GET", "k", {"expires": '1", "1'}, {}),
        ("GET", "k", {"expires": "1"}, headers),
    ]

    signatures = {signed_path.signature(secret, *request) for request in requests}

    assert len(signatures) == len(requests)


async def test_a_service_on_s3_answers_no_signed_path(folder: FolderBlobs) -> None:
    query = query_of(folder.sign_get("k", timedelta(hours=1)).url)
    s3 = S3Blobs("http://127.0.0.1:1", "bucket", "access", "secret")

    with pytest.raises(UrlForged):
        await blob.find(s3, "k", query)
    with pytest.raises(UrlForged):
        await blob.receive(s3, "k", query, {}, chunks(b"abc"))


async def test_a_folder_that_is_not_there_is_unavailable(
    folder: FolderBlobs, caplog: pytest.LogCaptureFixture
) -> None:
    (folder.root / "incoming").rmdir()

    with pytest.raises(StoreUnavailable, match="The byte store does not answer"):
        await folder.put("k", b"abc")

    assert caplog.messages == [f"The folder {folder.root} cannot be used"]
