"""Committing a draft: the moment at which a version, its number and its edges come to be.

1. The draft's entries are merged into a manifest; every file's bytes must be in the store.
2. Pages that are not LIVE are written under the draft's own prefix.
3. One transaction locks contents and pages (in the order of their digests), then the collection,
   decides the outcome, and takes the ledger. So no number is handed out twice, and a version
   in the graph always has its bytes.
"""

from collections.abc import Sequence
from contextlib import suppress

from anyio import to_thread

from graph_api.blobs import BlobStore
from graph_api.errors import BadAlias, BadVersion, NeedsUpload, NotADraft, VersionTaken, WrongSize
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant, names
from graph_api.models.artifact import (
    Committed,
    DraftFiles,
    LockedCollection,
    LockedDraft,
    upload_prefix,
)
from graph_api.models.idempotency import Call
from graph_api.models.ledger import Drawn
from graph_api.models.manifest import Entry, ManifestPage, digest, loaded, merged, pages
from graph_api.models.viewer import Viewer
from graph_api.services import alias, blob, edge, entity, idempotency, ledger, manifest, upload
from graph_api.services.artifact.draft import LATE, lock
from graph_api.services.artifact.read import checked

DRAFT_FILES = cypher("artifact/draft_files", DraftFiles)
LOCK_COLLECTION = cypher("artifact/lock_collection", LockedCollection)
COMMIT = cypher("artifact/commit")
DISCARD_DRAFT = cypher("artifact/discard_draft")
ADD_TAGS = cypher("artifact/add_tags")

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
        await checked(graph, viewer, id)
        batches = await graph.fetch(DRAFT_FILES, id=id)
        entries, new_pages = await to_thread.run_sync(_manifest, batches)
        contents = await _contents(graph, blobs, viewer, id, entries)
        stored = await manifest.store(graph, blobs, id, new_pages)
        commit = _Commit(viewer, id, entries, contents, new_pages, stored, len(batches))
        with suppress(_Outrun):
            return await idempotency.once(graph, viewer, call, Committed, commit.run)


def _manifest(batches: list[DraftFiles]) -> tuple[list[Entry], list[ManifestPage]]:
    """The draft's entries in order, and their pages. A path that was given again is the later."""
    by_path = {entry.path: entry for batch in batches for entry in loaded(batch.entries)}
    entries = merged(by_path.values())
    return entries, list(pages(entries))


async def _contents(
    graph: Graph, blobs: BlobStore, viewer: Viewer, id: str, entries: Sequence[Entry]
) -> list[blob.Content]:
    """Each distinct content and where this draft has uploaded it; None: others did before."""
    prefix = upload_prefix(id)
    wanted = sorted({entry.sha256 for entry in entries if entry.sha256})
    uploaded = await blobs.sizes(prefix) if wanted else {}
    contents = [
        blob.Content(sha256=sha256, size=uploaded[prefix + sha256], key=prefix + sha256)
        for sha256 in wanted
        if prefix + sha256 in uploaded
    ]
    # What is neither uploaded nor readable is left out: the transaction names it, unless the
    # draft is committed already.
    others = [sha256 for sha256 in wanted if prefix + sha256 not in uploaded]
    sizes = {entry.sha256: entry.size for entry in entries if entry.size is not None}
    verified = await upload.verified(
        graph, viewer, [(sha256, sizes[sha256]) for sha256 in others if sha256 in sizes]
    )
    contents += [
        blob.Content(sha256=sha256, size=known.size, key=known.key, upload=known.id)
        for sha256, known in verified.items()
    ]
    readable = await blob.readable(graph, viewer, others)
    contents += [
        blob.Content(sha256=sha256, size=known.size, key=None)
        for sha256, known in readable.items()
        if sha256 not in verified
    ]
    return sorted(contents, key=lambda content: content.sha256)


class _Outrun(Exception):
    """Files were added, or a page went, since the manifest was made: make it anew."""


class _Commit:
    """One try at the transaction."""

    def __init__(
        self,
        viewer: Viewer,
        id: str,
        entries: list[Entry],
        contents: list[blob.Content],
        new_pages: list[ManifestPage],
        stored: dict[str, str],
        batches: int,
    ) -> None:
        self.viewer = viewer
        self.id = id
        self.entries = entries
        self.contents = contents
        self.pages = new_pages
        self.stored = stored
        self.batches = batches
        self.digest = digest(page.digest for page in new_pages)

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
        await self._lock_contents(tx)
        publishing = await manifest.lock(tx, self.pages, self.stored)
        if publishing is None:
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
        await manifest.publish(tx, publishing, self.stored)
        await self._create(tx, draft, collection)
        return Committed(id=draft.id, created=True)

    async def _lock_contents(self, tx: Transaction) -> None:
        live = await blob.lock(tx, self.contents)
        missing = [
            entry.path for entry in self.entries if entry.sha256 and entry.sha256 not in live
        ]
        if missing:
            raise NeedsUpload(missing)
        for entry in self.entries:
            if entry.sha256 and live[entry.sha256] != entry.size:
                raise WrongSize(entry.path, entry.size, live[entry.sha256])

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
            by = self.viewer.user
            await tx.write(ADD_TAGS, id=latest_id, tags=draft.tags, at=drawn.at, by=by)
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
            file_count=len(self.entries),
            seq=drawn.seq,
            at=drawn.at,
            pages=[page.digest for page in self.pages],
        )
        await self._finish(tx, drawn, draft, draft.id, COMMITTED)

    async def _finish(
        self, tx: Transaction, drawn: Drawn, draft: LockedDraft, id: str, what: str
    ) -> None:
        subjects = [id]
        moved = await alias.move(
            tx, self.viewer, drawn, draft.collection_id, id, list(draft.aliases)
        )
        if draft.run_id:
            await edge.log(tx, drawn, [id], draft.run_id, reused=id != draft.id)
            subjects.append(draft.run_id)
        subjects += alias.left(moved)
        await ledger.record(tx, self.viewer, drawn, what, subjects)
