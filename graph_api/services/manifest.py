"""Manifest pages: stored before the version that has them, shared by all that do."""

import secrets

from graph_api.blobs import BlobStore
from graph_api.errors import NeedsUpload, WrongSize
from graph_api.graph import Graph, Reader, Transaction, Vanished, cypher
from graph_api.models.artifact import page_key, upload_prefix
from graph_api.models.manifest import KnownPage, ManifestPage, PageRow, PageState
from graph_api.models.viewer import Viewer
from graph_api.services import blob

KNOWN = cypher("manifest/known", KnownPage)
LOCK = cypher("manifest/lock", PageState)
PUBLISH = cypher("manifest/publish")
PAGES = cypher("manifest/pages", PageRow)


async def publish(
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    draft_id: str,
    page: ManifestPage,
    uploaded: dict[str, int],
) -> None:
    """Have a page of a draft LIVE: store it and draw what it lists, unless that was done.

    NeedsUpload where bytes are missing, or are others' that the viewer cannot read; WrongSize.
    ``uploaded`` are the sizes of the draft's objects by their keys. Until a version has the page,
    the sweep takes it at the time from which it looks at the draft.
    """
    known = await graph.fetch_one(KNOWN, digest=page.digest, projects=viewer.projects)
    prefix = upload_prefix(draft_id)
    if known and known.live and (known.readable or known.key.startswith(prefix)):
        return
    contents = await blob.brought(graph, viewer, prefix, page.entries, uploaded)
    _check(page, {content.sha256: content.size for content in contents})
    if known and known.live:
        return
    # The sweep may still be deleting an object that was stored for this draft before.
    key = page_key(draft_id, page.digest, secrets.token_hex(4))
    await blobs.put(key, page.data)

    async def work(tx: Transaction) -> None:
        _check(page, await blob.lock(tx, contents))
        if page.digest not in await live(tx, [page.digest]):
            await tx.write(
                PUBLISH,
                draft_id=draft_id,
                **page.model_dump(include={"digest", "count", "size"}),
                key=key,
                first_path=page.first_path,
                last_path=page.last_path,
                bytes=len(page.data),
                blobs=page.blobs,
            )

    await graph.in_transaction(work)


async def live(tx: Transaction, digests: list[str]) -> set[str]:
    """Lock pages, which are sorted and distinct; those that a version can have."""
    rows = await tx.write(LOCK, digests=digests)
    if len(rows) != len(digests):
        raise Vanished
    return {row.digest for row in rows if row.state == "LIVE"}


async def pages_of(graph: Reader, artifact_id: str) -> list[PageRow]:
    """The pages of a version in order."""
    return await graph.fetch(PAGES, id=artifact_id)


def _check(page: ManifestPage, sizes: dict[str, int]) -> None:
    missing = [entry.path for entry in page.entries if entry.sha256 and entry.sha256 not in sizes]
    if missing:
        raise NeedsUpload(missing)
    for entry in page.entries:
        if entry.sha256 and sizes[entry.sha256] != entry.size:
            raise WrongSize(entry.path, entry.size, sizes[entry.sha256])
