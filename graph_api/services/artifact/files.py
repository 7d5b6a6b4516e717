"""The files of a committed version, read from its manifest pages."""

from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from anyio import to_thread

from graph_api.blobs import BlobStore
from graph_api.errors import BadInput
from graph_api.graph import Reader
from graph_api.models import names
from graph_api.models.glob import Glob
from graph_api.models.manifest import Entry, PageRow, decode
from graph_api.models.page import MOST, Listed, Page, Stretch, Window, page_of
from graph_api.models.viewer import Viewer
from graph_api.services import manifest
from graph_api.services.artifact.read import committed

# Entries that are looked at without asking whether anybody still waits.
_AT_ONCE = 1000


async def files(
    graph: Reader,
    blobs: BlobStore,
    viewer: Viewer,
    id: str,
    window: Window,
    pattern: str | None = None,
) -> Page[Entry]:
    """One page of a version's files, by the bytes of their paths; NotCommitted for a draft.

    Those whose paths fit the pattern, if there is one; see :class:`Glob`.
    """
    glob = None if pattern is None else Glob(pattern)
    await committed(graph, viewer, id)
    pages = await manifest.pages_of(graph, id)

    async def read(stretch: Stretch) -> Listed[Entry]:
        paths: list[str] = []
        found: list[Entry] = []
        for page in reversed(pages) if stretch.backward else pages:
            if len(found) == stretch.most:
                break
            if stretch.meets(page.first_path, page.last_path) and (
                glob is None or glob.meets(page.first_path, page.last_path)
            ):
                entries = await entries_of(blobs, page)
                fitting = entries if glob is None else await _fitting(entries, glob)
                # Texts compare as their bytes in UTF-8 do.
                within = replace(stretch, most=stretch.most - len(found))
                listed = within.of(fitting, lambda entry: entry.path)
                paths += listed.places
                found += listed.items
        return Listed(paths, found)

    return await page_of(window, read)


async def _fitting(entries: list[Entry], glob: Glob) -> list[Entry]:
    """Those that fit, some at a time: a pattern can take a millisecond for each."""
    found: list[Entry] = []
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        found += await to_thread.run_sync(_those, some, glob)
    return found


def _those(entries: list[Entry], glob: Glob) -> list[Entry]:
    return [entry for entry in entries if glob.fits(entry.path)]


async def file(graph: Reader, blobs: BlobStore, viewer: Viewer, id: str, path: str) -> Entry | None:
    """The file of this path; NotCommitted for a draft."""
    await committed(graph, viewer, id)
    wanted = names.normalized(path).encode()
    pages = await manifest.pages_of(graph, id)
    place = bisect_left(pages, wanted, key=lambda page: page.last_path.encode())
    if place == len(pages):
        return None
    found = await entries_of(blobs, pages[place])
    return next((entry for entry in found if entry.path.encode() == wanted), None)


async def named(
    graph: Reader, blobs: BlobStore, viewer: Viewer, id: str, paths: Sequence[str]
) -> list[Entry]:
    """The files of these paths, by path; NotCommitted for a draft.

    BadInput for more than 1,000 paths, and for one that the version does not have.
    """
    if len(paths) > MOST:
        raise BadInput(f"{len(paths):,} paths in one call; at most {MOST:,} can be given.")
    await committed(graph, viewer, id)
    left = sorted({names.normalized(path) for path in paths}, reverse=True)
    found: list[Entry] = []
    for page in await manifest.pages_of(graph, id):
        if left and left[-1] <= page.last_path:
            entries = {entry.path: entry for entry in await entries_of(blobs, page)}
            while left and left[-1] in entries:
                found.append(entries[left.pop()])
            if left and left[-1] <= page.last_path:
                break
    if left:
        raise BadInput(f"The version {id!r} has no file {left[-1]!r}.")
    return found


async def entry_pages(
    graph: Reader, blobs: BlobStore, viewer: Viewer, id: str
) -> AsyncIterator[list[Entry]]:
    """A version's files, one manifest page in memory at a time."""
    await committed(graph, viewer, id)
    for page in await manifest.pages_of(graph, id):
        yield await entries_of(blobs, page)


async def entries_of(blobs: BlobStore, page: PageRow) -> list[Entry]:
    """The files of a page, by path."""
    return decode(b"".join([chunk async for chunk in blobs.read(page.key)]))
