"""Blobs: which contents are here, and for whom."""

import hashlib

from graph_api.models.artifact import upload_prefix
from graph_api.services import blob
from tests.services.world import World

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
    assert await blob.readable(world.graph, world.viewer, [ONE]) == {}

    await world.commit(draft)

    assert list(await blob.readable(world.graph, world.viewer, [ONE, TWO])) == [ONE]


async def test_content_is_readable_for_who_sees_a_version_only(world: World) -> None:
    await world.log("data", {"a": b"one"})
    await world.log("data", {"a": b"one", "b": b"two"}, project="letters")
    reader = world.viewer.model_copy(update={"projects": (await world.project("digits"),)})
    stranger = world.viewer.model_copy(update={"projects": ()})

    assert list(await blob.readable(world.graph, reader, [ONE, TWO])) == [ONE]
    assert await blob.readable(world.graph, stranger, [ONE, TWO]) == {}


async def test_one_node_stands_for_one_content(world: World) -> None:
    await world.log("data", {"a": b"one", "b": b"one", "c": b"two"})
    await world.log("labels", {"d": b"two"})

    assert [["Blob"], 2] in (await world.snapshot())["nodes"]
