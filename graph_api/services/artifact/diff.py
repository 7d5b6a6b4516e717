"""What differs between the files of two versions.

Only pages that one of them alone has are read, one of each at a time. No file of such a page lies
in a page that both have: it would be twice in that one's version.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace

from graph_api.blobs import BlobStore
from graph_api.graph import Reader
from graph_api.models.manifest import Difference, Entry, PageRow, same
from graph_api.models.page import Listed, Page, Stretch, Window, page_of
from graph_api.models.viewer import Viewer
from graph_api.services import manifest
from graph_api.services.artifact.files import entries_of
from graph_api.services.artifact.read import committed, previous


async def diff(
    graph: Reader, blobs: BlobStore, viewer: Viewer, id: str, since: str | None, window: Window
) -> Page[Difference]:
    """One page of the files in which a version differs from another, by the bytes of their paths.

    Without another it is the committed one before it in its collection; the first one differs from
    nothing by all its files. NotCommitted where one of the two is a draft.
    """
    await committed(graph, viewer, id)
    if since is None:
        (since,) = await previous(graph, viewer, [id])
    else:
        await committed(graph, viewer, since)
    before = await manifest.pages_of(graph, since) if since else []
    after = await manifest.pages_of(graph, id)
    return await page_of(window, lambda stretch: differing(blobs, before, after, stretch))


async def differing(
    blobs: BlobStore, before: Sequence[PageRow], after: Sequence[PageRow], stretch: Stretch
) -> Listed[Difference]:
    """What differs in a stretch between the files of these pages and those."""
    both = {page.digest for page in before} & {page.digest for page in after}
    found: list[Difference] = []
    left, right = [
        _entries(blobs, [page for page in pages if page.digest not in both], stretch)
        for pages in (before, after)
    ]
    async with aclosing(_merged(left, right, stretch.backward)) as merged:
        async for difference in merged:
            found.append(difference)
            if len(found) == stretch.most:
                break
    return Listed([difference.path for difference in found], found)


async def _entries(
    blobs: BlobStore, pages: Sequence[PageRow], stretch: Stretch
) -> AsyncIterator[Entry]:
    """The files in a stretch, in its order."""
    ordered: Iterable[PageRow] = reversed(pages) if stretch.backward else pages
    for page in ordered:
        if stretch.meets(page.first_path, page.last_path):
            whole = replace(stretch, most=page.count)
            for entry in whole.of(await entries_of(blobs, page), lambda entry: entry.path).items:
                yield entry


async def _merged(
    before: AsyncIterator[Entry], after: AsyncIterator[Entry], backward: bool
) -> AsyncGenerator[Difference]:
    """What differs between files that come by path, or the other way round."""
    left, right = await anext(before, None), await anext(after, None)
    while left or right:
        if left and right and left.path == right.path:
            if not same(left, right):
                yield Difference(path=left.path, before=left, after=right)
            left, right = await anext(before, None), await anext(after, None)
        elif left and (not right or (left.path < right.path) is not backward):
            yield Difference(path=left.path, before=left, after=None)
            left = await anext(before, None)
        elif right:
            yield Difference(path=right.path, before=None, after=right)
            right = await anext(after, None)
