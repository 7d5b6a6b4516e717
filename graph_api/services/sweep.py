"""The sweep: takes what nothing needs any more, beside everything that goes on.

Whatever may become garbage has a ``sweep_at``, the time (µs) from which the sweep looks at it: so
a sweep costs what there is to look at, not what there is.

- A draft that nobody commits is removed. Where a draft has ended, of the objects under its prefix
  those go that hold no content and no page.
- A version whose time in the trash is over is purged: it loses its pages.
- A page that no version has, and then a content that no page lists, are taken in three steps:
  under its lock the node becomes CONDEMNED; its object is deleted; under its lock the node goes,
  unless a commit has stored the same anew meanwhile (under another key) and made it LIVE. A pack
  goes when nothing lies in it any more.

It may be killed at any point, and run any number of times side by side: the next one goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, Nothing, Query, Transaction, cypher
from graph_api.models import instant
from graph_api.models.artifact import upload_prefix
from graph_api.models.page import Count
from graph_api.models.sweep import Condemned, Due, Held, Prefix, Swept
from graph_api.models.upload import MULTIPART
from graph_api.services import deletion, due, idempotency, pack, removal, upload
from graph_api.services.artifact.draft import DELETE_DRAFT, LATE, LOCK_DRAFT

PREFIXES_DUE = cypher("sweep/prefixes_due", Prefix)
PREFIX = cypher("sweep/prefix", Prefix)
HELD = cypher("sweep/held", Held)
REMOVE_FILES = cypher("sweep/remove_files", Count)
REMOVE_PREFIX = cypher("sweep/remove_prefix")
PAGES_DUE = cypher("sweep/pages_due", Due)
HOLD_PAGES = cypher("sweep/hold_pages")
CONDEMN_PAGES = cypher("sweep/condemn_pages", Condemned)
DOUBT_BLOBS = cypher("sweep/doubt_blobs")
REMOVE_PAGES = cypher("sweep/remove_pages", Condemned)
BLOBS_DUE = cypher("sweep/blobs_due", Due)
HOLD_BLOBS = cypher("sweep/hold_blobs")
CONDEMN_BLOBS = cypher("sweep/condemn_blobs", Condemned)
REMOVE_BLOBS = cypher("sweep/remove_blobs", Condemned)

_BATCH = 1000
# Batches of a draft's files, each of up to 1,000.
_FILES = 20
# Pages list up to 8,192 contents each, which are locked with them.
_PAGES_AT_ONCE = 10
# Microseconds after which another sweep takes on what one has condemned and not removed.
_AGAIN = 60 * instant.SECOND


@dataclass(frozen=True)
class _Kind:
    """The statements that take what is shared: manifest pages, contents."""

    due: Query[Due]
    hold: Query[Nothing]
    condemn: Query[Condemned]
    remove: Query[Condemned]
    at_once: int


_PAGES = _Kind(PAGES_DUE, HOLD_PAGES, CONDEMN_PAGES, REMOVE_PAGES, _PAGES_AT_ONCE)
_BLOBS = _Kind(BLOBS_DUE, HOLD_BLOBS, CONDEMN_BLOBS, REMOVE_BLOBS, _BATCH)


async def sweep(graph: Graph, blobs: BlobStore, now: int) -> Swept:
    """Take all that is due at ``now`` (microseconds since 1970 UTC)."""
    requests = await idempotency.forget(graph, now - instant.DAY)
    drafts, objects = await _prefixes(graph, blobs, now)
    return Swept(
        drafts=drafts,
        objects=objects,
        uploads=await upload.sweep(graph, blobs, now),
        versions=await deletion.purge(graph, blobs, now),
        pages=await _take(graph, blobs, _PAGES, now),
        blobs=await _take(graph, blobs, _BLOBS, now),
        packs=await pack.sweep(graph, blobs, now),
        unfinished=await _discard(blobs, now),
        requests=requests,
    )


async def _prefixes(graph: Graph, blobs: BlobStore, now: int) -> tuple[int, int]:
    """End abandoned drafts and empty the prefixes of those that have ended; how many of both.

    One that the store refuses to empty is in nobody's way: the next sweep comes back to it.
    """
    drafts = objects = 0

    async def read(first: int) -> list[str]:
        return [row.draft_id for row in await graph.fetch(PREFIXES_DUE, now=now, first=first)]

    async for id in due.each(read, _BATCH):
        ended = await _ended(graph, id, now)
        if ended is None:
            drafts += 1
        elif ended:
            unneeded, gone = await _empty(graph, blobs, id)
            objects += gone
            if gone == unneeded:
                await _forget(graph, id)
    return drafts, objects


async def _discard(blobs: BlobStore, now: int) -> int:
    """Discard what writers left in the store that died; what goes up in parts has its own node."""
    before = instant.of(now - instant.DAY)
    dead = [
        one
        for one in await blobs.unfinished()
        if one.since < before and not one.key.startswith(MULTIPART)
    ]
    return len(await removal.discarded(blobs, dead))


async def _ended(graph: Graph, id: str, now: int) -> bool | None:
    """Whether a draft has ended, so that no commit can need its uploads; None: it ends now.

    False where it was given files since it was found to be due.
    """

    async def work(tx: Transaction) -> bool | None:
        draft = await tx.fetch_one(LOCK_DRAFT, id=id, projects=None)
        if not await tx.fetch_one(PREFIX, id=id, now=now):
            return False
        if draft is None or draft.state != "PENDING" or draft.same_as:
            return True
        await tx.write(DELETE_DRAFT, id=id, until=max(now, instant.now()) + LATE)
        return None

    return await graph.in_transaction(work)


async def _empty(graph: Graph, blobs: BlobStore, draft_id: str) -> tuple[int, int]:
    """Delete what a draft that has ended uploaded and nothing needs; how many were it, and went."""
    unneeded = gone = 0
    for some in _batches(list(await blobs.sizes(upload_prefix(draft_id)))):
        held = {row.key for row in await graph.fetch(HELD, keys=some)}
        left = [key for key in some if key not in held]
        unneeded += len(left)
        gone += len(await removal.removed(blobs, left))
    return unneeded, gone


async def _forget(graph: Graph, draft_id: str) -> None:
    """Remove what is left of a draft that has ended, some files at a time."""
    while True:
        (removed,) = await graph.write(REMOVE_FILES, id=draft_id, most=_FILES)
        if removed.count < _FILES:
            break
    await graph.write(REMOVE_PREFIX, id=draft_id)


async def _take(graph: Graph, blobs: BlobStore, kind: _Kind, now: int) -> int:
    """Condemn, delete, remove: all of a kind that is due and not needed."""
    removed = 0
    while rows := await graph.fetch(kind.due, now=now, first=kind.at_once):
        digests = sorted(row.digest for row in rows)

        async def condemn(tx: Transaction, digests: list[str] = digests) -> list[Condemned]:
            await tx.write(kind.hold, digests=digests)
            return await tx.write(kind.condemn, digests=digests, now=now, again=now + _AGAIN)

        condemned = await graph.in_transaction(condemn)
        gone = await removal.removed(blobs, [row.key for row in condemned if not row.packed])
        ended = [row for row in condemned if row.packed or row.key in gone]

        async def remove(tx: Transaction, rows: list[Condemned] = ended) -> list[Condemned]:
            digests = sorted(row.digest for row in rows)
            if kind is _PAGES:
                await tx.write(DOUBT_BLOBS, digests=digests, now=now)
            await tx.write(kind.hold, digests=digests)
            return await tx.write(
                kind.remove, condemned=[row.model_dump() for row in rows], now=now
            )

        removed += len(await graph.in_transaction(remove))
    return removed


def _batches(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
