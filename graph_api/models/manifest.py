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
from itertools import groupby
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


class ManifestPage(BaseModel):
    """A run of entries, as it is stored and shared between versions."""

    model_config = ConfigDict(frozen=True)

    digest: str
    first_path: str
    last_path: str
    count: int
    size: int
    """Bytes of all files that say theirs, references included."""
    data: bytes
    blobs: tuple[str, ...]
    """Distinct SHA-256 of the stored files, sorted."""


class PageState(BaseModel, frozen=True):
    """A page, and whether versions can have it: when LIVE. CONDEMNED, the sweep is taking it."""

    digest: str
    state: Literal["UPLOADING", "LIVE", "CONDEMNED"]


class PageRow(BaseModel, frozen=True):
    """A page without its entries."""

    digest: str
    key: str
    """Of the object that holds it."""
    first_path: str
    last_path: str
    count: int
    size: int


_ENTRIES = TypeAdapter(list[Entry])


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in manifest order, equal ones once; PathTaken where two exclude each other."""
    ordered = sorted(entries, key=lambda entry: entry.path.encode())
    distinct: list[Entry] = []
    for path, same in groupby(ordered, key=lambda entry: entry.path):
        first, *others = same
        if any(other != first for other in others):
            raise PathTaken(path)
        distinct.append(first)
    paths = {entry.path for entry in distinct}
    for path in paths:
        while path := path.rpartition("/")[0]:
            if path in paths:
                raise PathTaken(path)
    return distinct


def pages(entries: list[Entry]) -> Iterator[ManifestPage]:
    """The pages of these entries, which are in manifest order."""
    run: list[Entry] = []
    for entry in entries:
        if run and (len(run) == _MOST_ENTRIES or _starts_page(entry.path)):
            yield _page(run)
            run = []
        run.append(entry)
    if run:
        yield _page(run)


def digest(page_digests: Iterable[str]) -> str:
    """The digest of a version with these pages."""
    lines = [str(FORMAT), *page_digests]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def decode(data: bytes) -> list[Entry]:
    """The entries of a page."""
    return _ENTRIES.validate_python([orjson.loads(line) for line in data.splitlines()])


def dumped(entries: Iterable[Entry]) -> str:
    """Entries as JSON, for a draft; :func:`loaded` reads it."""
    return _ENTRIES.dump_json(list(entries)).decode()


def loaded(text: str) -> list[Entry]:
    """The entries of :func:`dumped`."""
    return _ENTRIES.validate_json(text)


def _starts_page(path: str) -> bool:
    return int.from_bytes(hashlib.sha256(path.encode()).digest()) % _BORDER == 0


def _line(entry: Entry) -> bytes:
    # What an entry does not have is not written, but for an unknown size: that is null.
    fields = entry.model_dump(exclude_none=True) | {"size": entry.size}
    return rfc8785.dumps(fields) + b"\n"


def _page(entries: list[Entry]) -> ManifestPage:
    data = b"".join(map(_line, entries))
    return ManifestPage(
        digest=hashlib.sha256(data).hexdigest(),
        first_path=entries[0].path,
        last_path=entries[-1].path,
        count=len(entries),
        size=sum(entry.size or 0 for entry in entries),
        data=data,
        blobs=tuple(sorted({entry.sha256 for entry in entries if entry.sha256})),
    )
