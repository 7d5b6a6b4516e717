"""Packs: verified content by content when they have arrived, rewritten when mostly dead.

A pack is one object. The node of a content says in which it lies, and where; so whoever reads one
content reads only that. What a draft brought, and what lies elsewhere already, is dead from the
beginning. The sweep looks at a pack whenever it has taken a content that lay there.
"""

import hashlib
import logging
import secrets
from collections.abc import AsyncIterator

from anyio import to_thread

from graph_api.blobs import BlobStore
from graph_api.errors import BadInput, NotADraft, ObjectMissing, PackMissing, WrongContent
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant
from graph_api.models.blob import Blob, key_in
from graph_api.models.pack import Contents, Looked, PackKey, pack_key
from graph_api.models.viewer import Viewer
from graph_api.services import blob, due, removal
from graph_api.services.artifact.draft import lock_open
from graph_api.services.artifact.read import checked

CONTENTS = cypher("pack/contents", Contents)
BY_KEY = cypher("pack/by_key", PackKey)
CREATE = cypher("pack/create")
DUE = cypher("pack/due", PackKey)
CONDEMN = cypher("pack/condemn", Looked)
REMOVE = cypher("pack/remove")
LIVING = cypher("pack/living", Blob)
BEGIN = cypher("pack/begin")
HOLD = cypher("pack/hold")
MOVE = cypher("pack/move")

_log = logging.getLogger("graph_api")

_BATCH = 100
# Microseconds after which another sweep takes on what one has begun.
_AGAIN = instant.HOUR
# Microseconds for which signed URLs of a pack may go on after it was rewritten.
_READ = instant.DAY


async def complete(graph: Graph, blobs: BlobStore, viewer: Viewer, id: str, number: int) -> None:
    """Read a pack of a draft once, and take in its contents; again, that is harmless.

    BadInput where the draft is to bring no such pack, PackMissing where it has not arrived,
    WrongContent where it holds something else.
    """
    found = await checked(graph, viewer, id)
    viewer.require("write", found.project_id)
    if found.state != "PENDING":
        raise NotADraft(id, found.state)
    contents = await graph.fetch_one(CONTENTS, id=id, number=number)
    if contents is None:
        raise BadInput(f"The draft {id!r} has no pack {number}.")
    key = pack_key(id, str(number))
    if await graph.fetch_one(BY_KEY, key=key):
        return
    await _verify(blobs, key, number, contents)
    brought = [
        blob.Content(sha256=sha256, size=size, key=key_in(key, offset))
        for sha256, offset, size in sorted(contents.places())
    ]

    async def work(tx: Transaction) -> None:
        if await tx.fetch_one(BY_KEY, key=key):
            return
        await blob.lock(tx, brought)
        digests = [content.sha256 for content in brought]
        await tx.write(CREATE, draft_id=id, key=key, size=contents.size, digests=digests)
        # Last, or no two packs of a draft, nor its next files, could be written at once.
        await lock_open(tx, viewer, id)

    await graph.in_transaction(work)


async def sweep(graph: Graph, blobs: BlobStore, now: int) -> int:
    """Take the packs that are due at ``now`` (µs since 1970 UTC) and hold nothing; how many.

    One that is mostly dead is rewritten; the object that it was goes a day later.
    """
    taken = 0

    async def read(first: int) -> list[str]:
        return [row.key for row in await graph.fetch(DUE, now=now, first=first)]

    async for key in due.each(read, _BATCH):
        for looked in await graph.write(CONDEMN, key=key, now=now, again=now + _AGAIN):
            if looked.condemned:
                if await removal.removed(blobs, [key]):
                    await graph.write(REMOVE, key=key)
                    taken += 1
            elif looked.mostly_dead:
                await _rewrite(graph, blobs, key, now)
    return taken


class _Damaged(Exception):
    """A pack holds something else than it should."""


async def _rewrite(graph: Graph, blobs: BlobStore, key: str, now: int) -> None:
    """Write what lives in a pack into another, of the same draft."""
    living = await graph.fetch(LIVING, key=key)
    name = key.rpartition("/")[2].partition(".")[0]
    new = f"{key.rpartition('/')[0]}/{name}.{secrets.token_hex(4)}"
    contents = Contents(
        digests=tuple(one.sha256 for one in living), sizes=tuple(one.size for one in living)
    )
    # The node first: an object that nobody knows would stay for ever.
    await graph.write(BEGIN, key=new, size=contents.size, sweep_at=now + _AGAIN)

    async def chunks() -> AsyncIterator[bytes]:
        for one in living:
            data = b"".join([chunk async for chunk in blobs.read(key, one.offset, one.size)])
            if hashlib.sha256(data).hexdigest() != one.sha256:
                raise _Damaged(f"the content {one.sha256} in it is damaged")
            yield data

    try:
        await blobs.write(new, chunks())
    except (ObjectMissing, _Damaged) as error:
        # What can be read still is. The doctor says more; the sweep comes back to it.
        _log.error("The pack %s cannot be rewritten: %s", key, error)
        return
    moved = [
        {"sha256": one.sha256, "before": one.key, "after": key_in(new, offset)}
        for one, (_, offset, _) in zip(living, contents.places(), strict=True)
    ]

    async def work(tx: Transaction) -> None:
        await tx.write(HOLD, digests=sorted(contents.digests))
        await tx.write(MOVE, moved=moved, **{"from": key, "to": new}, read_until=now + _READ)

    await graph.in_transaction(work)


async def _verify(blobs: BlobStore, key: str, number: int, contents: Contents) -> None:
    """WrongContent unless the object is these contents and no more."""
    reading = _Reading(number, contents)
    try:
        async for chunk in blobs.read(key):
            await to_thread.run_sync(reading.take, chunk)
    except ObjectMissing as error:
        raise PackMissing(number) from error
    reading.end()


class _Reading:
    """How far a pack has been read."""

    def __init__(self, number: int, contents: Contents) -> None:
        self._number = number
        self._places = contents.places()
        self._whole = contents.size
        self._read = 0
        self._begin()

    def take(self, chunk: bytes) -> None:
        """Look at what comes next."""
        self._read += len(chunk)
        rest = memoryview(chunk)
        while rest and self._place:
            part, rest = rest[: self._left], rest[self._left :]
            self._digest.update(part)
            self._left -= len(part)
            if not self._left:
                self._check()
                self._begin()

    def end(self) -> None:
        """Look at whether it was all, and no more."""
        if self._place:
            self._check()
        if self._read > self._whole:
            raise BadInput(
                f"The pack {self._number} has {self._read:,} bytes; its contents have "
                f"{self._whole:,}. Ask for the uploads of these files again."
            )

    def _begin(self) -> None:
        self._place = next(self._places, None)
        self._left = self._place[2] if self._place else 0
        self._digest = hashlib.sha256()

    def _check(self) -> None:
        assert self._place
        sha256, offset, size = self._place
        actual = self._digest.hexdigest()
        if self._left or actual != sha256:
            where = f"The bytes of the pack {self._number} from {offset:,} on"
            raise WrongContent(where, size, sha256, size - self._left, actual)
