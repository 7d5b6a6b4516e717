"""The zip of a version: made once, streamed to the first who asks while it is made.

It is deterministic: members stored, sorted by path, with one fixed time; so it lies in the store
under the version's digest. It is derived: the sweep may take it.
"""

import asyncio
import logging
import time
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import orjson

from graph_api.blobs import BlobStore
from graph_api.errors import StoreUnavailable
from graph_api.graph import Graph
from graph_api.models.artifact import Artifact, zip_key
from graph_api.models.manifest import Entry
from graph_api.models.viewer import Viewer
from graph_api.services import blob
from graph_api.services.artifact.files import entry_pages

_log = logging.getLogger("graph_api")

REFERENCES = "references.json"

# DOS time begins here; every member has it, so that equal content gives an equal zip.
_TIME = (1980, 1, 1, 0, 0, 0)
# How far the making runs ahead of the first who asked, in chunks, and how long it waits for them in
# all, in seconds. Who is slower gets the rest from the store, so that nobody else waits for them.
_AHEAD = 8
_PATIENCE = 5.0


class Zips:
    """The zips that this process is making, each once however many ask."""

    def __init__(self, graph: Graph, blobs: BlobStore) -> None:
        self._graph = graph
        self._blobs = blobs
        self._making: dict[str, asyncio.Task[None]] = {}

    async def open(self, viewer: Viewer, artifact: Artifact) -> AsyncGenerator[bytes] | None:
        """The zip as it is being made, for the first who asks; None once it is in the store."""
        place = zip_key(artifact.digest)
        while True:
            if task := self._making.get(place):
                await asyncio.wait([task])
            elif await self._blobs.size(place) is not None:
                return None
            elif place not in self._making:
                break
        reader = _Reader(self._blobs, place)
        task = asyncio.create_task(self._make(viewer, artifact, reader))
        self._making[place] = task
        task.add_done_callback(lambda done: self._done(place, done))
        return reader.chunks()

    async def close(self) -> None:
        """Stop making; whatever is not whole is not in the store."""
        tasks = list(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, viewer: Viewer, artifact: Artifact, reader: "_Reader") -> None:
        made = False
        try:
            chunks = _copied(zipped(self._graph, self._blobs, viewer, artifact.id), reader)
            async with aclosing(chunks):
                await self._blobs.write(zip_key(artifact.digest), chunks)
            made = True
        finally:
            reader.end(made)

    def _done(self, place: str, task: asyncio.Task[None]) -> None:
        del self._making[place]
        # The first reader sees the response break off; whoever waited asks anew.
        if not task.cancelled() and (error := task.exception()):
            _log.error("The zip %s could not be made", place, exc_info=error)


class _Reader:
    """What the first who asked reads: chunks while they keep pace, then the rest from the store."""

    def __init__(self, blobs: BlobStore, place: str) -> None:
        self._blobs = blobs
        self._place = place
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(_AHEAD)
        self._patience = _PATIENCE
        self._behind = asyncio.Event()
        self._made: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def take(self, chunk: bytes) -> None:
        """Hand a chunk on, if the reader keeps pace."""
        if self._behind.is_set():
            return
        begun = time.monotonic()
        try:
            await asyncio.wait_for(self._queue.put(chunk), self._patience)
        except TimeoutError:
            self._behind.set()
        self._patience -= time.monotonic() - begun

    def end(self, made: bool) -> None:
        """Say that no more comes, and whether the store has it all."""
        self._behind.set()
        self._made.set_result(made)

    async def chunks(self) -> AsyncGenerator[bytes]:
        """All bytes; StoreUnavailable, in the midst of it, where it could not be made."""
        sent = 0
        try:
            while (chunk := await self._next()) is not None:
                yield chunk
                sent += len(chunk)
            if not await asyncio.shield(self._made):
                # The response has begun: only breaking it off tells that it is not whole.
                raise StoreUnavailable("byte store")
            async for chunk in self._blobs.read(self._place, sent):
                yield chunk
        finally:
            self._behind.set()

    async def _next(self) -> bytes | None:
        if self._queue.empty() and not self._behind.is_set():
            getting = asyncio.ensure_future(self._queue.get())
            behind = asyncio.ensure_future(self._behind.wait())
            await asyncio.wait([getting, behind], return_when=asyncio.FIRST_COMPLETED)
            behind.cancel()
            if getting.done():
                return getting.result()
            getting.cancel()
        return None if self._queue.empty() else self._queue.get_nowait()


async def _copied(chunks: AsyncIterator[bytes], reader: _Reader) -> AsyncGenerator[bytes]:
    async for chunk in chunks:
        await reader.take(chunk)
        yield chunk


async def zipped(graph: Graph, blobs: BlobStore, viewer: Viewer, id: str) -> AsyncIterator[bytes]:
    """The bytes of a version's zip; references are listed in ``references.json``."""
    out = _Out()
    references: list[Entry] = []
    paths: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        async for page in entry_pages(graph, blobs, viewer, id):
            digests = sorted({entry.sha256 for entry in page if entry.sha256})
            rows = await blob.by_digests(graph, viewer, digests)
            found = {row.sha256: row for row in rows if row}
            for entry in page:
                if entry.sha256 is None:
                    references.append(entry)
                    continue
                if entry.path.startswith("references"):
                    paths.add(entry.path)
                stored = found[entry.sha256]
                with archive.open(_member(entry.path, stored.size), "w") as member:
                    async for chunk in blobs.read(stored.object_key, stored.offset, stored.size):
                        member.write(chunk)
                        if out.size >= 1 << 20:
                            yield out.take()
        if references:
            name = REFERENCES
            while name in paths:
                name = f"references-{name}"
            listed = [entry.model_dump(exclude_none=True) for entry in references]
            data = orjson.dumps(listed, option=orjson.OPT_INDENT_2)
            archive.writestr(_member(name, len(data)), data)
    yield out.take()


def _member(path: str, size: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(path, _TIME)
    member.create_system = 3
    member.external_attr = 0o644 << 16
    # Zip64 is decided by the size before the first byte is written.
    member.file_size = size
    return member


class _Out:
    """A file that only grows, emptied as it does."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        """Nothing is held."""

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return data
