"""Logging a version of small files and references in one call."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from pydantic import BaseModel

from graph_api.blobs import BlobStore
from graph_api.errors import BadInput, GraphApiError, NotADraft
from graph_api.graph import Graph
from graph_api.models.artifact import Committed, NewArtifact, upload_prefix
from graph_api.models.idempotency import Call
from graph_api.models.manifest import Entry
from graph_api.models.viewer import Viewer
from graph_api.services import idempotency
from graph_api.services.artifact.commit import commit
from graph_api.services.artifact.draft import add_files, checked_files, create_draft, delete_draft
from graph_api.settings import Limits

LARGEST = 64 * 1024


class Given(BaseModel, frozen=True):
    """A file whose bytes come with the call, or a reference."""

    entry: Entry
    content: bytes | None

    def described(self) -> Entry:
        """The entry with the size and digest of its bytes; BadInput where there are too many."""
        if self.content is None:
            return self.entry
        if len(self.content) > LARGEST:
            raise BadInput(
                f"{self.entry.path!r} has {len(self.content):,} bytes; at most {LARGEST:,} can be "
                "given in the call: upload it instead."
            )
        sha256 = hashlib.sha256(self.content).hexdigest()
        return self.entry.model_copy(update={"sha256": sha256, "size": len(self.content)})


async def log(
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    limits: Limits,
    new: NewArtifact,
    files: Sequence[Given],
    call: Call | None = None,
) -> Committed:
    """Draft, fill and commit a version."""
    if known := await idempotency.known(graph, viewer, call, Committed):
        return known
    entries = checked_files(limits, [file.described() for file in files])
    id = await create_draft(graph, viewer, limits, new)
    try:
        await add_files(graph, viewer, limits, id, entries, timedelta())
        for file, entry in zip(files, entries, strict=True):
            if file.content is not None and entry.sha256:
                await blobs.put(upload_prefix(id) + entry.sha256, file.content)
        made = await commit(graph, blobs, viewer, id, call)
    except GraphApiError:
        await _withdraw(graph, viewer, id)
        raise
    if made.id != id:
        # The same call, when it came before, made a draft of its own.
        await _withdraw(graph, viewer, id)
    return made


async def _withdraw(graph: Graph, viewer: Viewer, id: str) -> None:
    with suppress(NotADraft):
        await delete_draft(graph, viewer, id)
