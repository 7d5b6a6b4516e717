"""Manifest pages: shared by all versions that have them."""

from graph_api.graph import Nothing, Query, Transaction
from graph_api.models import manifest as models
from graph_api.models.artifact import page_key
from graph_api.models.manifest import ManifestPage
from graph_api.services import manifest
from tests.services.world import World, entry

CONDEMN = Query(
    "tests/condemn", "MATCH (p:ManifestPage {digest: $digest}) SET p.state = 'CONDEMNED'", Nothing
)

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


async def test_a_page_is_where_its_node_says(world: World) -> None:
    made = await world.log("data", {"b": b"12", "a": b"1"})

    (page,) = await manifest.pages_of(world.graph, made.id)

    data = b"".join([chunk async for chunk in world.blobs.read(page.key)])
    assert models.decode(data) == [entry("a", b"1"), entry("b", b"12")]
    assert page.key == f"uploads/{made.id}/pages/{page.digest}"
    assert page.size == 3


async def test_only_pages_that_no_version_has_are_stored(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    first, second = models.pages([entry("a", b"1"), entry(BORDER, b"2")])

    stored = await manifest.store(world.graph, world.blobs, "draft", [first, second, second])

    assert stored == {second.digest: f"uploads/draft/pages/{second.digest}"}
    assert list(await world.blobs.sizes("uploads/draft/")) == list(stored.values())
    assert (await manifest.pages_of(world.graph, made.id))[0].digest == first.digest


async def test_a_page_that_went_after_it_was_found_live_is_stored_by_another_try(
    world: World,
) -> None:
    made = await world.log("data", {"a": b"1"})
    (page,) = models.pages([entry("a", b"1")])
    assert await manifest.store(world.graph, world.blobs, "draft", [page]) == {}
    await world.graph.write(CONDEMN, digest=page.digest)

    async def lock(tx: Transaction) -> list[ManifestPage] | None:
        return await manifest.lock(tx, [page], {})

    assert await world.graph.in_transaction(lock) is None
    assert list(await manifest.store(world.graph, world.blobs, "draft", [page])) == [page.digest]
    assert (await manifest.pages_of(world.graph, made.id))[0].key == page_key(made.id, page.digest)
