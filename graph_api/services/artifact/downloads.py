"""Where to fetch files of a version: as few requests as there can be."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from pydantic import BaseModel

from graph_api.blobs import BlobStore, SignedUrl
from graph_api.graph import Reader
from graph_api.models.blob import Blob
from graph_api.models.viewer import Viewer
from graph_api.services import blob
from graph_api.services.artifact.files import named


class Download(BaseModel, frozen=True):
    """A request whose answer is these contents, one after the other."""

    request: SignedUrl
    contents: tuple[Blob, ...]


async def downloads(
    graph: Reader,
    blobs: BlobStore,
    viewer: Viewer,
    id: str,
    paths: Sequence[str],
    expires: timedelta,
) -> list[Download]:
    """The requests that bring all that is stored of these files, each content once.

    What lies side by side in a pack comes together; no request reads a byte that is not the
    version's. Empty files and references are left out. BadInput for more than 1,000 paths, and
    for one that the version does not have.
    """
    entries = await named(graph, blobs, viewer, id, paths)
    digests = sorted({entry.sha256 for entry in entries if entry.sha256 and entry.size})
    found = await blob.by_digests(graph, viewer, digests)
    return [
        Download(request=_request(blobs, together, expires), contents=tuple(together))
        for together in _adjacent(one for one in found if one)
    ]


def _adjacent(contents: Iterable[Blob]) -> Iterator[list[Blob]]:
    """Those together that follow each other in one pack without a gap."""
    together: list[Blob] = []
    for one in sorted(contents, key=lambda one: (one.object_key, one.offset)):
        before = together[-1] if together else None
        if before and (one.object_key, one.offset) == (
            before.object_key,
            before.offset + before.size,
        ):
            together.append(one)
            continue
        if together:
            yield together
        together = [one]
    if together:
        yield together


def _request(blobs: BlobStore, together: list[Blob], expires: timedelta) -> SignedUrl:
    first = together[0]
    if not first.packed:
        return blobs.sign_get(first.key, expires)
    size = sum(one.size for one in together)
    return blobs.sign_part_get(first.object_key, (first.offset, size), expires)
