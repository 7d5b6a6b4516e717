"""Bytes as files in a folder, reached through URLs that the service itself signs.

``objects/`` holds the objects under their keys. A new one is written in ``incoming/``, on the same
file system, and gets its name only when it is whole, checked and on the disk; what a crash leaves
lies there. ``multipart/`` holds what goes up in parts.
"""

import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread

from graph_api.blobs import headers, signed_path
from graph_api.blobs.folder_multipart import Multipart
from graph_api.blobs.incoming import Incoming
from graph_api.blobs.key import checked, checked_prefix
from graph_api.blobs.signed_path import ExpectedPart
from graph_api.blobs.store import Part, SignedUrl, StoredFile, Unfinished
from graph_api.errors import AlreadyStored, ObjectMissing, StoreUnavailable, WrongBytes

_log = logging.getLogger(__name__)

_CHUNK = 1 << 20
_THREADS = 32

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")


class FolderBlobs:
    """A :class:`~graph_api.blobs.store.BlobStore` for one machine.

    No key may be the folder of another: ``a`` and ``a/b`` exclude each other.
    """

    def __init__(self, root: Path, secret: bytes) -> None:
        self.root = root
        self._secret = secret
        self._objects, self._incoming = root / "objects", root / "incoming"
        self._multipart = Multipart(root / "multipart")
        self._threads = CapacityLimiter(_THREADS)

    def sign_put(self, key: str, size: int, sha256: str | None, expires: timedelta) -> SignedUrl:
        more = {} if sha256 else signed_path.UNHASHED
        return signed_path.sign(
            self._secret, "PUT", key, expires, headers.upload(size, sha256), more
        )

    def sign_get(
        self,
        key: str,
        expires: timedelta,
        filename: str | None = None,
        part: tuple[int, int] | None = None,
    ) -> SignedUrl:
        return signed_path.sign(
            self._secret, "GET", key, expires, {}, signed_path.wanted(filename, part)
        )

    def sign_part_get(self, key: str, part: tuple[int, int], expires: timedelta) -> SignedUrl:
        return self.sign_get(key, expires, part=part)

    def sign_part(self, key: str, upload: str, part: Part, expires: timedelta) -> SignedUrl:
        more = {"upload": upload, "part": str(part.number), "offset": str(part.offset)}
        return signed_path.sign(
            self._secret, "PUT", key, expires, headers.part(part.size, part.sha256), more
        )

    async def receive(
        self,
        key: str,
        query: Mapping[str, str],
        request_headers: Mapping[str, str],
        chunks: AsyncIterator[bytes],
    ) -> None:
        """Store the body of a signed PUT, if it is exactly the bytes that the URL was made for.

        Nothing is stored where this raises UrlForged, UrlExpired, LengthMissing, AlreadyStored,
        UploadMissing or WrongBytes. ``request_headers`` have lower-case names.
        """
        expected = signed_path.authorize_put(self._secret, key, query, request_headers)
        path = self._path(key)
        if isinstance(expected, ExpectedPart):
            await self.parts(key, expected.upload)
        elif await self._run(path.exists):
            raise AlreadyStored(key)

        def publish(incoming: Incoming) -> None:
            sha256 = expected.sha256 or incoming.sha256
            if (incoming.size, incoming.sha256) != (expected.size, sha256):
                raise WrongBytes(key, expected.size, sha256, incoming.size, incoming.sha256)
            if isinstance(expected, ExpectedPart):
                upload, number, offset = expected.upload, expected.number, expected.offset
                return self._multipart.store(key, upload, number, offset, incoming)
            try:
                incoming.link(path)
            except FileExistsError as error:
                raise AlreadyStored(key) from error
            return None

        await self._store(chunks, publish)

    async def find(self, key: str, query: Mapping[str, str]) -> StoredFile:
        filename, part = signed_path.authorize_get(self._secret, key, query)
        stat = await self._run(_stat, self._path(key))
        if stat is None:
            raise ObjectMissing(key)
        offset, size = part or (0, stat.st_size)
        etag = f'"{stat.st_mtime_ns:x}-{offset:x}-{size:x}"'
        return StoredFile(size, etag, headers.attachment(filename), offset)

    async def size(self, key: str) -> int | None:
        stat = await self._run(_stat, self._path(key))
        return None if stat is None else stat.st_size

    async def sizes(self, prefix: str) -> dict[str, int]:
        start = checked_prefix(prefix)
        return dict(await self._run(lambda: sorted(_walk(self._objects, start))))

    async def listed(self, prefix: str) -> AsyncIterator[dict[str, int]]:
        found = _walk(self._objects, checked_prefix(prefix))
        while objects := await self._run(lambda: dict(islice(found, 1000))):
            yield objects

    async def put(self, key: str, data: bytes) -> None:
        async def whole() -> AsyncIterator[bytes]:
            yield data

        await self.write(key, whole())

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        path = self._path(key)
        return await self._store(chunks, lambda incoming: incoming.rename(path))

    async def _store(
        self, chunks: AsyncIterator[bytes], publish: Callable[[Incoming], None]
    ) -> int:
        incoming = await self._run(Incoming, self._incoming)
        try:
            async for block in _blocks(chunks):
                await self._run(incoming.write, block)
            await self._run(publish, incoming)
        finally:
            incoming.discard()
        return incoming.size

    async def read(
        self, key: str, offset: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        file = await self._run(_open, self._path(key))
        if file is None:
            raise ObjectMissing(key)
        with file:
            file.seek(offset)
            left = length
            while left is None or left > 0:
                block = await self._run(file.read, _CHUNK if left is None else min(left, _CHUNK))
                if not block:
                    return
                yield block
                left = None if left is None else left - len(block)

    async def delete(self, keys: Sequence[str]) -> None:
        paths = [self._path(key) for key in keys]

        def unlink() -> None:
            for path in paths:
                with suppress(FileNotFoundError, NotADirectoryError):
                    path.unlink()

        await self._run(unlink)

    async def begin(self, key: str) -> str:
        return await self._run(self._multipart.begin, checked(key))

    async def parts(self, key: str, upload: str) -> list[int]:
        return await self._run(self._multipart.parts, checked(key), upload)

    async def assemble(self, key: str, upload: str, count: int) -> None:
        await self._run(self._multipart.assemble, key, upload, count, self._path(key))

    async def unfinished(self, prefix: str = "") -> list[Unfinished]:
        def found() -> list[Unfinished]:
            uploads = self._multipart.unfinished(checked_prefix(prefix))
            return uploads if prefix else [*uploads, *_left(self._incoming)]

        return await self._run(found)

    async def discard(self, unfinished: Sequence[Unfinished]) -> None:
        def remove() -> None:
            for one in unfinished:
                if one.key:
                    self._multipart.discard(one.key, one.upload)
                else:
                    (self._incoming / one.upload).unlink(missing_ok=True)

        await self._run(remove)

    async def check(self) -> None:
        def make() -> None:
            for folder in (self._objects, self._incoming):
                folder.mkdir(parents=True, exist_ok=True)

        await self._run(make)

    def _path(self, key: str) -> Path:
        return self._objects / checked(key)

    async def _run(self, work: Callable[[*_Args], _T], *args: *_Args) -> _T:
        try:
            return await to_thread.run_sync(work, *args, limiter=self._threads)
        except OSError as error:
            _log.exception("The folder %s cannot be used", self.root)
            raise StoreUnavailable("byte store") from error


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes | bytearray]:
    # A server hands over 64 KiB at a time: too little to be worth a change of threads.
    block = bytearray()
    async for chunk in chunks:
        block += chunk
        if len(block) >= _CHUNK:
            yield block
            block = bytearray()
    yield block


def _stat(path: Path) -> os.stat_result | None:
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return stat if path.is_file() else None


class _File(FileIO):
    """A file that is closed with its last name: who ends while a thread opens it never has it."""

    def __del__(self) -> None:
        self.close()


def _open(path: Path) -> FileIO | None:
    try:
        return _File(path)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _walk(objects: Path, prefix: str) -> Iterator[tuple[str, int]]:
    folders = [prefix.rpartition("/")[0]]
    while folders:
        folder = folders.pop()
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(objects / folder) as found:
            for entry in found:
                key = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir():
                    if f"{key}/".startswith(prefix) or prefix.startswith(f"{key}/"):
                        folders.append(key)
                elif key.startswith(prefix) and (stat := _stat(Path(entry.path))):
                    yield key, stat.st_size


def _left(incoming: Path) -> Iterator[Unfinished]:
    """The files of writers that are at work, or died."""
    for path in sorted(incoming.iterdir()) if incoming.is_dir() else []:
        if stat := _stat(path):
            yield Unfinished("", path.name, datetime.fromtimestamp(stat.st_mtime, UTC))
