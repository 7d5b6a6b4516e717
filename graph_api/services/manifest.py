"""Manifest pages: written before the version that has them, shared by all that do."""

import asyncio
import time

from graph_api.blobs import BlobStore
from graph_api.errors import StoreUnavailable
from graph_api.graph import Graph, Reader, Transaction, cypher
from graph_api.models.manifest import ManifestPage, PageRow, PageState

# The sweep removes a condemned page within moments; a longer wait means that it died meanwhile.
_PATIENCE = 10.0


ANNOUNCE = cypher("manifest/announce", PageState)
LOCK = cypher("manifest/lock", PageState)
PUBLISH = cypher("manifest/publish")
PAGES = cypher("manifest/pages", PageRow)


def key(digest: str) -> str:
    """Where the store holds a page."""
    return f"pages/sha256/{digest[:2]}/{digest}"


async def store(graph: Graph, blobs: BlobStore, pages: list[ManifestPage]) -> None:
    """Write the pages that the store does not have, having waited for those on their way out."""
    by_digest = {page.digest: page for page in pages}
    rows = [
        page.model_dump(include={"digest", "first_path", "last_path", "count", "size"})
        for _, page in sorted(by_digest.items())
    ]
    deadline = time.monotonic() + _PATIENCE
    while True:
        states = await graph.write(ANNOUNCE, pages=rows)
        if all(row.state != "CONDEMNED" for row in states):
            break
        if time.monotonic() > deadline:
            raise StoreUnavailable("byte store's sweep")
        await asyncio.sleep(0.05)
    for row in states:
        if row.state == "UPLOADING":
            await blobs.put(key(row.digest), by_digest[row.digest].data)


async def lock(tx: Transaction, pages: list[ManifestPage]) -> bool:
    """Lock announced pages; False where one has to be stored again."""
    digests = sorted({page.digest for page in pages})
    rows = await tx.write(LOCK, digests=digests)
    return len(rows) == len(digests) and all(row.state != "CONDEMNED" for row in rows)


async def publish(tx: Transaction, pages: list[ManifestPage]) -> None:
    """Make locked pages LIVE and draw what they list."""
    rows = await tx.write(LOCK, digests=sorted({page.digest for page in pages}))
    new = {row.digest for row in rows if row.state == "UPLOADING"}
    await tx.write(
        PUBLISH,
        pages=[
            {"digest": page.digest, "blobs": page.blobs}
            for page in {page.digest: page for page in pages}.values()
            if page.digest in new
        ],
    )


async def pages_of(graph: Reader, artifact_id: str) -> list[PageRow]:
    """The pages of a version in order."""
    return await graph.fetch(PAGES, id=artifact_id)
