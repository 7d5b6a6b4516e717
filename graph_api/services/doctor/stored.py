"""The doctor on bytes: what the graph says is stored against what is."""

import asyncio
import hashlib
from collections.abc import AsyncIterator

from graph_api.blobs import BlobStore
from graph_api.errors import BadKey, ObjectMissing
from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.artifact import Digest
from graph_api.models.blob import Blob, key_in, place_of
from graph_api.models.doctor import (
    Fault,
    Finding,
    Needing,
    PageStored,
    Stored,
    Trouble,
    UploadRow,
)
from graph_api.models.manifest import decode
from graph_api.models.sweep import Prefix
from graph_api.models.upload import MULTIPART, UploadId
from graph_api.services.sweep import HELD

PAGES = cypher("doctor/pages", PageStored)
BLOBS = cypher("doctor/blobs", Stored)
PACKS = cypher("doctor/packs", Stored)
NEEDING = cypher("doctor/needing", Needing)
UNKNOWN = cypher("doctor/unknown", Prefix)
UPLOADS = cypher("doctor/uploads", UploadRow)
KNOWN_UPLOADS = cypher("doctor/known_uploads", UploadId)
DIGESTS = cypher("doctor/digests", Digest)

_BATCH = 100
# Microseconds that the sweep may be late.
_LATE = instant.DAY


async def examine(
    graph: Graph, blobs: BlobStore, now: int, *, read: bool
) -> AsyncIterator[Finding]:
    """Every page, content and pack against its object, and every object against what needs it."""
    sizes = Sizes(blobs)
    after = ""
    while pages := await graph.fetch(PAGES, after=after, first=_BATCH):
        for page, found in zip(
            pages, await asyncio.gather(*(_page(blobs, page) for page in pages)), strict=True
        ):
            for trouble, says in _state("page", page, now) + found:
                yield await _named(graph, trouble, page.digest, says)
        after = pages[-1].digest
    after = ""
    while rows := await graph.fetch(BLOBS, after=after, first=_BATCH):
        for row, found in zip(
            rows,
            await asyncio.gather(*(_blob(blobs, sizes, row, read) for row in rows)),
            strict=True,
        ):
            for trouble, says in _state("content", row, now) + found:
                yield await _named(graph, trouble, row.digest, says)
        after = rows[-1].digest
    after = ""
    while rows := await graph.fetch(PACKS, after=after, first=_BATCH):
        for row in rows:
            for trouble, says in _state("pack", row, now) + await _pack(sizes, row):
                yield Finding(trouble=trouble, subject=row.digest, says=says)
        after = rows[-1].digest
    async for finding in _uploads(graph, blobs, now):
        yield finding
    async for objects in blobs.listed(""):
        async for finding in _extra(graph, objects):
            yield finding
    for unfinished in await blobs.unfinished():
        if unfinished.since < instant.of(now - _LATE):
            yield Finding(
                trouble="EXTRA",
                subject=unfinished.key or unfinished.upload,
                says=f"An upload that was begun and not ended, at {unfinished.since}: the sweep "
                "should have taken it.",
            )


async def _named(graph: Graph, trouble: Trouble, digest: str, says: str) -> Finding:
    needing = await graph.fetch(NEEDING, digest=digest)
    names = ", ".join(f"{row.name} ({row.id})" for row in needing)
    return Finding(
        trouble=trouble,
        subject=digest,
        says=f"{says} Needed by {names}." if names else f"{says} No version needs it.",
    )


def _state(noun: str, row: Stored, now: int) -> list[Fault]:
    if row.state != "LIVE" and row.needed:
        return [("WRONG_STATE", f"The {noun} is {row.state}, so that the sweep may take it.")]
    if not row.needed and row.sweep_at is None:
        return [("EXTRA", f"Nothing has the {noun}, and the sweep will not look at it.")]
    if row.sweep_at is not None and row.sweep_at < now - _LATE:
        return [("EXTRA", f"The sweep should have looked at the {noun} a day ago: does it run?")]
    return []


async def _page(blobs: BlobStore, page: PageStored) -> list[Fault]:
    if page.state != "LIVE":
        return []
    try:
        data = b"".join([chunk async for chunk in blobs.read(page.key or "")])
    except (ObjectMissing, BadKey):
        return [("MISSING", f"The page's object {page.key!r} is not there: {_RESTORE}")]
    actual = hashlib.sha256(data).hexdigest()
    if actual != page.digest:
        return [("CORRUPT", f"The page's object {page.key!r} has the SHA-256 {actual}: {_RESTORE}")]
    entries = decode(data)
    listed = sorted({entry.sha256 for entry in entries if entry.sha256})
    found: list[Fault] = []
    if listed != sorted(blob.digest for blob in page.lists):
        found.append(
            (
                "WRONG_CONTENT",
                f"The page lists {len(listed)} contents; the graph ties it to {len(page.lists)} "
                "or to others, so that the sweep could take what it needs.",
            )
        )
    dead = [blob.digest for blob in page.lists if blob.state != "LIVE"]
    if dead:
        found.append(("WRONG_STATE", f"The page lists what is not LIVE: {', '.join(dead[:3])}."))
    said = (page.count, page.size, page.first_path, page.last_path)
    is_ = (
        len(entries),
        sum(entry.size or 0 for entry in entries),
        entries[0].path if entries else None,
        entries[-1].path if entries else None,
    )
    if said != is_:
        found.append(("WRONG_CONTENT", f"The graph says {said} of the page; it has {is_}."))
    return found


class Sizes:
    """Bytes of objects; those of packs, in which many contents lie, are asked for once."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._packs: dict[str, int | None] = {}

    async def of(self, key: str) -> int | None:
        """The size of the object in which a content lies; None where there is none."""
        object_key, _ = place_of(key)
        if object_key in self._packs:
            return self._packs[object_key]
        try:
            size = await self._blobs.size(object_key)
        except BadKey:
            size = None
        if object_key != key:
            self._packs[object_key] = size
        return size


async def _pack(sizes: Sizes, row: Stored) -> list[Fault]:
    size = await sizes.of(key_in(row.digest, 0))
    if row.needed and size != row.size:
        has = "is not there" if size is None else f"has {size} bytes, not {row.size}"
        return [("CORRUPT", f"The pack {has}: {_RESTORE}")]
    return []


async def _blob(blobs: BlobStore, sizes: Sizes, row: Stored, read: bool) -> list[Fault]:
    if row.state != "LIVE":
        return []
    content = Blob(sha256=row.digest, key=row.key or "", size=row.size or 0)
    fault = await content_fault(blobs, sizes, content, read=read)
    return [fault] if fault else []


async def content_fault(
    blobs: BlobStore, sizes: Sizes, content: Blob, *, read: bool
) -> Fault | None:
    """What is wrong with the object of a content, MISSING or CORRUPT; with ``read``, all of it."""
    key = content.key
    size = await sizes.of(key)
    if size is None:
        return ("MISSING", f"The content's object {key!r} is not there: {_RESTORE}")
    if size < content.offset + content.size or (not content.packed and size != content.size):
        return (
            "CORRUPT",
            f"The content's object {key!r} has {size} bytes, not {content.size}: {_RESTORE}",
        )
    if not read:
        return None
    hashed = hashlib.sha256()
    try:
        async for chunk in blobs.read(content.object_key, content.offset, content.size):
            hashed.update(chunk)
    except ObjectMissing:
        return ("MISSING", f"The content's object {key!r} went while it was read.")
    if hashed.hexdigest() == content.sha256:
        return None
    return (
        "CORRUPT",
        f"The content's object {key!r} has the SHA-256 {hashed.hexdigest()}: {_RESTORE}",
    )


_RESTORE = "put it back from a backup of the byte store."


async def _uploads(graph: Graph, blobs: BlobStore, now: int) -> AsyncIterator[Finding]:
    after = ""
    while rows := await graph.fetch(UPLOADS, after=after, first=_BATCH):
        for row in rows:
            if row.sweep_at is None or row.sweep_at < now - _LATE:
                says = "The sweep should have looked at the upload a day ago: does it run?"
                yield Finding(trouble="EXTRA", subject=row.id, says=says)
            if row.state == "VERIFIED" and await blobs.size(row.key) != row.size:
                says = (
                    f"The upload is verified, but its object {row.key!r} is not there with "
                    f"{row.size} bytes: upload it again."
                )
                yield Finding(trouble="MISSING", subject=row.id, says=says)
        after = rows[-1].id


async def _extra(graph: Graph, objects: dict[str, int]) -> AsyncIterator[Finding]:
    drafts = {key.split("/")[1] for key in objects if key.startswith("uploads/")}
    unknown = {row.draft_id for row in await graph.fetch(UNKNOWN, ids=sorted(drafts))}
    zips = {
        key: key.removeprefix("zips/").removesuffix(".zip")
        for key in objects
        if key.startswith("zips/")
    }
    known = {row.digest for row in await graph.fetch(DIGESTS, digests=sorted(zips.values()))}
    parts = [key.removeprefix(MULTIPART) for key in objects if key.startswith(MULTIPART)]
    uploads = {row.id for row in await graph.fetch(KNOWN_UPLOADS, ids=parts)}
    # Last, as a commit makes an upload's object that of a content.
    held = {row.key for row in await graph.fetch(HELD, keys=list(objects))}
    for key, size in objects.items():
        if key.startswith("zips/"):
            extra = zips[key] not in known
        elif key.startswith(MULTIPART):
            extra = key not in held and key.removeprefix(MULTIPART) not in uploads
        elif key.startswith("uploads/"):
            extra = key not in held and key.split("/")[1] in unknown
        else:
            extra = True
        if extra:
            yield Finding(
                trouble="EXTRA",
                subject=key,
                says=f"An object of {size} bytes that nothing needs and the sweep does not know: "
                "it can be deleted.",
            )
