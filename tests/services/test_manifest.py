"""Manifest pages: shared by all versions that have them."""

import re

import pytest

from graph_api.errors import NeedsUpload
from graph_api.graph import Nothing, Query, Transaction
from graph_api.models import manifest as models
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
    assert re.fullmatch(f"uploads/{made.id}/pages/{page.digest}.[0-9a-f]{{8}}", page.key)
    assert page.size == 3


async def test_only_a_page_that_no_version_has_is_stored(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    draft = await world.draft("more")
    await world.upload(draft, {"a": b"1", BORDER: b"2"})
    first, second = models.pages([entry("a", b"1"), entry(BORDER, b"2")])
    uploaded = await world.blobs.sizes(f"uploads/{draft}/")

    for page in (first, second, second):
        await manifest.publish(world.graph, world.blobs, world.viewer, draft, page, uploaded)

    (key,) = (await world.blobs.sizes(f"uploads/{draft}/pages/")).keys()
    assert key.startswith(f"uploads/{draft}/pages/{second.digest}.")
    (shared,) = await manifest.pages_of(world.graph, made.id)
    assert shared.digest == first.digest
    assert shared.key.startswith(f"uploads/{made.id}/")


async def test_a_page_of_somebody_else_proves_nothing(world: World) -> None:
    await world.log("secret", {"a": b"1"})
    draft = await world.draft("guess")
    (page,) = models.pages([entry("a", b"1")])
    blind = world.viewer.model_copy(update={"projects": ()})

    with pytest.raises(NeedsUpload, match="'a'"):
        await manifest.publish(world.graph, world.blobs, blind, draft, page, {})


async def test_a_page_that_is_condemned_is_stored_anew_under_another_key(world: World) -> None:
    made = await world.log("data", {"a": b"1"})
    (page,) = models.pages([entry("a", b"1")])
    (before,) = await manifest.pages_of(world.graph, made.id)
    await world.graph.write(CONDEMN, digest=page.digest)

    async def live(tx: Transaction) -> set[str]:
        return await manifest.live(tx, [page.digest])

    assert await world.graph.in_transaction(live) == set()
    draft = await world.draft("more")
    await manifest.publish(world.graph, world.blobs, world.viewer, draft, page, {})
    assert await world.graph.in_transaction(live) == {page.digest}
    (after,) = await manifest.pages_of(world.graph, made.id)
    assert after.key != before.key
    assert await world.blobs.size(after.key) == len(page.data)
