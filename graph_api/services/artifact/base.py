"""The pages of a draft that begins with a version: only what changed is read, and cut anew.

The version's pages fall into stretches that begin where the hash of a path says so, whatever lies
before. So a change has no effect beyond its own stretch, and that before where the path goes at
which its own began.
"""

from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Mapping
from itertools import accumulate

from graph_api.blobs import BlobStore
from graph_api.errors import PathTaken
from graph_api.models.manifest import Cutter, Entry, Page, PageRow, starts_page
from graph_api.services.artifact.files import entries_of

Changes = Mapping[str, Entry | None]
"""The files that a draft adds or replaces, by path; None for one that it removes."""


async def changed(blobs: BlobStore, rows: list[PageRow], changes: Changes) -> AsyncIterator[Page]:
    """The pages in order; those that are not the version's come with their entries.

    PathTaken where a file would be another's folder.
    """
    base = _Base(blobs, rows)
    await _check(base, changes)
    starts = [at for at, row in enumerate(rows) if at == 0 or starts_page(row.first_path)] or [0]
    firsts = [row.first_path for row in rows[:1]] + [rows[at].first_path for at in starts[1:]]
    touched: dict[int, dict[str, Entry | None]] = {}
    for path, entry in changes.items():
        at = max(0, bisect_right(firsts, path) - 1)
        touched.setdefault(at, {})[path] = entry
        if entry is None and at > 0 and path == firsts[at]:
            touched.setdefault(at - 1, {})
    cutter = Cutter()
    for at, (start, end) in enumerate(zip(starts, [*starts[1:], len(rows)], strict=True)):
        if at in touched:
            files: dict[str, Entry | None] = {}
            for number in range(start, end):
                files |= {entry.path: entry for entry in await base.entries(number)}
            files |= touched[at]
            left = [entry for _, entry in sorted(files.items()) if entry is not None]
            for page in cutter.add(left):
                yield page
        else:
            for page in cutter.end():
                yield page
            cutter = Cutter()
            for row in rows[start:end]:
                yield row
    for page in cutter.end():
        yield page


class _Base:
    """A version's files, read page by page as they are asked for."""

    def __init__(self, blobs: BlobStore, rows: list[PageRow]) -> None:
        self._blobs, self._rows = blobs, rows
        self._read: dict[int, list[Entry]] = {}

    async def entries(self, number: int) -> list[Entry]:
        """The files of a page, by path."""
        if number not in self._read:
            self._read[number] = await entries_of(self._blobs, self._rows[number])
        return self._read[number]

    async def since(self, path: str) -> AsyncIterator[Entry]:
        """The files from this path on."""
        start = bisect_left(self._rows, path, key=lambda row: row.last_path)
        for number in range(start, len(self._rows)):
            for entry in await self.entries(number):
                if entry.path >= path:
                    yield entry

    async def has(self, path: str) -> bool:
        """Whether there is a file of this path."""
        async for entry in self.since(path):
            return entry.path == path
        return False


async def _check(base: _Base, changes: Changes) -> None:
    ordered = sorted(path for path, entry in changes.items() if entry is not None)
    for path in ordered:
        if await base.has(path):
            # It had its place among the others already.
            continue
        *folders, _ = accumulate(path.split("/"), "{}/{}".format)
        for folder in folders:
            if changes.get(folder) or (folder not in changes and await base.has(folder)):
                raise PathTaken(folder)
        async for entry in base.since(f"{path}/"):
            if not entry.path.startswith(f"{path}/"):
                break
            if changes.get(entry.path, entry) is not None:
                raise PathTaken(path)
