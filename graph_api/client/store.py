"""Bytes straight to and from the object store, by signed URLs."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import httpx

from graph_api.client.errors import FileChanged, StoreRefused, WrongBytes
from graph_api.client.file import File
from graph_api.client.progress import Transfer
from graph_api.client.retry import BUSY, Busy, patiently, reaching
from graph_api.client.transport import CHUNK, transport

THREADS = 8
_TRIES = 3


class Expired(Exception):
    """The store no longer accepts the URL."""


class Gone(StoreRefused):
    """Nothing is there to take the bytes: of a part, its upload has ended."""


class Stopped(Exception):
    """Another file of the same transfer failed."""


@dataclass(frozen=True)
class Upload:
    """A request that puts one file, or a part of it, into the store."""

    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Download:
    """A request whose answer is contents, one after the other."""

    url: str
    headers: Mapping[str, str]
    contents: Sequence[File]
    """A file of each."""


class Sent(Protocol):
    """What goes up in one request."""

    @property
    def path(self) -> str:
        """What to name it by."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The bytes, from the first each time."""
        ...


@dataclass(frozen=True)
class Source:
    """Bytes of a local file that go up at once: all, or a part."""

    path: str
    """The file's within its version, to name it by."""
    local: Path
    offset: int
    size: int
    last: bool
    """Whether the file ends where they end."""

    def chunks(self) -> Iterator[bytes]:
        """The bytes; :class:`FileChanged` if there are fewer, or more."""
        left = self.size
        with self.local.open("rb") as stream:
            stream.seek(self.offset)
            while chunk := stream.read(min(CHUNK, left)):
                left -= len(chunk)
                yield chunk
            if left or (self.last and stream.read(1)):
                raise FileChanged(self.path)


def upload_of(data: dict[str, Any]) -> Upload:
    """The upload that GraphQL describes."""
    return Upload(data["method"], data["url"], _headers(data))


def download_of(data: dict[str, Any], files: Mapping[str, File]) -> Download:
    """The download of some of these files, by SHA-256, that GraphQL describes."""
    return Download(data["url"], _headers(data), [files[sha256] for sha256 in data["sha256s"]])


def _headers(data: dict[str, Any]) -> dict[str, str]:
    return {header["name"]: header["value"] for header in data["headers"]}


class Store:
    """The other end of signed URLs. Safe for threads; it never sees the API key."""

    def __init__(self, base: str) -> None:
        self.http = httpx.Client(
            base_url=base,
            headers={"accept-encoding": "identity"},
            timeout=httpx.Timeout(60, connect=5),
            transport=transport(2 * THREADS),
        )

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def put(
        self,
        source: Sent,
        request: Upload,
        renewed: Callable[[], Upload | None],
        transfer: Transfer,
        stop: Callable[[], bool],
    ) -> None:
        """Upload these bytes; it is no error if the store has them already.

        :class:`Gone` where they are a part of an upload that has ended. ``renewed`` is asked for
        another request once this one has expired; None means that the bytes have arrived by other
        means.
        """
        for tried in range(1, _TRIES + 1):
            try:
                return self._put(source, request, transfer, stop)
            except Expired as expired:
                if tried == _TRIES:
                    raise StoreRefused("PUT", source.path, 403, str(expired)) from expired
            other = renewed()
            if other is None:
                return None
            request = other
        return None

    def _put(
        self,
        source: Sent,
        request: Upload,
        transfer: Transfer,
        stop: Callable[[], bool],
    ) -> None:
        def attempt() -> httpx.Response:
            sent = 0

            def body() -> Iterator[bytes]:
                nonlocal sent
                for chunk in source.chunks():
                    if stop():
                        raise Stopped
                    sent += len(chunk)
                    transfer.advance(len(chunk))
                    yield chunk

            try:
                response = self.http.request(
                    request.method, request.url, content=body(), headers=dict(request.headers)
                )
                # 409: somebody else is sending the same object.
                if response.status_code in BUSY or response.status_code == 409:
                    raise Busy(response)
            except BaseException:
                transfer.advance(-sent)
                raise
            return response

        with reaching(_shown(request.url), _NEXT_STEP):
            response = patiently(attempt, repeatable=True)
        # 412: it is there already. Its bytes were checked then, or are when it is completed.
        if response.is_success or response.status_code == 412:
            return
        if response.status_code == 403:
            raise Expired(response.text)
        if response.status_code == 404:
            raise Gone(request.method, source.path, 404, response.text)
        if response.status_code == 400:
            raise FileChanged(source.path)
        raise StoreRefused(request.method, source.path, response.status_code, response.text)

    def get(
        self,
        file: File,
        sink: BinaryIO,
        renewed: Callable[[], str],
        transfer: Transfer,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Write the file's bytes to the sink; :class:`WrongBytes` if they are not its own."""
        url = file.url or renewed()
        for tried in range(1, _TRIES + 1):
            try:
                return self._get(file, url, sink, transfer, stop)
            except Expired as expired:
                if tried == _TRIES:
                    raise StoreRefused("GET", file.path, 403, str(expired)) from expired
            url = renewed()
        return None

    def get_together(
        self,
        download: Download,
        take: Callable[[File, bytes], None],
        transfer: Transfer,
        stop: Callable[[], bool],
    ) -> None:
        """Hand over small contents one by one, each verified; Expired where the URL has ended.

        After a broken answer they come from the first again.
        """

        def attempt() -> None:
            came = 0
            try:
                with self.http.stream(
                    "GET", download.url, headers=dict(download.headers)
                ) as response:
                    _check(response, download.contents[0].path)
                    for file, data in _parted(response.iter_raw(), download.contents):
                        if stop():
                            raise Stopped
                        take(file, data)
                        came += len(data)
                        transfer.advance(len(data))
            except BaseException:
                transfer.advance(-came)
                raise

        with reaching(_shown(download.url), _NEXT_STEP):
            patiently(attempt, repeatable=True)

    def _get(
        self, file: File, url: str, sink: BinaryIO, transfer: Transfer, stop: Callable[[], bool]
    ) -> None:
        def attempt() -> str:
            sink.seek(0)
            sink.truncate()
            digest, came = hashlib.sha256(), 0
            try:
                with self.http.stream("GET", url) as response:
                    _check(response, file.path)
                    for chunk in _hashed(response.iter_raw(), digest.update):
                        if stop():
                            raise Stopped
                        came += len(chunk)
                        transfer.advance(len(chunk))
                        if file.size is not None and came > file.size:
                            break
                        sink.write(chunk)
            except BaseException:
                transfer.advance(-came)
                raise
            return digest.hexdigest()

        with reaching(_shown(url), _NEXT_STEP):
            actual = patiently(attempt, repeatable=True)
        if actual != file.sha256:
            raise WrongBytes(file.path, str(file.sha256), actual)


def _hashed(chunks: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    """The chunks; each is hashed while the next one comes, which takes as long."""
    with ThreadPoolExecutor(1) as beside:
        behind: Future[None] | None = None
        for chunk in chunks:
            if behind is not None:
                behind.result()
            try:
                behind = beside.submit(update, chunk) if len(chunk) == CHUNK else update(chunk)
            except RuntimeError:
                # While Python ends, threads that go on get no others.
                behind = update(chunk)
            yield chunk


def _parted(chunks: Iterable[bytes], files: Sequence[File]) -> Iterator[tuple[File, bytes]]:
    """Each file's bytes out of those of all; WrongBytes where they are not its own."""
    data = bytearray()
    following = iter(chunks)
    for file in files:
        size = file.size or 0
        while len(data) < size and (chunk := next(following, None)) is not None:
            data += chunk
        own = bytes(data[:size])
        del data[:size]
        actual = hashlib.sha256(own).hexdigest()
        if actual != file.sha256:
            raise WrongBytes(file.path, str(file.sha256), actual)
        yield file, own


_NEXT_STEP = "Can this machine reach the byte store of the service?"


def _shown(url: str) -> str:
    """The address without the signature, which must not end up in logs."""
    return url.partition("?")[0]


def _check(response: httpx.Response, path: str) -> None:
    if response.status_code in BUSY:
        raise Busy(response)
    if response.status_code == 403:
        response.read()
        raise Expired(response.text)
    if response.status_code not in (200, 206):
        response.read()
        raise StoreRefused("GET", path, response.status_code, response.text)
