"""The zip of a version."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator

import pytest

from graph_api import errors
from graph_api.models.artifact import zip_key
from graph_api.models.manifest import Entry
from graph_api.services import artifact
from graph_api.services.artifact import Zips
from graph_api.services.artifact import zip as zips_module
from tests.services.world import HOUR, LIMITS, World

FILES = {"b.txt": b"second", "a/ü.bin": bytes(range(256)) * 5000, "empty": b""}


async def test_the_zip_holds_every_file_and_is_kept(world: World) -> None:
    zips = Zips(world.graph, world.blobs)
    version = await artifact.checked(world.graph, world.viewer, (await world.log("data", FILES)).id)

    streamed = await zips.open(world.viewer, version)
    assert streamed
    data = b"".join([chunk async for chunk in streamed])

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["a/ü.bin", "b.txt", "empty"]
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert await zips.open(world.viewer, version) is None
    kept = b"".join([chunk async for chunk in world.blobs.read(zip_key(version.digest))])
    assert kept == data


async def test_equal_content_gives_an_equal_zip(world: World) -> None:
    digests: list[str] = []
    for name in ("one", "two"):
        made = await world.log(name, FILES)
        version = await artifact.checked(world.graph, world.viewer, made.id)
        await world.blobs.delete([zip_key(version.digest)])
        streamed = await Zips(world.graph, world.blobs).open(world.viewer, version)
        assert streamed
        data = b"".join([chunk async for chunk in streamed])
        digests.append(hashlib.sha256(data).hexdigest())

    assert digests[0] == digests[1]


async def test_many_who_ask_at_once_make_it_once(world: World) -> None:
    zips = Zips(world.graph, world.blobs)
    version = await artifact.checked(world.graph, world.viewer, (await world.log("data", FILES)).id)

    async def ask() -> bool:
        streamed = await zips.open(world.viewer, version)
        if streamed:
            async for _ in streamed:
                pass
        return streamed is not None

    assert sorted(await asyncio.gather(*(ask() for _ in range(8)))) == [False] * 7 + [True]


async def test_who_leaves_midway_does_not_stop_it(world: World) -> None:
    zips = Zips(world.graph, world.blobs)
    files = {str(n): bytes([n]) * 2**20 for n in range(24)}
    version = await artifact.checked(world.graph, world.viewer, (await world.log("data", files)).id)
    streamed = await zips.open(world.viewer, version)
    assert streamed
    async for _ in streamed:
        break
    await streamed.aclose()

    members, names = 24 * (2**20 + 30 + 16 + 46), sum(map(len, files))
    assert await zips.open(world.viewer, version) is None
    assert await world.blobs.size(zip_key(version.digest)) == members + 2 * names + 22


async def test_who_is_slow_gets_all_of_it_and_holds_nobody_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zips_module, "_PATIENCE", 0.2)
    zips = Zips(world.graph, world.blobs)
    files = {str(n): bytes([n]) * 2**20 for n in range(24)}
    version = await artifact.checked(world.graph, world.viewer, (await world.log("data", files)).id)
    streamed = await zips.open(world.viewer, version)
    assert streamed
    first = await anext(streamed)

    async with asyncio.timeout(30):
        assert await zips.open(world.viewer, version) is None
    data = first + b"".join([chunk async for chunk in streamed])

    assert data == b"".join([chunk async for chunk in world.blobs.read(zip_key(version.digest))])


async def test_who_reads_what_cannot_be_made_sees_it_break_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    zips = Zips(world.graph, world.blobs)
    version = await artifact.checked(world.graph, world.viewer, (await world.log("data", FILES)).id)
    read = world.blobs.read

    def broken(key: str, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        if key.startswith("uploads/"):
            raise errors.StoreUnavailable("byte store")
        return read(key, offset, length)

    monkeypatch.setattr(world.blobs, "read", broken)
    streamed = await zips.open(world.viewer, version)
    assert streamed

    with pytest.raises(errors.StoreUnavailable):
        async for _ in streamed:
            pass
    assert await world.blobs.size(zip_key(version.digest)) is None


async def test_references_are_listed_in_a_file_of_their_own(world: World) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"references.json": b"mine"})
    reference = Entry(path="far", size=None, reference="s3://bucket/far")
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, [reference], HOUR
    )
    version = await artifact.checked(world.graph, world.viewer, (await world.commit(draft)).id)

    streamed = await Zips(world.graph, world.blobs).open(world.viewer, version)
    assert streamed
    data = b"".join([chunk async for chunk in streamed])

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("references.json") == b"mine"
        listed = json.loads(archive.read("references-references.json"))
    digest = hashlib.sha256(b"s3://bucket/far").hexdigest()
    assert listed == [{"path": "far", "reference": "s3://bucket/far", "digest": digest}]


async def test_a_draft_has_no_zip(world: World) -> None:
    draft = await world.draft("data")

    with pytest.raises(errors.NotCommitted):
        await artifact.committed(world.graph, world.viewer, draft)
