"""Manifest pages: shared by all versions that have them."""

import asyncio

from graph_api.graph import Nothing, Query
from graph_api.models import manifest as models
from graph_api.services import manifest
from tests.services.world import World, entry

CONDEMN = Query(
    "tests/condemn", "MATCH (p:ManifestPage {digest: $digest}) SET p.state = 'CONDEMNED'", Nothing
)
REMOVE = Query("tests/remove", "MATCH (p:ManifestPage {digest: $digest}) DETACH DELETE p", Nothing)

# A new page begins at a path whose SHA-256 is a multiple of 1,024; the first such of these.
BORDER = next(
    path
    for path in (f"m{number:05d}" for number in range(100_000))
    if len(list(models.pages([entry("a", b""), entry(path, b"")]))) == 2
)


async def test_a_version_shares_the_pages_that_did_not_change(world: World) -> None:
    first = await world.log("data", {"a": b"1", BORDER: b"2", "z": b"3"})
    second = await world.log("data", {"a": b"one", BORDER: b"2", "z": b"3"})

    before = await manifest.pages_of(world.graph, first.id)
    after = await manifest.pages_of(world.graph, second.id)

    assert [(page.first_path, page.last_path, page.count) for page in before] == [
        ("a", "a", 1),
        (BORDER, "z", 2),
    ]
    assert before[1] == after[1]
    assert before[0].digest != after[0].digest
    assert [["ManifestPage"], 3] in (await world.snapshot())["nodes"]


async def test_a_page_is_in_the_store_under_its_digest(world: World) -> None:
    made = await world.log("data", {"b": b"12", "a": b"1"})

    (page,) = await manifest.pages_of(world.graph, made.id)

    data = b"".join([chunk async for chunk in world.blobs.read(manifest.key(page.digest))])
    assert models.decode(data) == [entry("a", b"1"), entry("b", b"12")]
    assert page.size == 3


async def test_pages_are_stored_once(world: World) -> None:
    (page,) = models.pages([entry("a", b"1")])

    await manifest.store(world.graph, world.blobs, [page])
    await manifest.store(world.graph, world.blobs, [page, page])

    assert list(await world.blobs.sizes("")) == [manifest.key(page.digest)]


async def test_a_page_on_its_way_out_is_waited_for_and_stored_again(world: World) -> None:
    (page,) = models.pages([entry("a", b"1")])
    await manifest.store(world.graph, world.blobs, [page])
    await world.graph.write(CONDEMN, digest=page.digest)

    storing = asyncio.create_task(manifest.store(world.graph, world.blobs, [page]))
    await asyncio.sleep(0.2)
    assert not storing.done()
    await world.blobs.delete([manifest.key(page.digest)])
    await world.graph.write(REMOVE, digest=page.digest)
    await storing

    assert list(await world.blobs.sizes("")) == [manifest.key(page.digest)]
    assert [["ManifestPage"], 1] in (await world.snapshot())["nodes"]
