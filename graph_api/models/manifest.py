"""What a version contains: manifest format 1 (``docs/manifest.md`` is its specification).

1. The entries are sorted by the UTF-8 bytes of their paths.
2. They are cut into pages: a new page starts at an entry whose SHA-256(path), read as a
   big-endian number, is a multiple of 1,024, and after 8,192 entries. So borders depend on the
   entries alone, and a version shares every page that did not change with the one before.
3. A page is its entries as canonical JSON (RFC 8785), one a line. Its digest is its SHA-256.
4. The version's digest is the SHA-256 of ``1`` and the page digests in order, one a line.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import orjson
import rfc8785
from pydantic import BaseModel, ConfigDict, TypeAdapter

from graph_api.errors import PathTaken

FORMAT = 1
_BORDER = 1024
_MOST_ENTRIES = 8192


class Entry(BaseModel):
    """One file of a version: bytes that are stored here, or a reference to bytes elsewhere."""

    model_config = ConfigDict(frozen=True)

    path: str
    size: int | None
    """Bytes; None where a reference does not say."""
    sha256: str | None = None
    """Lower-case hexadecimal; None for a reference."""
    reference: str | None = None
    """URI of bytes that are not stored here."""
    digest: str | None = None
    """What the reference's own store calls its content (an ETag, a checksum)."""
    metadata: dict[str, Any] | None = None


def same(one: Entry | None, other: Entry | None) -> bool:
    """Whether both say the same, as a manifest has it: to Python, true is 1, and 1.0 is 1."""
    if one != other or one is None or other is None:
        return one is other
    return one.metadata is None or _line(one) == _line(other)


class Difference(BaseModel, frozen=True):
    """A path at which two versions differ: None for the one that has no file there."""

    path: str
    before: Entry | None
    after: Entry | None


class Page(BaseModel, frozen=True):
    """What a version says of one of its pages."""

    digest: str
    count: int
    size: int
    """Bytes of all files that say theirs, references included."""


class ManifestPage(Page, frozen=True):
    """A run of entries, as it is stored and shared between versions."""

    entries: tuple[Entry, ...]
    data: bytes

    @property
    def first_path(self) -> str:
        return self.entries[0].path

    @property
    def last_path(self) -> str:
        return self.entries[-1].path

    @property
    def blobs(self) -> list[str]:
        """Distinct SHA-256 of the stored files, sorted."""
        return sorted({entry.sha256 for entry in self.entries if entry.sha256})


class PageState(BaseModel, frozen=True):
    """A page, and whether versions can have it: when LIVE. CONDEMNED, the sweep is taking it."""

    digest: str
    state: Literal["UPLOADING", "LIVE", "CONDEMNED"]


class KnownPage(BaseModel, frozen=True):
    """A page that somebody has stored."""

    live: bool
    key: str
    """Of the object that holds it."""
    readable: bool
    """Whether a version has it that the viewer can read."""


class PageRow(Page, frozen=True):
    """A page without its entries."""

    key: str
    """Of the object that holds it."""
    first_path: str
    last_path: str


_ENTRIES = TypeAdapter(list[Entry])


class Cutter:
    """Cuts entries into pages. They come by path; PathTaken where two exclude each other."""

    def __init__(self) -> None:
        self._run: list[Entry] = []
        # Those before whose paths the next one may begin with.
        self._above: list[Entry] = []

    def add(self, entries: Iterable[Entry]) -> Iterator[ManifestPage]:
        """The pages that end where these do, or before."""
        for entry in entries:
            if not _admits(self._above, entry):
                continue
            if self._run and (len(self._run) == _MOST_ENTRIES or starts_page(entry.path)):
                yield _page(self._run)
                self._run = []
            self._run.append(entry)

    def end(self) -> Iterator[ManifestPage]:
        """The last page, if any."""
        if self._run:
            yield _page(self._run)
            self._run = []


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in manifest order, equal ones once; PathTaken where two exclude each other."""
    above: list[Entry] = []
    # Texts compare as their bytes in UTF-8 do.
    ordered = sorted(entries, key=lambda entry: entry.path)
    return [entry for entry in ordered if _admits(above, entry)]


def pages(entries: Iterable[Entry]) -> Iterator[ManifestPage]:
    """The pages of these entries, which are in manifest order."""
    cutter = Cutter()
    yield from cutter.add(entries)
    yield from cutter.end()


def digest(page_digests: Iterable[str]) -> str:
    """The digest of a version with these pages."""
    lines = [str(FORMAT), *page_digests]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def decode(data: bytes) -> list[Entry]:
    """The entries of a page."""
    return _ENTRIES.validate_python([orjson.loads(line) for line in data.splitlines()])


def dumped(entries: Iterable[Entry]) -> str:
    """Entries as JSON, for a draft; :func:`loaded` reads it."""
    return _ENTRIES.dump_json(list(entries), exclude_defaults=True).decode()


def loaded(text: str) -> list[Entry]:
    """The entries of :func:`dumped`."""
    return _ENTRIES.validate_json(text)


def _admits(above: list[Entry], entry: Entry) -> bool:
    """Whether the entry may follow, and is not the one before once more; PathTaken if it may not.

    ``above`` are those before whose paths it may begin with; it is one of them then.
    """
    while above and not entry.path.startswith(above[-1].path):
        above.pop()
    for other in above:
        if other.path == entry.path:
            if other != entry:
                raise PathTaken(entry.path)
            return False
        if entry.path[len(other.path)] == "/":
            raise PathTaken(other.path)
    above.append(entry)
    return True


def starts_page(path: str) -> bool:
    """Whether a page begins at this path, whatever lies before."""
    return int.from_bytes(hashlib.sha256(path.encode()).digest()) % _BORDER == 0


def _line(entry: Entry) -> bytes:
    # What an entry does not have is not written, but for an unknown size: that is null.
    fields = {key: value for key, value in entry if value is not None} | {"size": entry.size}
    if entry.metadata is None:
        # Of texts and such integers it is what RFC 8785 says, and 20 times as fast.
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    return rfc8785.dumps(fields) + b"\n"


def _page(entries: list[Entry]) -> ManifestPage:
    data = b"".join(map(_line, entries))
    return ManifestPage.model_construct(
        digest=hashlib.sha256(data).hexdigest(),
        count=len(entries),
        size=sum(entry.size or 0 for entry in entries),
        entries=tuple(entries),
        data=data,
    )
