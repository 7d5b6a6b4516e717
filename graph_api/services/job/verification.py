"""Verifying a version: its files are read from the store, some at a time."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Literal

from graph_api.errors import BadKey, ObjectMissing, StoreUnavailable
from graph_api.models.doctor import Trouble
from graph_api.models.job import Verified
from graph_api.models.manifest import Entry, PageRow, decode
from graph_api.services import artifact, blob, manifest
from graph_api.services.doctor import Sizes, content_fault
from graph_api.services.job.slice import Slice

# Files of a slice, and bytes after which none is added to it.
_FILES = 1_000
_BYTES = 1 << 28
# Contents that are read side by side.
_AT_ONCE = 8
# Paths that are told of the files with each kind of fault.
_TOLD = 100

_Fault = Trouble | Literal["UNREADABLE"]


async def go_on(slice: Slice) -> bool:
    """Read some of a version's files, and compare their SHA-256; True once all have been.

    References are not read. What the store fails to read at the last of several tries, though it
    answers, is told. Deleted, where that is so by now: then nothing is said of its files.
    """
    graph, viewer, job = slice.graph, slice.viewer, slice.job
    row = await artifact.committed(graph, viewer, job.subject_id)
    viewer.require("write", row.project_id)
    passed = 0
    for page in await manifest.pages_of(graph, row.id):
        if job.position < passed + page.count:
            break
        passed += page.count
    else:
        return True
    entries = await _entries(slice, page)
    found = Verified.model_validate(job.result)
    if entries is None or len(entries) != page.count:
        count = passed + page.count - job.position
        found = found.model_copy(
            update={"faults": found.faults + count, "unlisted": found.unlisted + count}
        )
    else:
        some = first_of(entries[job.position - passed :])
        count = len(some)
        found = _added(found, some, await _troubles(slice, some))
    if found.faults:
        # What was deleted and purged meanwhile is no fault.
        await artifact.committed(graph, viewer, row.id)
    await slice.advance(graph, count, job.position + count, found)
    return False


async def _entries(slice: Slice, page: PageRow) -> list[Entry] | None:
    """The files of a page; None where its object is missing, damaged or unreadable."""
    try:
        data = b"".join([chunk async for chunk in slice.blobs.read(page.key)])
    except (ObjectMissing, BadKey):
        return None
    except StoreUnavailable:
        if not await _to_be_told(slice):
            raise
        return None
    return decode(data) if hashlib.sha256(data).hexdigest() == page.digest else None


def first_of(entries: Sequence[Entry]) -> list[Entry]:
    """The first, of one slice's size."""
    first = entries[:_FILES]
    before = accumulate((it.size or 0 if it.sha256 else 0 for it in first), initial=0)
    return [entry for entry, bytes in zip(first, before, strict=False) if bytes < _BYTES]


async def _troubles(slice: Slice, entries: Sequence[Entry]) -> dict[str, _Fault]:
    """What is wrong with the contents of files, by their digests."""
    digests = sorted({entry.sha256 for entry in entries if entry.sha256})
    places = await blob.by_digests(slice.graph, slice.viewer, digests)
    known = dict(zip(digests, places, strict=True))
    sizes = Sizes(slice.blobs)
    troubles: dict[str, _Fault] = {}

    async def look(digest: str) -> None:
        content = known[digest]
        if content is None:
            troubles[digest] = "MISSING"
            return
        try:
            if fault := await content_fault(slice.blobs, sizes, content, read=True):
                troubles[digest] = fault[0]
        except StoreUnavailable:
            if not await _to_be_told(slice):
                raise
            troubles[digest] = "UNREADABLE"

    for start in range(0, len(digests), _AT_ONCE):
        try:
            async with asyncio.TaskGroup() as group:
                for digest in digests[start : start + _AT_ONCE]:
                    group.create_task(look(digest))
        except ExceptionGroup as failed:
            # One is enough to go by; the group has ended the others.
            raise failed.exceptions[0] from failed
    return troubles


async def _to_be_told(slice: Slice) -> bool:
    """Whether what the store has just failed to read is a fault; StoreUnavailable if it is away."""
    if slice.last:
        await slice.blobs.check()
    return slice.last


def _added(found: Verified, entries: Sequence[Entry], troubles: Mapping[str, _Fault]) -> Verified:
    def of(fault: _Fault) -> list[str]:
        return [entry.path for entry in stored if troubles.get(entry.sha256 or "") == fault]

    stored = [entry for entry in entries if entry.sha256]
    missing, damaged, unreadable = of("MISSING"), of("CORRUPT"), of("UNREADABLE")
    return Verified(
        files=found.files + len(stored),
        bytes=found.bytes + sum(entry.size or 0 for entry in stored),
        references=found.references + len(entries) - len(stored),
        faults=found.faults + len(missing) + len(damaged) + len(unreadable),
        unlisted=found.unlisted,
        missing=(*found.missing, *missing)[:_TOLD],
        damaged=(*found.damaged, *damaged)[:_TOLD],
        unreadable=(*found.unreadable, *unreadable)[:_TOLD],
    )
