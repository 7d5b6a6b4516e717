"""The files of a committed version, read from its manifest pages."""

from bisect import bisect_left
from collections.abc import AsyncIterator

from graph_api.blobs import BlobStore
from graph_api.graph import Reader
from graph_api.models import names
from graph_api.models.manifest import Entry, PageRow, decode
from graph_api.models.page import Page, at_most, key_of, page_of
from graph_api.models.viewer import Viewer
from graph_api.services import manifest
from graph_api.services.artifact.read import committed


async def files(
    graph: Reader, blobs: BlobStore, viewer: Viewer, id: str, first: int | None, after: str | None
) -> Page[Entry]:
    """One page of a version's files, by the bytes of their paths; NotCommitted for a draft."""
    first = at_most(first)
    last = key_of(after).encode()
    found: list[Entry] = []
    async for entry in entries(graph, blobs, viewer, id, last):
        found.append(entry)
        if len(found) > first:
            break
    return page_of(found, first, after, lambda entry: entry.path)


async def file(graph: Reader, blobs: BlobStore, viewer: Viewer, id: str, path: str) -> Entry | None:
    """The file of this path; NotCommitted for a draft."""
    await committed(graph, viewer, id)
    wanted = names.normalized(path).encode()
    pages = await manifest.pages_of(graph, id)
    place = bisect_left(pages, wanted, key=lambda page: page.last_path.encode())
    if place == len(pages):
        return None
    found = await _read(blobs, pages[place])
    return next((entry for entry in found if entry.path.encode() == wanted), None)


async def entries(
    graph: Reader, blobs: BlobStore, viewer: Viewer, id: str, after: bytes = b""
) -> AsyncIterator[Entry]:
    """A version's files after a path, one manifest page in memory at a time."""
    async for page in entry_pages(graph, blobs, viewer, id, after):
        for entry in page:
            if entry.path.encode() > after:
                yield entry


async def entry_pages(
    graph: Reader, blobs: BlobStore, viewer: Viewer, id: str, after: bytes = b""
) -> AsyncIterator[list[Entry]]:
    """A version's files by manifest pages, those left out that end before a path."""
    await committed(graph, viewer, id)
    for page in await manifest.pages_of(graph, id):
        if page.last_path.encode() > after:
            yield await _read(blobs, page)


async def _read(blobs: BlobStore, page: PageRow) -> list[Entry]:
    return decode(b"".join([chunk async for chunk in blobs.read(page.key)]))
