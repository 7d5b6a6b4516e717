"""What a store of bytes does. Two implementations, one contract test."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class SignedUrl:
    """A request that anyone who holds it may make until it expires.

    ``url`` is absolute, or a path on the service itself (the folder store). Every header in
    ``headers`` must be sent as it stands.
    """

    method: str
    url: str
    expires_at: datetime
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Part:
    """A part of an object: where its bytes belong, how many and which they are."""

    number: int
    """From 1 on."""
    offset: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Unfinished:
    """What lies in the store and is no object: an upload in parts, or what a dead writer left."""

    key: str
    """Of the object that it was to be; empty where nobody knows any more."""
    upload: str
    """The store's name of it."""
    since: datetime
    """When it began (S3), or last grew (the folder)."""


@dataclass(frozen=True)
class StoredFile:
    """What a GET or HEAD answers before the bytes."""

    size: int
    etag: str
    disposition: str
    offset: int = 0
    """The byte of the object where it begins."""


class BlobStore(Protocol):
    """Objects under keys: immutable, listed by prefix, read by range.

    A key is ``/``-separated segments of ``[A-Za-z0-9._-]``, none of them ``.`` or ``..``; every
    method raises :class:`~graph_api.errors.BadKey` for another. No key is the folder of another.
    Every method that reaches the store raises :class:`~graph_api.errors.StoreUnavailable` when it
    does not answer.
    """

    def sign_put(self, key: str, size: int, sha256: str | None, expires: timedelta) -> SignedUrl:
        """A URL that stores exactly these bytes once; without ``sha256``, any that are so many.

        The signature covers ``content-length``, ``x-amz-checksum-sha256`` (base64 of the digest)
        and ``if-none-match: *``, so that the store itself refuses other bytes (400), a request
        that leaves a header out (403; MinIO says 400) and a second upload (412).

        ``sha256`` is lower-case hexadecimal, ``size`` is in bytes.
        """
        ...

    def sign_get(
        self,
        key: str,
        expires: timedelta,
        filename: str | None = None,
        part: tuple[int, int] | None = None,
    ) -> SignedUrl:
        """A URL that reads the object, also by Range; a browser saves it as ``filename``.

        ``part`` is an offset and a length in bytes, not 0: the URL reads these as if they were all.
        """
        ...

    def sign_part_get(self, key: str, part: tuple[int, int], expires: timedelta) -> SignedUrl:
        """A request that reads these bytes alone, with its headers, from the store itself."""
        ...

    async def find(self, key: str, query: Mapping[str, str]) -> StoredFile:
        """What a GET (or HEAD) of a path that was signed here reads; ``read`` gives the bytes.

        Raises UrlForged, UrlExpired, ObjectMissing.
        """
        ...

    async def size(self, key: str) -> int | None:
        """Bytes of the object, or None where there is none."""
        ...

    async def sizes(self, prefix: str) -> dict[str, int]:
        """Bytes of every object whose key starts with ``prefix``, by key, sorted."""
        ...

    def listed(self, prefix: str) -> AsyncIterator[dict[str, int]]:
        """What :meth:`sizes` answers, in any order and at most 1,000 at a time."""
        ...

    async def put(self, key: str, data: bytes) -> None:
        """Store a small object whole; the same key again is replaced atomically."""
        ...

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        """Store a stream of any length in flat memory; nothing is there unless it ends well.

        Returns the bytes written. An exception out of ``chunks`` is raised again.
        """
        ...

    def read(self, key: str, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes in chunks of at most 1 MiB; ObjectMissing where there is none.

        Behind the end there are no bytes, and that is no error.
        """
        ...

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove objects; a key that is not there is no error."""
        ...

    async def begin(self, key: str) -> str:
        """Begin an object that goes up in parts, any number of times; the store's name of it.

        S3 takes 10,000 parts of 5 MiB to 5 GiB; only the last may be smaller.
        """
        ...

    def sign_part(self, key: str, upload: str, part: Part, expires: timedelta) -> SignedUrl:
        """A URL that stores exactly this part; sent again, it is stored again or answered 412.

        As with :meth:`sign_put` the store refuses other bytes. It answers 404 once the upload has
        become an object or was discarded.
        """
        ...

    async def parts(self, key: str, upload: str) -> list[int]:
        """Numbers of the parts that have arrived, sorted; UploadMissing where there is none."""
        ...

    async def assemble(self, key: str, upload: str, count: int) -> None:
        """Make the object out of parts 1 to ``count``; what they make together is not looked at.

        PartsMissing where one has not arrived, UploadMissing where it was done already, or the
        upload was discarded.
        """
        ...

    async def unfinished(self, prefix: str = "") -> list[Unfinished]:
        """What lies around of keys with this prefix; with an empty one, all that is known of.

        MinIO knows only a whole key or all that came since it started, and forgets both after a
        day.
        """
        ...

    async def discard(self, unfinished: Sequence[Unfinished]) -> None:
        """Remove these; one that is not there any more is no error."""
        ...

    async def check(self) -> None:
        """Returns when the store answers and its bucket or folder is there."""
        ...
