"""The zip of a version: made once, streamed to the first who asks while it is made.

It is deterministic: members stored, sorted by path, with one fixed time; so it lies in the store
under the version's digest. It is derived: the sweep may take it.
"""

import asyncio
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
from graph_api.services.artifact.files import entries

REFERENCES = "references.json"

# DOS time begins here; every member has it, so that equal content gives an equal zip.
_TIME = (1980, 1, 1, 0, 0, 0)
# Chunks on their way to the first who asked; a reader who takes none for so long is let go.
_AHEAD = 8
_STALLED = 30.0


class Zips:
    """The zips that this process is making, each once however many ask."""

    def __init__(self, graph: Graph, blobs: BlobStore) -> None:
        self._graph = graph
        self._blobs = blobs
        self._making: dict[str, asyncio.Task[None]] = {}

    async def open(self, viewer: Viewer, artifact: Artifact) -> AsyncGenerator[bytes] | None:
        """The zip as it is being made, for the first who asks; None once it is in the store."""
        place = zip_key(artifact)
        while task := self._making.get(place):
            await asyncio.wait([task])
        if await self._blobs.size(place) is not None:
            return None
        if place in self._making:
            return await self.open(viewer, artifact)
        reader = _Reader()
        task = asyncio.create_task(self._make(viewer, artifact, reader))
        self._making[place] = task
        task.add_done_callback(lambda done: self._done(place, done))
        return reader.chunks()

    async def _make(self, viewer: Viewer, artifact: Artifact, reader: "_Reader") -> None:
        made = False
        try:
            chunks = _copied(zipped(self._graph, self._blobs, viewer, artifact.id), reader)
            async with aclosing(chunks):
                await self._blobs.write(zip_key(artifact), chunks)
            made = True
        finally:
            await reader.end(made)

    def _done(self, place: str, task: asyncio.Task[None]) -> None:
        del self._making[place]
        # Whoever waited asks the store next and begins anew; the first reader was told.
        if not task.cancelled():
            task.exception()


class _Reader:
    """Hands chunks to one response, and lets it go when it stalls or leaves."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | bool] = asyncio.Queue(_AHEAD)
        self._gone = False

    async def take(self, chunk: bytes) -> None:
        await self._put(chunk)

    async def end(self, made: bool) -> None:
        await self._put(made)

    async def chunks(self) -> AsyncGenerator[bytes]:
        try:
            while not isinstance(chunk := await self._queue.get(), bool):
                yield chunk
            if not chunk:
                # The response has begun: only breaking it off tells that it is not whole.
                raise StoreUnavailable("byte store")
        finally:
            self._gone = True
            while not self._queue.empty():
                self._queue.get_nowait()

    async def _put(self, chunk: bytes | bool) -> None:
        if self._gone:
            return
        try:
            await asyncio.wait_for(self._queue.put(chunk), _STALLED)
        except TimeoutError:
            self._gone = True


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
        async for entry in entries(graph, blobs, viewer, id):
            if entry.sha256 is None:
                references.append(entry)
                continue
            if entry.path.startswith("references"):
                paths.add(entry.path)
            (found,) = await blob.by_digests(graph, viewer, [entry.sha256])
            assert found, entry.sha256
            with archive.open(_member(entry.path, found.size), "w") as member:
                async for chunk in blobs.read(found.key):
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
