"""Committing a draft: the moment at which a version, its number and its edges come to be.

1. The draft's entries, in the order of their paths, are cut into manifest pages.
2. Each page whose contents are all in the store is stored and drawn, by itself. So however many
   files there are, a few thousand at a time are in memory, and in a transaction.
3. One transaction locks the pages (in the order of their digests), then the collection, decides the
   outcome, and takes the ledger. So no number is handed out twice, and a version in the graph
   always has its bytes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress

from anyio import to_thread

from graph_api.blobs import BlobStore
from graph_api.errors import (
    BadAlias,
    BadVersion,
    NeedsUpload,
    NotADraft,
    UnknownId,
    VersionTaken,
)
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant, names
from graph_api.models.artifact import (
    Batch,
    Committed,
    DraftContents,
    DraftFiles,
    LockedCollection,
    LockedDraft,
    upload_prefix,
)
from graph_api.models.idempotency import Call
from graph_api.models.ledger import Drawn
from graph_api.models.manifest import Cutter, Entry, ManifestPage, Page, digest, loaded
from graph_api.models.viewer import Viewer
from graph_api.services import alias, edge, entity, idempotency, ledger, manifest
from graph_api.services.artifact import base
from graph_api.services.artifact.draft import LATE, lock
from graph_api.services.artifact.read import checked, committed

GIVEN = cypher("artifact/given", DraftContents)
DRAFT_FILES = cypher("artifact/draft_files", DraftFiles)
LOCK_COLLECTION = cypher("artifact/lock_collection", LockedCollection)
COMMIT = cypher("artifact/commit")
DISCARD_DRAFT = cypher("artifact/discard_draft")

# Pages that are stored at the same time, each of up to 8,192 files.
_AT_ONCE = 4
# Batches of files that Neo4j sends at once, each of up to 1,000.
_BATCHES = 20
# Files without bytes that are named; then nothing more is looked at.
_MOST_MISSING = 1000
# What the ledger says of a new version.
COMMITTED = "Artifact committed"


async def commit(
    graph: Graph, blobs: BlobStore, viewer: Viewer, id: str, call: Call | None = None
) -> Committed:
    """Make a draft the next version of its collection; again, it answers the same.

    Where the latest version has the same content (and no version was chosen, and the draft does
    not ask for one of its own), that version is the answer: it keeps its metadata, gets the
    draft's aliases and tags, and the draft's run becomes one of its producers. Everything that
    is refused leaves the draft as it is.
    """
    while True:
        viewer.require("write", (await checked(graph, viewer, id)).project_id)
        given = await graph.fetch_one(GIVEN, id=id)
        if given is None:
            raise UnknownId("Artifact", id)
        pages = _pages(graph, id, given.batches)
        if given.base_id:
            pages = _changed(graph, blobs, viewer, id, given.base_id, given.batches)
        uploaded = await blobs.sizes(upload_prefix(id)) if given.batches else {}
        made = [page async for page in _published(graph, blobs, viewer, id, pages, uploaded)]
        commit = _Commit(viewer, id, made, len(given.batches))
        with suppress(_Outrun):
            return await idempotency.once(graph, viewer, call, Committed, commit.run)


async def _published(
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    id: str,
    pages: AsyncIterator[Page],
    uploaded: dict[str, int],
) -> AsyncIterator[Page]:
    """The pages of a draft, each stored; NeedsUpload for the first thousand files without bytes."""
    missing: list[str] = []

    async def publish(page: Page) -> Page:
        try:
            # The others are of the version that the draft begins with.
            if isinstance(page, ManifestPage):
                await manifest.publish(graph, blobs, viewer, id, page, uploaded)
        except NeedsUpload as lacking:
            missing.extend(lacking.paths)
        return Page(digest=page.digest, count=page.count, size=page.size)

    async def publish_all(pages: list[Page]) -> list[Page]:
        made = await asyncio.gather(*map(publish, pages), return_exceptions=True)
        if failed := [one for one in made if isinstance(one, BaseException)]:
            raise failed[0]
        return [one for one in made if isinstance(one, Page)]

    together: list[Page] = []
    async for page in pages:
        together.append(page)
        if len(together) == _AT_ONCE:
            for made in await publish_all(together):
                yield made
            together = []
        if len(missing) >= _MOST_MISSING:
            break
    for made in await publish_all(together):
        yield made
    if missing:
        raise NeedsUpload(missing)


async def _changed(
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    id: str,
    base_id: str,
    batches: Sequence[Batch],
) -> AsyncIterator[Page]:
    """The pages of a draft that begins with a version; all that it changes is in memory."""
    await committed(graph, viewer, base_id)
    changes: dict[str, Entry | None] = {}
    for start in range(0, len(batches), _BATCHES):
        numbers = [batch.number for batch in batches[start : start + _BATCHES]]
        changes |= _files(await graph.fetch(DRAFT_FILES, id=id, numbers=numbers))
    async for page in base.changed(blobs, await manifest.pages_of(graph, base_id), changes):
        yield page


async def _pages(graph: Graph, id: str, batches: Sequence[Batch]) -> AsyncIterator[Page]:
    """The pages of a draft. In memory are those batches at a time whose paths overlap."""
    cutter = Cutter()
    for numbers in _overlapping(batches):
        rows = await graph.fetch(DRAFT_FILES, id=id, numbers=numbers)
        for page in await to_thread.run_sync(lambda rows=rows: list(cutter.add(_entries(rows)))):
            yield page
    for page in await to_thread.run_sync(lambda: list(cutter.end())):
        yield page


def _overlapping(batches: Sequence[Batch]) -> Iterator[list[int]]:
    """The numbers of batches, those together whose paths lie between each other's, by path."""
    numbers: list[int] = []
    last = ""
    for batch in sorted(batches, key=lambda batch: batch.first_path):
        if numbers and batch.first_path > last:
            yield numbers
            numbers = []
        numbers.append(batch.number)
        last = max(last, batch.last_path)
    if numbers:
        yield numbers


def _entries(batches: list[DraftFiles]) -> list[Entry]:
    """The entries of batches, by path."""
    return [entry for _, entry in sorted(_files(batches).items()) if entry is not None]


def _files(batches: list[DraftFiles]) -> dict[str, Entry | None]:
    """The files of batches by path, None for those that go. What was given later counts."""
    files: dict[str, Entry | None] = {}
    for batch in batches:
        files |= dict.fromkeys(batch.removed)
        files |= {entry.path: entry for entry in loaded(batch.entries)}
    return files


class _Outrun(Exception):
    """Files were added, or a page went, since the pages were made: make them anew."""


class _Commit:
    """One try at the transaction."""

    def __init__(
        self,
        viewer: Viewer,
        id: str,
        pages: list[Page],
        batches: int,
    ) -> None:
        self.viewer = viewer
        self.id = id
        self.pages = pages
        self.batches = batches
        self.digest = digest(page.digest for page in pages)

    async def run(self, tx: Transaction) -> Committed:
        draft = await lock(tx, self.viewer, self.id)
        if draft.state == "COMMITTED":
            return Committed(id=draft.id, created=True)
        if draft.same_as:
            return Committed(id=draft.same_as, created=False)
        if draft.state != "PENDING":
            raise NotADraft(draft.id, draft.state)
        if draft.batches != self.batches:
            raise _Outrun
        if draft.run_id and self.viewer.written() is not None:
            # Another may have begun the draft, with a key that reaches further.
            await entity.writable(tx, self.viewer, draft.run_id, "Run")
        digests = sorted({page.digest for page in self.pages})
        if await manifest.live(tx, digests) != set(digests):
            raise _Outrun
        collection = await self._lock_collection(tx, draft)
        if (
            collection.latest_id
            and collection.latest_digest == self.digest
            and draft.chosen_version is None
            and draft.deduplicate
        ):
            await self._same(tx, draft, collection.latest_id)
            return Committed(id=collection.latest_id, created=False)
        await self._create(tx, draft, collection)
        return Committed(id=draft.id, created=True)

    async def _lock_collection(self, tx: Transaction, draft: LockedDraft) -> LockedCollection:
        collection = await tx.fetch_one(
            LOCK_COLLECTION,
            collection_id=draft.collection_id,
            chosen_version=draft.chosen_version,
            aliases=draft.aliases,
        )
        assert collection, draft.collection_id
        collection.check_changeable()
        chosen = draft.chosen_version
        following = f"v{collection.next_index}"
        if chosen and collection.version_taken:
            raise VersionTaken(collection.name, chosen, "a version")
        if chosen and (collection.version_is_alias or chosen in draft.aliases):
            raise VersionTaken(collection.name, chosen, "an alias")
        if chosen and names.NUMBERED.fullmatch(chosen) and chosen != following:
            raise BadVersion(chosen, f"the next one of {collection.name!r} is {following!r}")
        for taken in collection.aliases_taken:
            raise BadAlias(taken, f"{collection.name!r} has a version of this name")
        return collection

    async def _same(self, tx: Transaction, draft: LockedDraft, latest_id: str) -> None:
        await tx.write(DISCARD_DRAFT, id=draft.id, same_as=latest_id, until=instant.now() + LATE)
        if not (draft.run_id or draft.aliases or draft.tags):
            return
        drawn = await ledger.draw(tx, self.viewer)
        if draft.tags:
            latest = await checked(tx, self.viewer, latest_id)
            before, after = {"tags": latest.tags}, {"tags": sorted({*latest.tags, *draft.tags})}
            await entity.revise(tx, self.viewer, drawn, latest_id, before, after, after)
        await self._finish(tx, drawn, draft, latest_id, "Artifact logged again")

    async def _create(
        self, tx: Transaction, draft: LockedDraft, collection: LockedCollection
    ) -> None:
        await tx.write(DISCARD_DRAFT, id=draft.id, same_as=None, until=instant.now() + LATE)
        drawn = await ledger.draw(tx, self.viewer)
        await tx.write(
            COMMIT,
            id=draft.id,
            collection_id=draft.collection_id,
            project_id=draft.project_id,
            version=draft.chosen_version or f"v{collection.next_index}",
            digest=self.digest,
            index=collection.next_index,
            size=sum(page.size for page in self.pages),
            file_count=sum(page.count for page in self.pages),
            seq=drawn.seq,
            at=drawn.at,
            pages=[page.digest for page in self.pages],
        )
        await self._finish(tx, drawn, draft, draft.id, COMMITTED)

    async def _finish(
        self, tx: Transaction, drawn: Drawn, draft: LockedDraft, id: str, what: str
    ) -> None:
        subjects = [id]
        if draft.run_id:
            await edge.log(tx, drawn, [id], draft.run_id, reused=id != draft.id)
            subjects.append(draft.run_id)
        # What it came of decides whether a protected alias may point at it.
        moved = await alias.move(
            tx, self.viewer, drawn, draft.collection_id, id, list(draft.aliases)
        )
        subjects += alias.left(moved)
        await ledger.record(tx, self.viewer, drawn, what, subjects)
