"""Packs: small contents that lie side by side in one object."""

import asyncio
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from graph_api import errors
from graph_api.blobs import SignedUrl
from graph_api.graph import Nothing, Query
from graph_api.models import instant
from graph_api.models.artifact import upload_prefix
from graph_api.models.manifest import Entry
from graph_api.models.pack import LARGEST, packed
from graph_api.services import artifact, blob, doctor, pack
from graph_api.services.artifact.draft import PackUpload
from graph_api.services.sweep import sweep
from tests.services.purge import purge
from tests.services.test_sweep import later
from tests.services.world import HOUR, LIMITS, Properties, World, entry

FILES = {f"deep/{number:02d}": b"%d" % number * (number + 1) for number in range(12)}
BLOB = Query(
    "tests/blob", "MATCH (n:Blob {sha256: $sha256}) RETURN properties(n) AS of", Properties
)
PACKS = Query("tests/packs", "MATCH (n:Pack) RETURN properties(n) AS of", Properties)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def request(world: World, draft: str, files: dict[str, bytes]) -> PackUpload:
    """Give a draft files, and send those that go up by themselves."""
    entries = [entry(path, data) for path, data in files.items()]
    urls, requested = await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, entries, HOUR, pack=True
    )
    for url, data in zip(urls, files.values(), strict=True):
        if url is not None:
            assert isinstance(url, SignedUrl)
            assert len(data) > LARGEST or not data
            await put(world, url, data)
    assert requested
    return requested


async def put(world: World, url: SignedUrl, data: bytes) -> int:
    answer = await world.wire.request(url.method, url.url, headers=url.headers, content=data)
    return answer.status_code


async def bring(world: World, draft: str, files: dict[str, bytes]) -> PackUpload:
    """Give a draft files, those that are small in a pack that arrives."""
    requested = await request(world, draft, files)
    by_digest = {sha256(data): data for data in files.values()}
    whole = b"".join(by_digest[digest] for digest in requested.pack.contents.digests)
    assert await put(world, requested.url, whole) == 200
    return requested


async def log(world: World, name: str, files: dict[str, bytes]) -> str:
    """A version whose small files went up together; its id."""
    draft = await world.draft(name)
    requested = await bring(world, draft, files)
    await pack.complete(world.graph, world.blobs, world.viewer, draft, requested.pack.number)
    return (await world.commit(draft)).id


async def test_small_files_lie_in_one_object_and_each_is_read_by_itself(world: World) -> None:
    files = FILES | {"big": b"b" * (LARGEST + 1), "empty": b"", "twice": FILES["deep/03"]}

    made = await log(world, "data", files)

    prefix = upload_prefix(made)
    sizes = await world.blobs.sizes(prefix)
    assert sizes.pop(f"{prefix}packs/0") == sum(map(len, FILES.values()))
    assert [size for key, size in sizes.items() if "/pages/" not in key] in (
        [0, LARGEST + 1],
        [LARGEST + 1, 0],
    )
    assert await world.download(made) == files
    requests = await artifact.downloads(
        world.graph, world.blobs, world.viewer, made, list(files), HOUR
    )
    assert sorted(len(one.contents) for one in requests) == [1, len(FILES)]


async def test_a_request_reads_no_byte_that_is_not_the_version_s(world: World) -> None:
    await log(world, "data", FILES)
    some = {path: FILES[path] for path in ("deep/02", "deep/03", "deep/07")}
    other = await world.log("some", some)

    found = await artifact.downloads(
        world.graph, world.blobs, world.viewer, other.id, list(some), HOUR
    )

    assert [[one.size for one in each.contents] for each in found] == [[3, 4], [8]]
    for each in found:
        answer = await world.wire.get(each.request.url, headers=each.request.headers)
        assert len(answer.content) == sum(one.size for one in each.contents)
        # No more of the pack is to be had by another range.
        tampered = dict.fromkeys(each.request.headers, "bytes=0-99")
        if tampered:
            assert (await world.wire.get(each.request.url, headers=tampered)).status_code == 403
            assert (await world.wire.get(each.request.url)).status_code in (400, 403)
        else:
            url = each.request.url.replace("offset=", "offset=1")
            assert (await world.wire.get(url)).status_code == 403
    assert await world.download(other.id) == some


@given(st.sets(st.sampled_from(sorted(FILES))))
@hypothesis(max_examples=60, deadline=None)
def test_what_goes_into_a_pack_is_small_and_fits(paths: set[str]) -> None:
    files = [entry(path, FILES[path]) for path in sorted(paths)]
    big = Entry(path="z", size=LARGEST + 1, sha256="0" * 64)

    contents = packed([*files, big, *files], 60)

    if contents is None:
        return
    assert 8 <= len(contents.digests) == len(set(contents.digests))
    assert set(contents.digests) <= {file.sha256 for file in files}
    assert contents.size <= 60
    ends = [offset + size for _, offset, size in contents.places()]
    assert [offset for _, offset, _ in contents.places()] == [0, *ends[:-1]]
    assert ends[-1] == contents.size


async def test_unknown_paths_and_too_many_are_refused(world: World) -> None:
    made = await log(world, "data", FILES)

    for paths, says in ((["deep/02", "nowhere"], "has no file 'nowhere'"), (["a"] * 1001, "1,001")):
        with pytest.raises(errors.BadInput, match=says):
            await artifact.downloads(world.graph, world.blobs, world.viewer, made, paths, HOUR)


async def test_a_pack_with_other_bytes_is_refused_and_nothing_of_it_counts(world: World) -> None:
    draft = await world.draft("data")
    requested = await request(world, draft, FILES)
    whole = b"".join(FILES.values())
    assert await put(world, requested.url, whole[:-1] + b"?") == 200

    with pytest.raises(errors.WrongContent, match="The bytes of the pack 0 from 77 on") as refused:
        await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)

    assert sha256(FILES["deep/11"]) in str(refused.value)
    assert await world.graph.fetch(PACKS) == []
    with pytest.raises(errors.NeedsUpload) as lacking:
        await world.commit(draft)
    assert lacking.value.paths == sorted(FILES)
    await bring(world, draft, FILES)
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 1)
    assert await world.download((await world.commit(draft)).id) == FILES


async def test_a_pack_that_is_cut_or_too_long_does_not_arrive(world: World) -> None:
    draft = await world.draft("data")
    requested = await request(world, draft, FILES)
    whole = b"".join(FILES.values())

    for data in (whole[:-1], whole + b"?"):
        headers = requested.url.headers | {"content-length": str(len(data))}
        assert await put(world, replace(requested.url, headers=headers), data) == 403
    with pytest.raises(errors.PackMissing, match="The pack 0 has not arrived"):
        await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    assert await put(world, requested.url, whole) == 200
    assert await put(world, requested.url, whole) == 412


async def test_only_a_pack_of_an_open_draft_is_completed(world: World) -> None:
    draft = await world.draft("data")
    await bring(world, draft, FILES)

    with pytest.raises(errors.BadInput, match="has no pack 7"):
        await pack.complete(world.graph, world.blobs, world.viewer, draft, 7)
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    await world.commit(draft)
    with pytest.raises(errors.NotADraft):
        await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    blind = world.viewer.model_copy(update={"projects": ()})
    with pytest.raises(errors.UnknownId):
        await pack.complete(world.graph, world.blobs, blind, draft, 0)


async def test_a_pack_is_completed_once_however_many_ask(world: World) -> None:
    draft = await world.draft("data")
    await bring(world, draft, FILES)

    await asyncio.gather(
        *(pack.complete(world.graph, world.blobs, world.viewer, draft, 0) for _ in range(8))
    )

    (row,) = await world.graph.fetch(PACKS)
    assert row.of["size"] == sum(map(len, FILES.values()))
    assert await world.download((await world.commit(draft)).id) == FILES


async def test_nobody_learns_from_a_pack_what_others_have_stored(world: World) -> None:
    first = await log(world, "secret", FILES)
    blind = world.viewer.model_copy(update={"projects": ()})
    entries = [entry(path, data) for path, data in FILES.items()]
    seen = await artifact.request_uploads(
        world.graph,
        world.blobs,
        world.viewer,
        LIMITS,
        await world.draft("seen"),
        entries,
        HOUR,
        pack=True,
    )
    assert seen == ([None] * len(FILES), None)
    draft = await world.draft("mine")
    # As one who cannot read the first: all is asked for, and lies where it lay.
    found = await blob.readable(world.graph, blind, [sha256(b"0")], prefix=upload_prefix(draft))
    assert found == {}
    await world.graph.write(HIDE, id=first)
    await bring(world, draft, FILES)
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    await world.graph.write(SHOW, id=first)
    made = await world.commit(draft)

    assert await world.download(made.id) == FILES
    (row,) = await world.graph.fetch(BLOB, sha256=sha256(b"0"))
    assert row.of["key"].startswith(upload_prefix(first))


HIDE = Query("tests/hide", "MATCH (a:Artifact {id: $id}) SET a.state = 'HIDDEN'", Properties)
SHOW = Query("tests/show", "MATCH (a:Artifact {id: $id}) SET a.state = 'COMMITTED'", Properties)


async def test_a_pack_goes_when_nothing_in_it_is_needed(world: World) -> None:
    made = await log(world, "data", FILES)
    kept = await world.log("kept", {"a": FILES["deep/11"]})
    key = f"{upload_prefix(made)}packs/0"

    await purge(world.graph, world.blobs, world.viewer, made)
    assert (await sweep(world.graph, world.blobs, later(minutes=1))).packs == 0
    assert await world.download(kept.id) == {"a": FILES["deep/11"]}
    await purge(world.graph, world.blobs, world.viewer, kept.id)
    await sweep(world.graph, world.blobs, later(days=3))

    assert await world.blobs.size(key) is None
    assert await world.graph.fetch(PACKS) == []
    assert await world.blobs.sizes("") == {}


async def test_a_pack_that_is_mostly_dead_is_rewritten_and_readers_go_on(world: World) -> None:
    made = await log(world, "data", FILES)
    kept = {"a": FILES["deep/02"], "b": FILES["deep/05"]}
    other = (await world.log("kept", kept)).id
    old = f"{upload_prefix(made)}packs/0"
    before = await artifact.downloads(
        world.graph, world.blobs, world.viewer, other, list(kept), HOUR
    )

    await purge(world.graph, world.blobs, world.viewer, made)
    await sweep(world.graph, world.blobs, later(minutes=1))

    packs = {key: size for key, size in (await world.blobs.sizes("")).items() if "/packs/" in key}
    assert sorted(packs.values()) == [9, sum(map(len, FILES.values()))]
    assert await world.download(other) == kept
    after = await artifact.downloads(
        world.graph, world.blobs, world.viewer, other, list(kept), HOUR
    )
    assert (len(before), len(after)) == (2, 1)
    assert [one.object_key for one in after[0].contents] != [old, old]
    # The URLs that were given out before the sweep still work.
    for one in before:
        answer = await world.wire.get(one.request.url, headers=one.request.headers)
        assert sha256(answer.content) == one.contents[0].sha256
    await sweep(world.graph, world.blobs, later(days=2))
    assert await world.blobs.size(old) is None
    assert await world.download(other) == kept
    assert await examined(world) == []


async def test_what_a_draft_that_nobody_commits_brought_goes(world: World) -> None:
    draft = await world.draft("data")
    await bring(world, draft, FILES)
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    never = await world.draft("never")
    await bring(world, never, {path: data + b"!" for path, data in FILES.items()})
    assert await examined(world) == []

    await sweep(world.graph, world.blobs, later(days=30))
    await sweep(world.graph, world.blobs, later(days=60))

    assert await world.blobs.sizes("") == {}
    assert await world.graph.fetch(PACKS) == []


async def test_the_doctor_finds_what_is_wrong_with_a_pack(world: World) -> None:
    made = await log(world, "data", FILES)
    key, digest = f"{upload_prefix(made)}packs/0", sha256(FILES["deep/11"])
    assert await examined(world) == []

    whole = b"".join(FILES.values())
    await world.blobs.put(key, whole[:-1] + b"?")
    assert await examined(world) == [("CORRUPT", digest)]
    await world.blobs.put(key, whole[:-1])
    assert sorted(await examined(world)) == sorted([("CORRUPT", digest), ("CORRUPT", key)])
    await world.blobs.delete([key])
    missing = await examined(world)
    assert sorted(missing) == sorted(
        [("CORRUPT", key), *(("MISSING", sha256(data)) for data in FILES.values())]
    )


async def examined(world: World) -> list[tuple[str, str]]:
    """What the doctor finds, all bytes read."""
    return [
        (finding.trouble, finding.subject)
        async for finding in doctor.examine(world.graph, world.blobs, instant.now(), read=True)
    ]


async def test_what_an_open_draft_has_brought_stays_however_long_it_is_open(world: World) -> None:
    draft = await world.draft("data")
    await bring(world, draft, FILES)
    await pack.complete(world.graph, world.blobs, world.viewer, draft, 0)
    await world.upload(draft, {"alone": b"alone"})
    await request_more(world, draft)
    with pytest.raises(errors.NeedsUpload):
        await world.commit(draft)

    # A sweep at the time that was said when all of it was drawn, and was put off since.
    await world.graph.write(PUT_OFF, at=later(days=60))
    await sweep(world.graph, world.blobs, later(days=30))
    await world.upload(draft, {"later": b"later"})

    made = await world.commit(draft)
    assert await world.download(made.id) == FILES | {"alone": b"alone", "later": b"later"}
    assert await examined(world) == []


async def request_more(world: World, draft: str) -> None:
    """Give a draft a file whose bytes do not come yet."""
    entries = [entry("later", b"later")]
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, entries, HOUR
    )


PUT_OFF = Query("tests/put_off", "MATCH (u:UploadPrefix) SET u.sweep_at = $at", Nothing)


async def test_a_pack_that_is_damaged_is_not_rewritten(world: World) -> None:
    made = await log(world, "data", FILES)
    kept = (await world.log("kept", {"a": FILES["deep/02"], "b": FILES["deep/05"]})).id
    old = f"{upload_prefix(made)}packs/0"
    await world.blobs.put(old, b"".join(FILES.values())[:20])

    await purge(world.graph, world.blobs, world.viewer, made)
    await sweep(world.graph, world.blobs, later(minutes=1))

    assert (await world.blobs.sizes(old)) == {old: 20}
    found = await world.fetch(kept, ["a"])
    assert found[sha256(FILES["deep/02"])] == FILES["deep/02"]


async def test_nobody_learns_from_a_draft_what_its_maker_brought(world: World) -> None:
    made = await log(world, "data", FILES)
    blind = world.viewer.model_copy(update={"projects": ()})
    lies = entry("a", FILES["deep/02"]).model_copy(update={"size": 999})

    for id in (made, "artifact_01k00000000000000000000000"):
        with pytest.raises(errors.UnknownId):
            await artifact.request_uploads(
                world.graph, world.blobs, blind, LIMITS, id, [lies], HOUR
            )
