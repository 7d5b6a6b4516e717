"""Bytes in a bucket of MinIO or any other S3."""

import hashlib
import hmac
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import BinaryIO, TypeVar, TypeVarTuple, cast
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import checkpoint
from minio import Minio
from minio.deleteobjects import DeleteError, DeleteObject
from minio.error import MinioException, S3Error
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from graph_api.blobs import headers, signed_path
from graph_api.blobs.key import checked, checked_prefix
from graph_api.blobs.pulled import Pulled, StreamEnded
from graph_api.blobs.s3_multipart import Multipart, Refused
from graph_api.blobs.sigv4 import Signer
from graph_api.blobs.store import Part, SignedUrl, StoredFile, Unfinished
from graph_api.errors import ObjectMissing, StoreUnavailable, UploadMissing, UrlForged

_log = logging.getLogger(__name__)

_CHUNK = 1 << 20
# S3 takes 10,000 parts: 312 GiB in one stream. A stream holds up to three parts in memory.
_PART = 32 << 20
_THREADS = 32
# Streams have threads of their own: what they store may be read from this very store.
_STREAMS = 8

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")


class S3Blobs:
    """A :class:`~graph_api.blobs.store.BlobStore` over the S3 API, with path-style addresses.

    ``endpoint`` and ``public_endpoint`` (the one that clients reach, if it differs) are
    ``http(s)://host[:port]``.
    """

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        region: str = "us-east-1",
        public_endpoint: str | None = None,
    ) -> None:
        self.bucket = bucket
        self._scheme, self.host = _address(public_endpoint or endpoint)
        self.signer = Signer(access_key, secret_key, region)
        # Not the key itself, which signs for the store.
        self._secret = hmac.digest(secret_key.encode(), b"paths on the service", "sha256")
        self._threads, self._streams = CapacityLimiter(_THREADS), CapacityLimiter(_STREAMS)
        scheme, host = _address(endpoint)
        http = PoolManager(
            maxsize=_THREADS,
            timeout=Timeout(connect=1.5, read=60),
            # One more try, for a kept connection that the server has just closed.
            retries=Retry(connect=0, read=1, redirect=0, status=0, other=0),
        )
        self._multipart = Multipart(http, self.signer, scheme, host, bucket)
        self._client = Minio(
            host,
            access_key,
            secret_key,
            secure=scheme == "https",
            region=region,
            http_client=http,
        )

    def sign_put(self, key: str, size: int, sha256: str | None, expires: timedelta) -> SignedUrl:
        return self._sign("PUT", key, expires, headers.upload(size, sha256), {})

    def sign_get(
        self,
        key: str,
        expires: timedelta,
        filename: str | None = None,
        part: tuple[int, int] | None = None,
    ) -> SignedUrl:
        if part is None:
            query = {"response-content-disposition": headers.attachment(filename)}
            return self._sign("GET", key, expires, {}, query)
        # S3 has no URL for a part that a browser could follow: the service reads it.
        more = signed_path.wanted(filename, part)
        return signed_path.sign(self._secret, "GET", key, expires, {}, more)

    def sign_part_get(self, key: str, part: tuple[int, int], expires: timedelta) -> SignedUrl:
        offset, length = part
        signed = {"range": f"bytes={offset}-{offset + length - 1}"}
        return self._sign("GET", key, expires, signed, {})

    async def find(self, key: str, query: Mapping[str, str]) -> StoredFile:
        filename, part = signed_path.authorize_get(self._secret, key, query)
        if part is None:
            raise UrlForged("GET", key)
        offset, size = part
        if await self.size(key) is None:
            raise ObjectMissing(key)
        # An object never changes.
        etag = hashlib.sha256(f"{key} {offset} {size}".encode()).hexdigest()[:32]
        return StoredFile(size, f'"{etag}"', headers.attachment(filename), offset)

    def _sign(
        self,
        method: str,
        key: str,
        expires: timedelta,
        signed: dict[str, str],
        query: dict[str, str],
    ) -> SignedUrl:
        now = datetime.now(UTC).replace(microsecond=0)
        path = f"/{self.bucket}/{checked(key)}"
        url = self.signer.presign(
            method,
            self._scheme,
            self.host,
            path,
            now=now,
            expires=expires,
            headers=signed,
            query=query,
        )
        return SignedUrl(method, url, now + expires, signed)

    async def size(self, key: str) -> int | None:
        try:
            return (await self._run(self._client.stat_object, self.bucket, checked(key))).size
        except ObjectMissing:
            return None

    async def sizes(self, prefix: str) -> dict[str, int]:
        start = checked_prefix(prefix)

        def listed() -> dict[str, int]:
            found = self._client.list_objects(self.bucket, start, recursive=True)
            return dict(sorted((str(one.object_name), one.size or 0) for one in found))

        return await self._run(listed)

    async def listed(self, prefix: str) -> AsyncIterator[dict[str, int]]:
        found = self._client.list_objects(self.bucket, checked_prefix(prefix), recursive=True)

        def some() -> dict[str, int]:
            return {str(one.object_name): one.size or 0 for one in islice(found, 1000)}

        while objects := await self._run(some):
            yield objects

    async def put(self, key: str, data: bytes) -> None:
        name = checked(key)
        await self._run(
            lambda: self._client.put_object(self.bucket, name, BytesIO(data), len(data))
        )

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        name, stream = checked(key), Pulled(chunks)

        def upload() -> None:
            # One part at a time, so that none is on its way when a failed upload is aborted.
            self._client.put_object(
                self.bucket,
                name,
                cast(BinaryIO, stream),
                -1,
                part_size=_PART,
                num_parallel_uploads=1,
            )

        try:
            await self._run(upload, limiter=self._streams)
        except StreamEnded as ended:
            await checkpoint()
            raise (ended.__cause__ or ended) from None
        finally:
            stream.abandon()
        return stream.taken

    async def read(
        self, key: str, offset: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        response = await self._run(self._get, checked(key), offset, length)
        if response is None:
            return
        try:
            while block := await self._run(response.read, _CHUNK):
                yield block
        finally:
            response.close()
            response.release_conn()

    def _get(self, key: str, offset: int, length: int | None) -> BaseHTTPResponse | None:
        if length == 0:
            self._client.stat_object(self.bucket, key)
            return None
        try:
            return self._client.get_object(self.bucket, key, offset, length or 0)
        except S3Error as error:
            if error.code == "InvalidRange":
                return None
            raise

    async def delete(self, keys: Sequence[str]) -> None:
        names = [DeleteObject(checked(key)) for key in keys]

        def remove() -> list[DeleteError]:
            return list(self._client.remove_objects(self.bucket, names))

        for error in await self._run(remove):
            _log.error("S3 does not delete %s: %s %s", error.name, error.code, error.message)
            raise StoreUnavailable("byte store")

    async def begin(self, key: str) -> str:
        return await self._run(self._multipart.begin, checked(key))

    def sign_part(self, key: str, upload: str, part: Part, expires: timedelta) -> SignedUrl:
        query = {"partNumber": str(part.number), "uploadId": upload}
        return self._sign("PUT", key, expires, headers.part(part.size, part.sha256), query)

    async def parts(self, key: str, upload: str) -> list[int]:
        found = await self._run(self._multipart.parts, checked(key), upload)
        return sorted(int(part.number) for part in found)

    async def assemble(self, key: str, upload: str, count: int) -> None:
        await self._run(self._multipart.assemble, checked(key), upload, count)

    async def unfinished(self, prefix: str = "") -> list[Unfinished]:
        return await self._run(self._multipart.unfinished, checked_prefix(prefix))

    async def discard(self, unfinished: Sequence[Unfinished]) -> None:
        for one in unfinished:
            with suppress(UploadMissing):
                await self._run(self._multipart.abort, one.key, one.upload)

    async def check(self) -> None:
        def make() -> None:
            if self._client.bucket_exists(self.bucket):
                return
            try:
                self._client.make_bucket(self.bucket)
            except S3Error as error:
                # Another worker was faster.
                if error.code != "BucketAlreadyOwnedByYou":
                    raise

        await self._run(make)

    async def _run(
        self,
        work: Callable[[*_Args], _T],
        *args: *_Args,
        limiter: CapacityLimiter | None = None,
    ) -> _T:
        try:
            return await to_thread.run_sync(work, *args, limiter=limiter or self._threads)
        except S3Error as error:
            if error.code == "NoSuchKey":
                raise ObjectMissing(str(error.object_name)) from error
            _log.error("S3 answered %s: %s", error.code, error.message)
            raise StoreUnavailable("byte store") from error
        except Refused as error:
            _log.error("S3 answered %s", error)
            raise StoreUnavailable("byte store") from error
        except (MinioException, HTTPError) as error:
            _log.error("S3 does not answer: %s", error)
            raise StoreUnavailable("byte store") from error


def _address(endpoint: str) -> tuple[str, str]:
    """Scheme and host, the latter as HTTP clients send it: without the scheme's own port."""
    url = urlsplit(endpoint)
    own = {"http": ":80", "https": ":443"}.get(url.scheme)
    if own is None or not url.hostname or url.path.strip("/"):
        raise ValueError(f"{endpoint!r} is no address like https://host or http://host:9000")
    return url.scheme, url.netloc.removesuffix(own)
