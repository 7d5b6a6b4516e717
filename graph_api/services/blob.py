"""Blobs: which contents are stored, and the folder store's own signed URLs."""

from collections.abc import AsyncIterator, Mapping, Sequence

from pydantic import BaseModel

from graph_api.blobs import BlobStore, FolderBlobs, StoredFile
from graph_api.blobs.headers import attachment as attachment
from graph_api.errors import UrlForged
from graph_api.graph import Reader, Transaction, Vanished, cypher
from graph_api.models import names
from graph_api.models.blob import Blob, Container, LockedBlob
from graph_api.models.manifest import Entry
from graph_api.models.page import Listed, Page, Stretch, Window, page_of
from graph_api.models.viewer import Viewer
from graph_api.services import upload

READABLE = cypher("blob/readable", Blob)
LOCK = cypher("blob/lock", LockedBlob)
PUBLISH = cypher("blob/publish")
BY_DIGESTS = cypher("blob/by_digests", Blob)
CONTAINING = cypher("blob/containing", Container)


class Content(BaseModel, frozen=True):
    """What a draft lists, and the object it uploaded; None: the content was here before."""

    sha256: str
    size: int
    key: str | None
    upload: str | None = None
    """The upload in parts that made the object."""


async def readable(
    graph: Reader, viewer: Viewer, digests: list[str], *, prefix: str
) -> dict[str, Blob]:
    """The contents among these that a committed version the viewer can read contains.

    Those, too, that the draft with this prefix in the store has brought, and that were drawn.
    """
    rows = await graph.fetch(READABLE, digests=digests, projects=viewer.projects, prefix=prefix)
    return {row.sha256: row for row in rows}


async def brought(
    graph: Reader,
    viewer: Viewer,
    prefix: str,
    entries: Sequence[Entry],
    uploaded: Mapping[str, int],
) -> list[Content]:
    """The contents of these files that a draft may list, by digest; the others are left out.

    ``uploaded`` are the sizes of the objects under the draft's ``prefix``, by their keys.
    """
    sizes = {entry.sha256: entry.size or 0 for entry in entries if entry.sha256}
    contents = {
        sha256: Content(sha256=sha256, size=uploaded[prefix + sha256], key=prefix + sha256)
        for sha256 in sizes
        if prefix + sha256 in uploaded
    }
    others = sorted(sizes.keys() - contents.keys())
    verified = await upload.verified(graph, viewer, [(sha256, sizes[sha256]) for sha256 in others])
    for sha256, known in (await readable(graph, viewer, others, prefix=prefix)).items():
        contents[sha256] = Content(sha256=sha256, size=known.size, key=None)
    for sha256, known in verified.items():
        contents[sha256] = Content(sha256=sha256, size=known.size, key=known.key, upload=known.id)
    return [contents[sha256] for sha256 in sorted(contents)]


async def lock(tx: Transaction, contents: list[Content]) -> dict[str, int]:
    """Lock contents, which are sorted by digest, and make those LIVE that were uploaded.

    The size of each that can be listed now. What is not here, or what the sweep is taking while
    nobody brought it anew, is left out.
    """
    rows = await tx.write(LOCK, digests=[content.sha256 for content in contents])
    if len(rows) != len(contents):
        raise Vanished
    sizes = {row.sha256: row.size for row in rows if row.state == "LIVE" and row.size is not None}
    # An object that the sweep is deleting cannot be saved; brought anew, it has another key.
    going = {row.key for row in rows if row.state == "CONDEMNED"}
    new = [
        content
        for content in contents
        if content.key and content.key not in going and content.sha256 not in sizes
    ]
    taken = await upload.take(tx, [content.upload for content in new if content.upload])
    new = [content for content in new if content.upload is None or content.upload in taken]
    await tx.write(PUBLISH, blobs=[content.model_dump() for content in new])
    return sizes | {content.sha256: content.size for content in new}


async def by_digests(graph: Reader, viewer: Viewer, digests: list[str]) -> list[Blob | None]:
    """Where each content lies. Whether the viewer may have it is the caller's to know."""
    found = {row.sha256: row for row in await graph.fetch(BY_DIGESTS, digests=digests)}
    return [found.get(digest) for digest in digests]


async def containing(
    graph: Reader, viewer: Viewer, sha256: str, window: Window, as_of: int | None = None
) -> Page[str]:
    """Ids of the committed versions with this content that the viewer can read, oldest first.

    Those of now, or as of a seq as far as they have not been purged since. BadDigest for what is no
    SHA-256.
    """
    names.sha256("the content", sha256)

    async def read(stretch: Stretch) -> Listed[str]:
        # Every id lies before "~".
        low, high = stretch.texts("", "~")
        rows = await graph.fetch(
            CONTAINING,
            sha256=sha256,
            seq=as_of,
            low=low,
            high=high,
            first=stretch.most,
            backward=stretch.backward,
            projects=viewer.projects,
        )
        ids = [row.id for row in rows]
        return Listed(ids, ids)

    return await page_of(window, read)


async def receive(
    blobs: BlobStore,
    key: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    chunks: AsyncIterator[bytes],
) -> None:
    """Store the body of a signed PUT; see :meth:`FolderBlobs.receive` for what it refuses."""
    # An S3 store signs uploads of its own, so whatever comes here was not signed by us.
    if not isinstance(blobs, FolderBlobs):
        raise UrlForged("PUT", key)
    await blobs.receive(key, query, headers, chunks)


async def find(blobs: BlobStore, key: str, query: Mapping[str, str]) -> StoredFile:
    """What a signed GET reads; UrlForged, UrlExpired, ObjectMissing."""
    return await blobs.find(key, query)


def read(blobs: BlobStore, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
    """The bytes of what was found."""
    return blobs.read(key, offset, length)
