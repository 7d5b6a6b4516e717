"""Manifest pages: written before the version that has them, shared by all that do."""

from graph_api.blobs import BlobStore
from graph_api.graph import Graph, Reader, Transaction, Vanished, cypher
from graph_api.models.artifact import page_key
from graph_api.models.manifest import ManifestPage, PageRow, PageState

LIVE = cypher("manifest/live", PageState)
LOCK = cypher("manifest/lock", PageState)
PUBLISH = cypher("manifest/publish")
PAGES = cypher("manifest/pages", PageRow)


async def store(
    graph: Graph, blobs: BlobStore, draft_id: str, pages: list[ManifestPage]
) -> dict[str, str]:
    """Write the pages of a draft that are not LIVE; the keys of their objects, by digest."""
    live = {row.digest for row in await graph.fetch(LIVE, digests=_digests(pages))}
    stored: dict[str, str] = {}
    for page in pages:
        if page.digest not in live and page.digest not in stored:
            stored[page.digest] = page_key(draft_id, page.digest)
            await blobs.put(stored[page.digest], page.data)
    return stored


async def lock(
    tx: Transaction, pages: list[ManifestPage], stored: dict[str, str]
) -> list[ManifestPage] | None:
    """Lock a version's pages; those to be published, which are stored and were not LIVE.

    None where one that was LIVE has gone meanwhile: the caller stores it, too.
    """
    digests = _digests(pages)
    rows = await tx.write(LOCK, digests=digests)
    if len(rows) != len(digests):
        raise Vanished
    absent = {row.digest for row in rows if row.state != "LIVE"}
    if absent - stored.keys():
        return None
    return [page for digest, page in _distinct(pages).items() if digest in absent]


async def publish(tx: Transaction, pages: list[ManifestPage], stored: dict[str, str]) -> None:
    """Make locked pages LIVE and draw what they list."""
    fields = {"digest", "first_path", "last_path", "count", "size", "blobs"}
    await tx.write(
        PUBLISH,
        pages=[
            page.model_dump(include=fields) | {"key": stored[page.digest], "bytes": len(page.data)}
            for page in pages
        ],
    )


async def pages_of(graph: Reader, artifact_id: str) -> list[PageRow]:
    """The pages of a version in order."""
    return await graph.fetch(PAGES, id=artifact_id)


def _distinct(pages: list[ManifestPage]) -> dict[str, ManifestPage]:
    return {page.digest: page for page in pages}


def _digests(pages: list[ManifestPage]) -> list[str]:
    return sorted(_distinct(pages))
