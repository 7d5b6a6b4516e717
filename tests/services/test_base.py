"""Drafts that begin with a version: what they contain, and what their commit reads."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph_api import errors
from graph_api.blobs import FolderBlobs
from graph_api.models import manifest
from graph_api.models.artifact import NewArtifact
from graph_api.models.manifest import Entry, ManifestPage, PageRow, digest
from graph_api.models.page import Window
from graph_api.services import artifact
from graph_api.services import manifest as manifests
from graph_api.services.artifact import base
from tests.services.test_manifest import BORDER
from tests.services.world import HOUR, LIMITS, World, entry


class Read(FolderBlobs):
    """Pages in memory, and which of them were read."""

    def __init__(self, pages: list[ManifestPage]) -> None:
        super().__init__(Path("/nowhere"), b"")
        self.data = {page.digest: page.data for page in pages}
        self.asked: list[str] = []

    async def read(
        self, key: str, offset: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        self.asked.append(key)
        yield self.data[key]


def rows(pages: list[ManifestPage]) -> list[PageRow]:
    return [
        PageRow(
            digest=page.digest,
            key=page.digest,
            count=page.count,
            size=page.size,
            first_path=page.first_path,
            last_path=page.last_path,
        )
        for page in pages
    ]


def changed(
    files: Mapping[str, Entry], changes: base.Changes
) -> tuple[list[manifest.Page], list[str]]:
    """The pages that come of changes of a version, and the digests of those that were read."""
    pages = list(manifest.pages(manifest.merged(files.values())))
    store = Read(pages)

    async def collected() -> list[manifest.Page]:
        return [page async for page in base.changed(store, rows(pages), changes)]

    return asyncio.run(collected()), store.asked


def after(files: Mapping[str, Entry], changes: base.Changes) -> list[ManifestPage]:
    """The same, from all files."""
    left = {**files, **changes}
    return list(manifest.pages(manifest.merged(file for file in left.values() if file)))


# Of 400 paths, a page begins at some.
PATHS = [f"{number // 50}/{number:03d}" for number in range(400)]
STARTS = [
    path for path in (f"{n // 50}/b{n:06d}" for n in range(60_000)) if manifest.starts_page(path)
][:20]
paths = st.sampled_from([*PATHS[:60], *STARTS, "0", "1/b", "zz", "0/001/x"])
contents = st.sampled_from([b"", b"1", b"22"])


@given(
    st.dictionaries(paths, contents, max_size=40),
    st.dictionaries(paths, st.none() | contents, max_size=12),
)
@example({STARTS[0]: b"", STARTS[1]: b"", STARTS[2]: b""}, {STARTS[1]: None, STARTS[2]: None})
@example({}, {"a": b"1"})
@example({"0": b""}, {"0/001": b""})
@example({"0/001": b""}, {"0": b""})
@example({"0/001": b""}, {"0/001": None, "0": b""})
@settings(max_examples=400, deadline=None)
def test_changed_pages_are_those_of_all_files(
    before: dict[str, bytes], given: dict[str, bytes | None]
) -> None:
    files = {path: entry(path, data) for path, data in before.items()}
    try:
        manifest.merged(files.values())
    except errors.PathTaken:
        return
    changes = {path: None if data is None else entry(path, data) for path, data in given.items()}

    try:
        expected = after(files, changes)
    except errors.PathTaken:
        with pytest.raises(errors.PathTaken):
            changed(files, changes)
        return
    found, _ = changed(files, changes)

    assert [(page.digest, page.count, page.size) for page in found] == [
        (page.digest, page.count, page.size) for page in expected
    ]


def test_only_pages_that_change_are_read() -> None:
    files = {path: entry(path, b"") for path in (f"{n:06d}" for n in range(30_000))}
    pages = list(manifest.pages(files.values()))
    assert len(pages) > 20

    found, asked = changed(files, {"000007": entry("000007", b"1"), "020000": None})

    assert len(set(asked)) == 2
    assert len(asked) == 2
    new = [page for page in found if isinstance(page, ManifestPage)]
    assert len(new) == 2
    assert digest(page.digest for page in found) == digest(
        page.digest for page in after(files, {"000007": entry("000007", b"1"), "020000": None})
    )


async def begun(world: World, version: str, **new: object) -> str:
    """A draft that begins with a version."""
    return await world.draft("data", base=version, **new)


async def give(
    world: World, draft: str, files: dict[str, bytes], remove: list[str] | None = None
) -> None:
    entries = [entry(path, data) for path, data in files.items()]
    await artifact.request_uploads(
        world.graph, world.blobs, world.viewer, LIMITS, draft, entries, HOUR, remove=remove or []
    )
    await world.upload(draft, files)


async def test_a_draft_begins_with_a_version_and_what_is_given_comes_to_it(world: World) -> None:
    first = await world.log("data", {"a": b"1", "b": b"2", BORDER: b"3", "z": b"4"})
    draft = await begun(world, first.id)

    await give(world, draft, {"a": b"one", "new": b"5"}, ["b", "never"])
    second = await world.commit(draft)

    expected = {"a": b"one", BORDER: b"3", "new": b"5", "z": b"4"}
    assert await world.download(second.id) == expected
    # It is the version that all files would have made.
    assert await world.log("data", expected) == second.model_copy(update={"created": False})
    before, now = [await manifests.pages_of(world.graph, one.id) for one in (first, second)]
    assert (len(before), len(now)) == (2, 2)
    assert await world.download(first.id) == {"a": b"1", "b": b"2", BORDER: b"3", "z": b"4"}


async def test_without_a_change_it_is_that_version(world: World) -> None:
    first = await world.log("data", {"a": b"1"})

    again = await world.commit(await begun(world, first.id))

    assert (again.id, again.created) == (first.id, False)
    assert (await world.commit(await begun(world, first.id, deduplicate=False))).created


async def test_a_commit_that_is_asked_for_again_makes_nothing(world: World) -> None:
    first = await world.log("data", {"a": b"1", BORDER: b"2", "z": b"3"})
    draft = await begun(world, first.id)
    await give(world, draft, {"z": b"4"})
    made = await world.commit(draft)
    same = await begun(world, made.id)
    await give(world, same, {"z": b"4"})
    assert not (await world.commit(same)).created
    before = await world.snapshot()

    assert await world.commit(draft) == made
    assert (await world.commit(same)).id == made.id

    assert await world.snapshot() == before


async def test_what_was_removed_can_come_again_and_what_was_given_can_go(world: World) -> None:
    first = await world.log("data", {"a": b"1", "b": b"2"})
    draft = await begun(world, first.id)

    await give(world, draft, {"c": b"3"}, ["a"])
    await give(world, draft, {"a": b"again"}, ["c", "b"])

    assert await world.download((await world.commit(draft)).id) == {"a": b"again"}
    plain = await world.draft("plain")
    await give(world, plain, {"a": b"1", "b": b"2"})
    await give(world, plain, {}, ["b"])
    assert await world.download((await world.commit(plain)).id) == {"a": b"1"}


async def test_no_file_becomes_the_folder_of_one_of_the_version(world: World) -> None:
    first = await world.log("data", {"folder/a": b"1", "file": b"2"})
    for path, taken in (("folder", "folder"), ("file/b", "file")):
        draft = await begun(world, first.id)
        await give(world, draft, {path: b"3"})
        with pytest.raises(errors.PathTaken, match=f"'{taken}'"):
            await world.commit(draft)
    draft = await begun(world, first.id)
    await give(world, draft, {"folder": b"3"}, ["folder/a"])
    assert await world.download((await world.commit(draft)).id) == {"file": b"2", "folder": b"3"}


async def test_nothing_begins_with_what_cannot_be_read(world: World) -> None:
    first = await world.log("secret", {"a": b"1"})
    draft = await world.draft("data")
    blind = world.viewer.model_copy(update={"projects": ()})
    for base_id, viewer, error in (
        (draft, world.viewer, errors.NotCommitted),
        ("artifact_01k00000000000000000000000", world.viewer, errors.UnknownId),
        (first.id, blind, errors.UnknownId),
    ):
        with pytest.raises(error):
            await artifact.create_draft(
                world.graph,
                viewer,
                LIMITS,
                NEW.model_copy(update={"base": base_id}),
            )


NEW = NewArtifact(project="digits", name="data", type="dataset")


async def test_who_may_no_longer_read_the_version_cannot_commit_what_began_with_it(
    world: World,
) -> None:
    scope = await world.project("elsewhere")
    secret = await world.log("data", {"a": b"1"}, project="elsewhere")
    draft = await begun(world, secret.id)
    home = await world.project()
    half = world.viewer.model_copy(update={"projects": (home,), "writable": (home,)})

    with pytest.raises(errors.UnknownId, match=secret.id):
        await artifact.commit(world.graph, world.blobs, half, draft)

    assert scope != home
    assert await world.versions("data") == []
    sha256 = hashlib.sha256(b"1").hexdigest()
    assert sha256 in str(
        await artifact.files(world.graph, world.blobs, world.viewer, secret.id, Window(1))
    )
