"""Completing uploads: parts become one object, which is read once to verify what it holds."""

import asyncio
import hashlib
import logging
import secrets
import time
from contextvars import Context

from anyio import to_thread

from graph_api.blobs import BlobStore
from graph_api.errors import PartsMissing, UnknownId, UploadMissing, WrongContent
from graph_api.graph import Graph, cypher
from graph_api.models.upload import Upload, UploadId
from graph_api.models.viewer import Viewer
from graph_api.services.upload.request import touched
from graph_api.settings import Limits

_log = logging.getLogger("graph_api")

CLAIM = cypher("upload/claim", UploadId)
VERIFY = cypher("upload/verify")
REFUSE = cypher("upload/refuse", UploadId)

# Seconds: how long a call waits for the end, how often a reader says that it lives, and after how
# long without that another takes over.
_PATIENCE = 10.0
_SAY = 2.0
_DEAD = 10.0
_POLL = 0.5


class Completions:
    """The uploads that this process reads, each in a task that outlives the call that began it."""

    def __init__(self, graph: Graph, blobs: BlobStore) -> None:
        self._graph, self._blobs = graph, blobs
        self._reader = secrets.token_hex(8)
        self._reading: dict[str, asyncio.Task[None]] = {}

    async def complete(
        self, viewer: Viewer, limits: Limits, id: str, patience: float = _PATIENCE
    ) -> Upload:
        """Make the content out of the parts, and verify it; as often as one likes, to one effect.

        Answers the upload, VERIFIED, or OPEN after ``patience`` seconds, while some process still
        reads: ask again. PartsMissing, WrongContent (also when asked again), UnknownId.
        """
        until = time.monotonic() + patience
        upload = await touched(self._graph, viewer, limits, id)
        if upload.state == "OPEN":
            await _assemble(self._blobs, upload)
        while upload.state == "OPEN" and time.monotonic() < until:
            task = await self._task(upload)
            if task is None:
                await asyncio.sleep(_POLL)
            else:
                await asyncio.wait([task], timeout=max(until - time.monotonic(), 0))
                if task.done():
                    task.result()
            upload = await touched(self._graph, viewer, limits, id)
        if upload.state == "ENDED":
            if not upload.found:
                raise UnknownId("Upload", id)
            raise WrongContent(
                "The parts", upload.size, upload.sha256, upload.found_size, upload.found
            )
        return upload

    async def close(self) -> None:
        """Stop reading; another process, or this one anew, begins from the start."""
        tasks = list(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _task(self, upload: Upload) -> asyncio.Task[None] | None:
        """What reads the upload in this process; None where another one does."""
        if upload.id not in self._reading:
            claimed = await self._claim(upload, 0)
            if claimed and upload.id not in self._reading:
                # It goes on when the request that began it has ended, whose deadline is in ours.
                task = asyncio.create_task(self._read(upload), context=Context())
                self._reading[upload.id] = task
                task.add_done_callback(lambda done: self._done(upload, done))
        return self._reading.get(upload.id)

    async def _read(self, upload: Upload) -> None:
        digest, size, said = hashlib.sha256(), 0, time.monotonic()
        async for chunk in self._blobs.read(upload.key):
            await to_thread.run_sync(digest.update, chunk)
            size += len(chunk)
            if time.monotonic() - said > _SAY:
                if not await self._claim(upload, size):
                    return
                said = time.monotonic()
        # Who began it twice left another upload of the key behind.
        await self._blobs.discard(await self._blobs.unfinished(upload.key))
        if (size, digest.hexdigest()) == (upload.size, upload.sha256):
            await self._graph.write(VERIFY, id=upload.id)
            return
        found = digest.hexdigest()
        refused = await self._graph.write(
            REFUSE, id=upload.id, reader=self._reader, found=found, found_size=size
        )
        if refused:
            await self._blobs.delete([upload.key])

    async def _claim(self, upload: Upload, checked: int) -> bool:
        claimed = await self._graph.write(
            CLAIM,
            id=upload.id,
            reader=self._reader,
            checked=checked,
            milliseconds=int(_DEAD * 1000),
        )
        return bool(claimed)

    def _done(self, upload: Upload, task: asyncio.Task[None]) -> None:
        del self._reading[upload.id]
        if not task.cancelled() and (error := task.exception()):
            _log.error("The upload %s could not be verified", upload.id, exc_info=error)


async def _assemble(blobs: BlobStore, upload: Upload) -> None:
    """See to it that the store has one object, as the store itself tells; PartsMissing."""
    if await blobs.size(upload.key) is not None:
        return
    try:
        if upload.store_id:
            await blobs.assemble(upload.key, upload.store_id, upload.part_count)
            return
    except UploadMissing:
        # Another was faster, or the store has forgotten the upload.
        if await blobs.size(upload.key) is not None:
            return
    PartsMissing.check([], upload.part_count)
