"""What differs between two versions, and what is read for it."""

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph_api import errors
from graph_api.models import manifest
from graph_api.models.manifest import Difference, Entry
from graph_api.models.page import Cut, Stretch, Window
from graph_api.services import artifact
from graph_api.services.artifact.diff import differing
from tests.services.test_base import PATHS, STARTS, Read, rows
from tests.services.test_manifest import BORDER
from tests.services.world import World, entry

Files = Mapping[str, Entry]


def read(before: Files, after: Files, stretch: Stretch) -> tuple[list[Difference], list[str]]:
    """What differs, and the digests of the pages that were read."""
    pages = [list(manifest.pages(manifest.merged(it.values()))) for it in (before, after)]
    store = Read([*pages[0], *pages[1]])
    found = asyncio.run(differing(store, rows(pages[0]), rows(pages[1]), stretch))
    assert list(found.places) == [difference.path for difference in found.items]
    return list(found.items), store.asked


def plain(before: Files, after: Files) -> list[Difference]:
    """The same by looking at every path."""
    return [
        Difference(path=path, before=before.get(path), after=after.get(path))
        for path in sorted({*before, *after}, key=str.encode)
        if before.get(path) != after.get(path)
    ]


contents = st.sampled_from([b"", b"1", b"22"])
files = st.dictionaries(st.sampled_from([*PATHS[:40], *STARTS]), contents, max_size=40).map(
    lambda found: {path: entry(path, data) for path, data in found.items()}
)
cuts = st.none() | st.builds(Cut, st.sampled_from([*PATHS[:40], *STARTS, "0"]), st.booleans())


@given(files, files, cuts, cuts, st.integers(1, 50), st.booleans())
@example({STARTS[0]: entry(STARTS[0], b"")}, {}, None, None, 1, False)
@settings(max_examples=300, deadline=None)
def test_it_is_what_comparing_every_path_tells(
    before: Files, after: Files, start: Cut | None, end: Cut | None, most: int, backward: bool
) -> None:
    stretch = Stretch(start, end, most, backward)
    low, high = stretch.texts("", chr(0x10FFFF))
    expected = [it for it in plain(before, after) if low <= it.path < high]

    found, _ = read(before, after, stretch)

    assert found == (expected[::-1] if backward else expected)[:most]


def test_only_pages_that_differ_are_read() -> None:
    before = {path: entry(path, b"") for path in (f"{n:06d}" for n in range(30_000))}
    after = before | {"000007": entry("000007", b"1")}
    del after["020000"]

    found, asked = read(before, after, Stretch(None, None, 1_000))

    assert found == [
        Difference(path="000007", before=before["000007"], after=after["000007"]),
        Difference(path="020000", before=before["020000"], after=None),
    ]
    # Two pages of each.
    assert len(asked) == len(set(asked)) == 4


def test_the_first_page_of_versions_with_nothing_in_common_reads_no_more_than_it_shows() -> None:
    before = {path: entry(path, b"1") for path in (f"{n:06d}" for n in range(30_000))}
    after = {path: entry(path, b"2") for path in before}

    found, asked = read(before, after, Stretch(None, None, 10))

    assert found == plain(before, after)[:10]
    assert len(asked) == 2


def test_what_is_noted_of_a_file_differs_as_json_has_it() -> None:
    one, true, real = (
        {"a": entry("a", b"1").model_copy(update={"metadata": {"k": value}})}
        for value in (1, True, 1.0)
    )

    assert [it.path for it in read(one, true, Stretch(None, None, 9))[0]] == ["a"]
    # To JSON, 1.0 is 1, so these are one manifest.
    assert read(one, real, Stretch(None, None, 9)) == ([], [])


async def test_two_versions_are_compared_from_either_side(world: World) -> None:
    first = await world.log("data", {"a": b"1", "b": b"2", BORDER: b"3"})
    second = await world.log("data", {"a": b"1", "b": b"two", "new": b"4", BORDER: b"3"})

    async def diff(id: str, since: str | None) -> list[Difference]:
        page = await artifact.diff(world.graph, world.blobs, world.viewer, id, since, Window(10))
        return list(page.items)

    old, new, added = entry("b", b"2"), entry("b", b"two"), entry("new", b"4")
    assert await diff(second.id, first.id) == [
        Difference(path="b", before=old, after=new),
        Difference(path="new", before=None, after=added),
    ]
    assert await diff(first.id, second.id) == [
        Difference(path="b", before=new, after=old),
        Difference(path="new", before=added, after=None),
    ]
    assert await diff(first.id, first.id) == []
    # Without another one it is the one before, and before the first there was nothing.
    assert await diff(second.id, None) == await diff(second.id, first.id)
    assert [it.path for it in await diff(first.id, None) if it.before is None] == ["a", "b", BORDER]


async def test_nothing_is_compared_with_what_cannot_be_read(world: World) -> None:
    first = await world.log("data", {"a": b"1"})
    secret = await world.log("secret", {"a": b"2"}, project="elsewhere")
    draft = await world.draft("data")
    half = world.viewer.model_copy(update={"projects": (await world.project(),)})

    for id, since, error in (
        (first.id, draft, errors.NotCommitted),
        (draft, first.id, errors.NotCommitted),
        (first.id, secret.id, errors.UnknownId),
        (secret.id, first.id, errors.UnknownId),
        (first.id, await world.project(), errors.WrongKind),
    ):
        with pytest.raises(error):
            await artifact.diff(world.graph, world.blobs, half, id, since, Window(1))
