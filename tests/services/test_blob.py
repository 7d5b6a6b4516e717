"""Blobs: which contents are here, and for whom."""

import hashlib

import pytest

from graph_api import errors
from graph_api.models.artifact import upload_prefix
from graph_api.models.page import Window
from graph_api.models.viewer import Viewer
from graph_api.services import blob, deletion
from tests.services.world import World

# Where no draft has brought anything.
NONE = upload_prefix("none")
ONE, TWO = hashlib.sha256(b"one").hexdigest(), hashlib.sha256(b"two").hexdigest()


async def test_content_lies_where_its_first_upload_landed(world: World) -> None:
    first = await world.draft("data")
    await world.upload(first, {"a": b"one"})
    await world.commit(first)
    await world.log("labels", {"b": b"one", "c": b"two"})

    found = await blob.by_digests(world.graph, world.viewer, [TWO, "0" * 64, ONE])

    assert [row and row.size for row in found] == [3, None, 3]
    assert found[2]
    assert found[2].key == upload_prefix(first) + ONE
    assert b"".join([chunk async for chunk in world.blobs.read(found[2].key)]) == b"one"


async def test_content_is_readable_once_a_version_has_it(world: World) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"one"})
    assert await blob.readable(world.graph, world.viewer, [ONE], prefix=NONE) == {}

    await world.commit(draft)

    assert list(await blob.readable(world.graph, world.viewer, [ONE, TWO], prefix=NONE)) == [ONE]


async def test_content_is_readable_for_who_sees_a_version_only(world: World) -> None:
    await world.log("data", {"a": b"one"})
    await world.log("data", {"a": b"one", "b": b"two"}, project="letters")
    reader = world.viewer.model_copy(update={"projects": (await world.project("digits"),)})
    stranger = world.viewer.model_copy(update={"projects": ()})

    assert list(await blob.readable(world.graph, reader, [ONE, TWO], prefix=NONE)) == [ONE]
    assert await blob.readable(world.graph, stranger, [ONE, TWO], prefix=NONE) == {}


async def test_what_contains_a_content_is_told_to_who_can_read_it(world: World) -> None:
    one = (await world.log("data", {"a": b"one", "again": b"one"})).id
    two = (await world.log("data", {"a": b"one", "b": b"two"})).id
    hidden = (await world.log("data", {"a": b"one"}, project="letters")).id
    draft = await world.draft("data")
    await world.upload(draft, {"a": b"one"})
    gone = (await world.log("gone", {"a": b"one"})).id
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [gone], force=False, trash_seconds=60, seconds=30
    )
    reader = world.viewer.model_copy(update={"projects": (await world.project("digits"),)})

    async def found(sha256: str, viewer: Viewer, after: str | None = None) -> list[str]:
        window = Window(10, after=after)
        return [*(await blob.containing(world.graph, viewer, sha256, window)).items]

    assert await found(ONE, world.viewer) == [one, two, hidden]
    assert await found(ONE, reader) == [one, two]
    assert await found(TWO, world.viewer) == [two]
    assert await found("0" * 64, world.viewer) == []
    first = await blob.containing(world.graph, world.viewer, ONE, Window(2))
    assert await first.has_next()
    assert await found(ONE, world.viewer, after=first.cursor(first.places[-1])) == [hidden]
    for wrong in ("", ONE[:63], ONE.upper(), "sha256:" + ONE):
        with pytest.raises(errors.BadDigest):
            await found(wrong, world.viewer)


async def test_one_node_stands_for_one_content(world: World) -> None:
    await world.log("data", {"a": b"one", "b": b"one", "c": b"two"})
    await world.log("labels", {"d": b"two"})

    assert [["Blob"], 2] in (await world.snapshot())["nodes"]
