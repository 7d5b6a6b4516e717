"""Beginning uploads in parts, and going on with them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from typeid import TypeID

from graph_api.blobs import BlobStore, Part, SignedUrl
from graph_api.errors import BadInput, UnknownId, UploadMissing
from graph_api.graph import Graph, cypher
from graph_api.models import instant, names
from graph_api.models.page import MOST
from graph_api.models.upload import (
    Progress,
    StoreId,
    Upload,
    key_of,
    part_size,
    slot,
)
from graph_api.models.viewer import Viewer
from graph_api.settings import Limits

ENSURE = cypher("upload/ensure", Upload)
TOUCH = cypher("upload/touch", Upload)
BEGUN = cypher("upload/begun", StoreId)


async def request(
    graph: Graph, blobs: BlobStore, viewer: Viewer, limits: Limits, contents: set[tuple[str, int]]
) -> dict[tuple[str, int], Progress]:
    """Begin uploads of these contents (SHA-256, size), or go on with those the user has begun.

    The store says which parts have arrived. What is verified already is left out.
    """
    if not contents:
        return {}
    uploads = [_new(viewer, limits, sha256, size) for sha256, size in sorted(contents)]
    # The node is there before the store knows of an upload: of MinIO one must ask by the key.
    found = await graph.write(ENSURE, uploads=uploads, sweep_at=_later(limits))
    while len(found) < len(uploads):
        # The sweep took one away while it was waited for; now it can be begun anew.
        found = await graph.write(ENSURE, uploads=uploads, sweep_at=_later(limits))
    if any(upload.state == "ENDED" for upload in found):
        # The sweep was faster; by now it has given the slot up.
        return await request(graph, blobs, viewer, limits, contents)
    on = [upload for upload in found if upload.state == "OPEN"]
    progress = await asyncio.gather(*(_progress(graph, blobs, upload) for upload in on))
    return {(one.upload.sha256, one.upload.size): one for one in progress}


def _new(viewer: Viewer, limits: Limits, sha256: str, size: int) -> dict[str, str | int]:
    id = str(TypeID(prefix="upload"))
    return {
        "slot": slot(viewer.user, sha256, size),
        "id": id,
        "key": key_of(id),
        "user": viewer.user,
        "sha256": sha256,
        "size": size,
        "part_size": part_size(size, limits.part_bytes),
    }


async def _progress(graph: Graph, blobs: BlobStore, upload: Upload) -> Progress:
    while True:
        if upload.store_id:
            try:
                return Progress(
                    upload=upload, uploaded=tuple(await blobs.parts(upload.key, upload.store_id))
                )
            except UploadMissing:
                # One object by now; or the store has forgotten it, as MinIO does after a day.
                if await blobs.size(upload.key) is not None:
                    return Progress(upload=upload, uploaded=tuple(range(1, upload.part_count + 1)))
        begun = await blobs.begin(upload.key)
        rows = await graph.write(BEGUN, id=upload.id, was=upload.store_id, store_id=begun)
        if not rows:
            raise UnknownId("Upload", upload.id)
        upload = upload.model_copy(update={"store_id": rows[0].store_id})


async def sign_parts(
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    limits: Limits,
    id: str,
    digests: Sequence[tuple[int, str]],
    expires: timedelta,
) -> list[SignedUrl]:
    """Where to PUT parts, given by number and SHA-256.

    UnknownId where the upload is another user's, or has ended.
    """
    if len(digests) > MOST:
        raise BadInput(f"{len(digests):,} parts in one call; at most {MOST:,} can be given.")
    upload = await touched(graph, viewer, limits, id)
    if upload.state == "ENDED" or not upload.store_id:
        raise UnknownId("Upload", id)
    for number, sha256 in digests:
        if not 1 <= number <= upload.part_count:
            raise BadInput(f"There is no part {number}; they are 1 to {upload.part_count:,}.")
        names.sha256(f"part {number}", sha256)
    parts = [Part(number, *upload.part(number), sha256) for number, sha256 in digests]
    return [blobs.sign_part(upload.key, upload.store_id, part, expires) for part in parts]


async def touched(graph: Graph, viewer: Viewer, limits: Limits, id: str) -> Upload:
    """An upload of the user, which the sweep leaves alone for a while; UnknownId where none is."""
    found = await graph.write(TOUCH, id=id, user=viewer.user, sweep_at=_later(limits))
    if not found:
        raise UnknownId("Upload", id)
    return found[0]


def _later(limits: Limits) -> int:
    return instant.now() + limits.draft_seconds * instant.SECOND
