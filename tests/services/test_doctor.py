"""The doctor: silent where all is well; each fault that is planted by hand is named."""

from datetime import timedelta

import pytest

from graph_api.blobs import FolderBlobs
from graph_api.graph import Nothing, Query
from graph_api.models import instant
from graph_api.models.doctor import Finding
from graph_api.services import artifact, deletion, doctor, manifest
from graph_api.services.sweep import sweep
from tests.services.purge import purge
from tests.services.test_sweep import later
from tests.services.world import World, entry

SHA = entry("a", b"one").sha256


def plant(text: str) -> Query[Nothing]:
    """A change that no service makes."""
    return Query("tests/plant", text, Nothing)  # pyright: ignore[reportArgumentType]  # a literal of this module


async def examined(world: World, *, read: bool = False, days: float = 0) -> list[Finding]:
    now = instant.now() + timedelta(days=days) // timedelta(microseconds=1)
    return [finding async for finding in doctor.examine(world.graph, world.blobs, now, read=read)]


async def found(world: World, *, read: bool = False) -> list[tuple[str, str]]:
    return [(finding.trouble, finding.subject) for finding in await examined(world, read=read)]


@pytest.fixture
async def made(world: World) -> str:
    """Two versions of a name with an alias; the id of the second."""
    await world.log("data", {"a": b"one"}, aliases=("best",))
    version = await world.log("data", {"a": b"one", "b": b"two"}, run_id=await world.run())
    return version.id


async def page_of(world: World, id: str) -> tuple[str, str]:
    (page,) = await manifest.pages_of(world.graph, id)
    return page.digest, page.key


async def test_a_world_that_only_services_wrote_is_well(world: World, made: str) -> None:
    draft = await world.draft("data")
    await world.upload(draft, {"c": b"three", "d": b"four"})
    removed = await world.draft("data")
    await world.upload(removed, {"c": b"three"})
    await artifact.delete_draft(world.graph, world.viewer, removed)
    await world.log("data", {"a": b"one", "b": b"two"})

    assert await examined(world, read=True) == []
    await sweep(world.graph, world.blobs, later(days=30))
    assert await examined(world, read=True) == []


async def test_what_was_deleted_is_well_in_the_trash_and_after_it_and_looked_at(
    world: World, made: str
) -> None:
    await deletion.delete(
        world.graph, world.blobs, world.viewer, [made], force=True, trash_seconds=60, seconds=30
    )
    assert await examined(world, read=True) == []
    # Only the sweep is late then.
    (late,) = await examined(world, days=2)
    assert (late.trouble, late.subject) == ("EXTRA", made)
    await world.graph.write(plant("MATCH (:Artifact {state: 'DELETED'})-[e:HAS_PAGE]->() DELETE e"))
    assert ("WRONG_CONTENT", made) in await found(world)


async def test_what_was_purged_and_still_has_pages_is_named(world: World, made: str) -> None:
    await purge(world.graph, world.blobs, world.viewer, made)
    await sweep(world.graph, world.blobs, later())
    assert await examined(world, read=True) == []
    await world.graph.write(
        plant(
            "MATCH (a:Artifact {state: 'DELETED'}), (p:ManifestPage) "
            "CREATE (a)-[:HAS_PAGE {position: 0}]->(p)"
        )
    )
    assert await found(world) == [("WRONG_STATE", made)]


async def test_a_missing_content_is_named_with_the_versions_that_need_it(
    world: World, made: str
) -> None:
    (key,) = [key for key in await world.blobs.sizes("") if key.endswith(f"/{SHA}")]
    await world.blobs.delete([key])

    (finding,) = await examined(world)

    assert (finding.trouble, finding.subject) == ("MISSING", SHA)
    assert f"The content's object {key!r} is not there: put it back from a backup" in finding.says
    assert f"data:v1 ({made})" in finding.says
    assert "data:v0 (" in finding.says


async def test_content_of_another_size_is_corrupt(world: World, made: str) -> None:
    (key,) = [key for key in await world.blobs.sizes("") if key.endswith(f"/{SHA}")]
    await world.blobs.put(key, b"other")

    (finding,) = await examined(world)

    assert (finding.trouble, finding.subject) == ("CORRUPT", SHA)
    assert "has 5 bytes, not 3" in finding.says


async def test_a_flipped_bit_is_found_by_reading(world: World, made: str) -> None:
    (key,) = [key for key in await world.blobs.sizes("") if key.endswith(f"/{SHA}")]
    await world.blobs.put(key, b"onf")

    assert await found(world) == []
    assert await found(world, read=True) == [("CORRUPT", SHA)]


async def test_a_missing_page_is_named(world: World, made: str) -> None:
    digest, key = await page_of(world, made)
    await world.blobs.delete([key])

    assert await found(world) == [("MISSING", digest)]


async def test_a_page_with_other_bytes_is_corrupt(world: World, made: str) -> None:
    digest, key = await page_of(world, made)
    await world.blobs.put(key, b"{}\n")

    assert await found(world) == [("CORRUPT", digest)]


async def test_objects_that_nothing_needs_are_extra(world: World, made: str) -> None:
    extra = ["multipart/upload_0", "stray", f"uploads/{made}/{'0' * 64}", f"zips/{'0' * 64}.zip"]
    await sweep(world.graph, world.blobs, later(days=30))
    for key in extra:
        await world.blobs.put(key, b"?")

    assert sorted(await found(world)) == [("EXTRA", key) for key in extra]


async def test_what_a_crash_leaves_in_the_folder_is_extra_after_a_day(
    world: World, made: str
) -> None:
    if not isinstance(world.blobs, FolderBlobs):
        assert await world.blobs.unfinished() == []
        return
    (world.blobs.root / "incoming" / "part").write_bytes(b"half")

    assert await examined(world) == []
    (finding,) = await examined(world, days=2)
    assert finding.trouble == "EXTRA"


@pytest.mark.parametrize("byte_store", ["folder"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "trouble", "says"),
    [
        (
            "MATCH (b:Blob {sha256: $sha}) SET b.state = 'CONDEMNED'",
            "WRONG_STATE",
            "The content is CONDEMNED, so that the sweep may take it.",
        ),
        (
            "MATCH (p:ManifestPage {digest: $page}) SET p.state = 'CONDEMNED'",
            "WRONG_STATE",
            "The page is CONDEMNED, so that the sweep may take it.",
        ),
        (
            "MATCH (p:ManifestPage {digest: $page})-[l:LISTS]->() DELETE l",
            "WRONG_CONTENT",
            "The page lists 2 contents; the graph ties it to 0",
        ),
        (
            "MATCH (p:ManifestPage {digest: $page}) SET p.count = 7",
            "WRONG_CONTENT",
            "The graph says (7, 6, 'a', 'b') of the page; it has (2, 6, 'a', 'b').",
        ),
        (
            "MATCH (a:Entity {id: $id})-[h:HAS_PAGE]->() DELETE h",
            "WRONG_CONTENT",
            "Its pages make the digest 4355a46b",
        ),
        (
            "MATCH (a:Entity {id: $id})-[h:HAS_PAGE]->() SET h.position = 1",
            "WRONG_CONTENT",
            "Its manifest pages have the places [1].",
        ),
        (
            "MATCH (a:Entity {id: $id}) SET a.size = 1",
            "WRONG_CONTENT",
            "Its pages have 2 files of 6 bytes; it says 2 of 1.",
        ),
        (
            "MATCH (a:Entity {id: $id}) SET a.since = 10000",
            "WRONG_NUMBER",
            "It is COMMITTED with the index 1 since 10000; the newest change is ",
        ),
        (
            "MATCH (a:Entity {id: $id}) SET a.state = 'LOST'",
            "WRONG_STATE",
            "Its state is 'LOST'.",
        ),
        (
            "MATCH (a:Entity {id: $id}) SET a.index = 5",
            "WRONG_NUMBER",
            "'data' is to give the number 2 next, but its versions have [0, 5].",
        ),
        (
            "MATCH (l:Alias {name: 'best'}), (a:Entity {id: $id}) CREATE (l)-[:CURRENT]->(a)",
            "WRONG_STATE",
            "The alias 'best' points to 2 versions.",
        ),
        (
            "MATCH (a:Entity {id: $id})-[e:LOGGED_BY]->() SET e.since = 10000",
            "WRONG_NUMBER",
            "LOGGED_BY from ",
        ),
        (
            "MATCH (c:Change {seq: 2}) SET c.what = 'nothing'",
            "BROKEN_CHAIN",
            "Change 2 was altered after it was written: its hash is another.",
        ),
        (
            "MATCH (c:Change {seq: 2}) SET c.previous = 'x' + c.previous",
            "BROKEN_CHAIN",
            "Change 2 names ",
        ),
        (
            "MATCH (c:Change {seq: 2}) DETACH DELETE c",
            "BROKEN_CHAIN",
            "After change 1 comes 3, where 2 belongs: changes are missing, or not in their order.",
        ),
        (
            "MATCH (c:Change {seq: 2})-[t:CHANGED]->() DELETE t",
            "BROKEN_CHAIN",
            "Change 2 is not tied to each of its subjects",
        ),
        (
            "MATCH (l:Ledger) SET l.seq = l.seq + 1",
            "BROKEN_CHAIN",
            "The ledger says that its newest change is ",
        ),
        (
            "MATCH (l:Ledger) SET l.hash = 'x'",
            "BROKEN_CHAIN",
            "The ledger says that its newest change is ",
        ),
        ("MATCH (l:Ledger) DELETE l", "MISSING", "The organization has no ledger"),
        (
            "MATCH (c:ArtifactCollection) CREATE (:Entity:Artifact {id: 'artifact_0x', state: "
            "'PENDING', collection_id: c.id, version: '?'})-[:VERSION_OF]->(c)",
            "WRONG_STATE",
            "A draft that the sweep does not know: it stays for ever.",
        ),
        (
            "MATCH (:Entity {id: $id})-[v:VERSION_OF]->() DELETE v",
            "WRONG_STATE",
            "It lies in (), not in artifact_collection_",
        ),
        (
            "MATCH (a:Entity {id: $id}) SET a.project_id = 'project_1'",
            "WRONG_STATE",
            "It lies in project_1, its collection in project_",
        ),
        (
            "MATCH (c:ArtifactCollection) SET c.project_id = 'project_1'",
            "WRONG_STATE",
            "Lists have it at ('project_",
        ),
        (
            "MATCH (a:Entity {id: $id}) SET a.name_key = 'elsewhere'",
            "WRONG_STATE",
            "Lists have it at ('project_",
        ),
        (
            "CREATE (:Blob {sha256: '1', state: 'LIVE', key: 'nowhere', size: 1})",
            "EXTRA",
            "Nothing has the content, and the sweep will not look at it. No version needs it.",
        ),
        (
            "CREATE (:Upload {id: '1', key: 'multipart/1', slot: 's', state: 'VERIFIED', size: 1, "
            "sweep_at: 1152921504606846976})",
            "MISSING",
            "The upload is verified, but its object 'multipart/1' is not there with 1 bytes",
        ),
        (
            "CREATE (:ManifestPage {digest: '1', state: 'CONDEMNED', key: 'nowhere', sweep_at: 0})",
            "EXTRA",
            "The sweep should have looked at the page a day ago: does it run?",
        ),
    ],
)
async def test_a_planted_fault_is_named(
    world: World, made: str, statement: str, trouble: str, says: str
) -> None:
    page, _ = await page_of(world, made)
    assert await examined(world) == []

    await world.graph.write(plant(statement), id=made, page=page, sha=SHA)

    findings = await examined(world)
    assert [f for f in findings if f.trouble == trouble and f.says.startswith(says)] != [], findings
