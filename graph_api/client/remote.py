"""References: bytes that stay where they are.

This machine asks and fetches them, with its own rights; the service never does.
"""

import functools
import hashlib
import re
import warnings
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import httpx

from graph_api.client import bucket, web
from graph_api.client.errors import (
    BadArgument,
    Collapsed,
    FileMissing,
    OnlyAReference,
    RemoteChanged,
    RemoteRefused,
    TooManyObjects,
)
from graph_api.client.file import File, by_sha256, by_uri, checked, hashed, inner
from graph_api.client.found import Answer, Found
from graph_api.client.parallel import each
from graph_api.client.progress import Transfer
from graph_api.client.retry import patiently, reaching
from graph_api.client.store import Expired, Stopped
from graph_api.client.transport import CHUNK

_TRIES = 3
_WEB = ("http", "https")
# What makes an address of S3, Google or Azure a signed one.
_SIGNED = re.compile(r"(^|&)(X-Amz-Signature|X-Goog-Signature|sig)=", re.IGNORECASE)


def look(
    uri: str,
    name: str | None,
    metadata: dict[str, Any] | None,
    *,
    checksum: bool,
    max_objects: int | None,
    collapse: bool,
) -> list[File]:
    """The entries that a reference to the URI makes, as ``Artifact.add_reference`` says."""
    scheme = _scheme(uri)
    if max_objects is not None and max_objects < 1:
        raise BadArgument(f"max_objects is {max_objects}; it must be at least 1.")
    try:
        found = _find(scheme, uri, checksum, max_objects)
    except TooManyObjects as error:
        if not collapse:
            raise
        warnings.warn(f"{error.message} One reference stands for all.", Collapsed, stacklevel=5)
        found = [Found(uri, "", None, by_uri(uri))]
    return [
        File(_path(uri, name, one.inner), one.size, None, one.uri, one.digest, metadata)
        for one in found
    ]


def told(
    uri: str,
    name: str | None,
    metadata: dict[str, Any] | None,
    size: int | None,
    digest: str | None,
) -> list[File]:
    """The entry of a reference of which the caller knows size or digest: nothing is asked."""
    _scheme(uri)
    return [File(_path(uri, name, ""), size, None, uri, digest or by_uri(uri), metadata)]


class Remotes:
    """The other ends of the references of one download, each connected to once."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._bucket = functools.cache(bucket.connect)

    def fetch(
        self,
        file: File,
        sink: BinaryIO,
        transfer: Transfer,
        stop: Callable[[], bool],
        renewed: Callable[[], str | None] = lambda: None,
    ) -> None:
        """Write the bytes that the reference names to the sink.

        They come from the file's ``url`` where the service signed one, which ``renewed`` is asked
        for again once it has expired. :class:`RemoteChanged` if they are not those that were
        logged: by SHA-256, ETag or size, as far as the reference says them.
        :class:`OnlyAReference` for a scheme of which nothing is known.
        """
        for tried in range(1, _TRIES + 1):
            try:
                return self._fetch(file, sink, transfer, stop)
            except Expired as expired:
                if tried == _TRIES:
                    uri, said = str(file.reference), str(expired)
                    raise RemoteRefused(uri, said, signed=True) from expired
            file = replace(file, url=renewed())
        return None

    def _fetch(
        self, file: File, sink: BinaryIO, transfer: Transfer, stop: Callable[[], bool]
    ) -> None:
        uri = _shown(str(file.reference))

        def attempt() -> tuple[int, str]:
            sink.seek(0)
            sink.truncate()
            digest, came = hashlib.sha256(), 0
            try:
                with self._opened(file) as answer:
                    if file.etag is not None and answer.etag != file.etag:
                        said = f"the ETag {file.etag}"
                        raise RemoteChanged(file.path, uri, said, str(answer.etag))
                    for chunk in answer.chunks:
                        if stop():
                            raise Stopped
                        came += len(chunk)
                        transfer.advance(len(chunk))
                        if file.size is not None and came > file.size:
                            break
                        if file.checksum is not None:
                            digest.update(chunk)
                        sink.write(chunk)
            except BaseException:
                transfer.advance(-came)
                raise
            return came, digest.hexdigest()

        with reaching(uri if file.url is None else web.shown(file.url), web.NEXT_STEP):
            came, actual = patiently(attempt, repeatable=True)
        if file.size is not None and came != file.size:
            more = "more" if came > file.size else f"{came:,}"
            raise RemoteChanged(file.path, uri, f"{file.size:,} bytes", more)
        if file.checksum not in (None, actual):
            raise RemoteChanged(file.path, uri, f"the SHA-256 {file.checksum}", actual)

    def _opened(self, file: File) -> AbstractContextManager[Answer]:
        uri = str(file.reference)
        scheme = _scheme(uri)
        if file.url is not None:
            return web.signed(self._http, file.url, uri)
        if scheme in _WEB:
            return web.opened(self._http, uri)
        if scheme in bucket.SCHEMES:
            return bucket.opened(self._bucket, uri)
        if scheme == "file":
            return _opened(_local(uri))
        raise OnlyAReference(file.path, uri)


def _find(scheme: str, uri: str, checksum: bool, most: int | None) -> list[Found]:
    if scheme == "file":
        return _files(_local(uri), uri, checksum, most)
    if checksum and scheme in _WEB:
        return web.find(uri)
    if checksum and scheme in bucket.SCHEMES:
        return bucket.find(uri, most or bucket.MOST)
    return [Found(uri, "", None, by_uri(uri))]


def _shown(uri: str) -> str:
    """The URI as errors may show it."""
    return web.shown(uri) if _scheme(uri) in _WEB else uri


def _files(local: Path, uri: str, checksum: bool, most: int | None) -> list[Found]:
    paths = [""]
    if local.is_dir():
        paths = inner(local)
        if most is not None and len(paths) > most:
            raise TooManyObjects(uri, most)

    def described(path: str, _: object) -> Found:
        file = local / path
        at = file.as_uri() if path else uri
        if not file.is_file():
            raise FileMissing(file)
        if not checksum:
            return Found(at, path, file.stat().st_size, by_uri(at))
        size, sha256 = hashed(file)
        return Found(at, path, size, by_sha256(sha256))

    return list(each(paths, described))


@contextmanager
def _opened(local: Path) -> Generator[Answer]:
    if not local.is_file():
        raise FileMissing(local)
    with local.open("rb") as stream:
        yield Answer(None, iter(lambda: stream.read(CHUNK), b""))


def _local(uri: str) -> Path:
    parts = urlsplit(uri)
    other = parts.netloc not in ("", "localhost")
    if other or parts.query or parts.fragment or not parts.path.startswith("/"):
        raise BadArgument(
            f"{uri!r} is no path of this machine.",
            "Write it like file:///folder/file, with %23 for # and %3F for ?.",
        )
    return Path(url2pathname(parts.path))


def _path(uri: str, name: str | None, inner: str) -> str:
    """Where an entry lies: below the name, or under it, or under its own."""
    if inner:
        return checked("/".join(filter(None, ((name or "").strip("/"), inner))))
    if name is None:
        if _scheme(uri) in bucket.SCHEMES:
            place = bucket.Place.of(uri)
            name = place.key.rstrip("/").rpartition("/")[2] or place.bucket
        else:
            parts = urlsplit(uri)
            name = PurePosixPath(unquote(parts.path)).name or parts.netloc
    return checked(name)


def _scheme(uri: str) -> str:
    """The scheme; :class:`BadArgument` for what is no URI, or has a password in it."""
    named = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", uri)
    if named is None:
        raise BadArgument(f"{uri!r} is no URI, like s3://bucket/prefix or file:///folder/file.")
    scheme = named[1].lower()
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise BadArgument(f"{uri!r} is no URI: {error}.") from error
    if scheme in _WEB and not parts.hostname:
        raise BadArgument(f"{uri!r} names no host.")
    if parts.password is not None or (scheme in _WEB and parts.username is not None):
        raise BadArgument(
            f"The URI of {parts.hostname} has a password or a token in it, which everybody who "
            "reads the artifact would see.",
            "Leave it out.",
        )
    if _SIGNED.search(parts.query):
        raise BadArgument(
            f"{web.shown(uri)!r} is signed, and everybody who reads the artifact could use that.",
            "Leave the query out, or name the object by its bucket.",
        )
    if scheme in bucket.SCHEMES:
        bucket.Place.of(uri)
    return scheme
