"""References to objects of S3, Google's and Azure's stores, asked and fetched by obstore.

obstore takes credentials and addresses from the environment, as the tools of each cloud do. It
strips a slash from either end of a key, so keys that differ by one are told apart here.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from graph_api.client.errors import BadArgument, PackageMissing, RemoteRefused, TooManyObjects
from graph_api.client.file import by_etag, by_uri
from graph_api.client.found import Answer, Found
from graph_api.client.parallel import each
from graph_api.client.transport import CHUNK

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta
    from obstore.store import AzureStore, ClientConfig, GCSStore, RetryConfig, S3Store

    Store = S3Store | GCSStore | AzureStore

MOST = 10_000
"""Objects of one prefix, unless more are asked for."""

_URI = re.compile(r"(\w+)://([^/]+)/?(.*)", re.DOTALL)
# How the tools of each cloud write an object's version.
_AZURE = ("?versionid=", re.compile(r"\?versionid=([\w.:+~-]+)\Z"))
_VERSIONS = {
    "s3": ("?versionId=", re.compile(r"\?versionId=([\w.+~-]+)\Z")),
    "gs": ("#", re.compile(r"#(\d+)\Z")),
    "az": _AZURE,
    "azure": _AZURE,
}
SCHEMES = frozenset(_VERSIONS)


@dataclass(frozen=True, slots=True)
class Place:
    """A key, or a prefix of keys, in a bucket; as the clouds' tools do, nothing is unquoted."""

    scheme: str
    bucket: str
    key: str
    version: str | None = None

    @classmethod
    def of(cls, uri: str) -> "Place":
        """What the URI names; :class:`BadArgument` if that is no bucket."""
        found = _URI.fullmatch(uri)
        if found is None or found[3].startswith("/") or "//" in found[3]:
            raise BadArgument(
                f"{uri!r} names no bucket, or a key with an empty part.",
                "Write it like s3://bucket/folder/file.",
            )
        scheme, bucket, key = found[1].lower(), found[2], found[3]
        found = _VERSIONS[scheme][1].search(key)
        if found is None:
            return cls(scheme, bucket, key)
        return cls(scheme, bucket, key[: found.start()], found[1])

    @property
    def uri(self) -> str:
        pinned = "" if self.version is None else _VERSIONS[self.scheme][0] + self.version
        return f"{self.scheme}://{self.bucket}/{self.key}{pinned}"

    @property
    def is_prefix(self) -> bool:
        return not self.key or self.key.endswith("/")


def connect(scheme: str, bucket: str) -> "Store":
    """The bucket. Nothing is asked yet."""
    try:
        from obstore.store import AzureStore, GCSStore, S3Store
    except ImportError as error:
        raise PackageMissing(
            "obstore", f"A reference to {scheme}://", "graph-api[references]"
        ) from error
    # `timeout` and `retry_timeout` count from the first byte asked for, so the usual ones would end
    # a long download that is well; `read_timeout` ends one that stands still.
    long = timedelta(days=7)
    options: ClientConfig = {
        "allow_http": True,
        "connect_timeout": timedelta(seconds=5),
        "read_timeout": timedelta(seconds=60),
        "timeout": long,
    }
    retries: RetryConfig = {"max_retries": 5, "retry_timeout": long}
    with _refusals(f"{scheme}://{bucket}"):
        if scheme == "s3":
            return S3Store(bucket, client_options=options, retry_config=retries)
        if scheme == "gs":
            return GCSStore(bucket, client_options=options, retry_config=retries)
        return AzureStore(bucket, client_options=options, retry_config=retries)


def find(uri: str, most: int) -> list[Found]:
    """The object there, or every object below.

    :class:`TooManyObjects` beyond ``most`` of them; :class:`RemoteRefused` if there is none.
    """
    place = Place.of(uri)
    store = connect(place.scheme, place.bucket)
    with _refusals(uri):
        if not place.is_prefix:
            try:
                return [_found(place, "", _head(store, place))]
            except FileNotFoundError:
                if place.version is not None:
                    raise
        found = list(_below(store, place, most))
    if not found:
        raise RemoteRefused(uri, "nothing is there")
    return found


@contextmanager
def opened(connected: Callable[[str, str], "Store"], uri: str) -> Generator[Answer]:
    """The bytes of an object, in the version that the URI names."""
    import obstore

    place = Place.of(uri)
    if place.is_prefix:
        raise RemoteRefused(uri, "it is a prefix of objects, not one of them")
    store = connected(place.scheme, place.bucket)
    with _refusals(uri):
        got = obstore.get(store, place.key, options=_options(place))

    def chunks() -> Iterator[memoryview]:
        with _refusals(uri):
            for chunk in got.stream(min_chunk_size=CHUNK):
                yield memoryview(chunk)

    yield Answer(_etag(got.meta), chunks())


def _below(store: "Store", place: Place, most: int) -> Iterable[Found]:
    listed = _listed(store, place, most)
    # A listing says no versions. One question tells whether the bucket keeps any, and so whether
    # each object must be asked.
    full = next((meta for meta in listed if meta["size"]), None)
    versions = full is not None and _head(store, _at(place, full))["version"] is not None

    def described(meta: "ObjectMeta", _: object) -> Found | None:
        inner = meta["path"].removeprefix(place.key.rstrip("/")).lstrip("/")
        if versions or not meta["size"]:
            try:
                meta = _head(store, _at(place, meta))
            except FileNotFoundError:
                # The mark of a folder, `data/`, of which obstore shows `data`.
                return None
        return _found(_at(place, meta), inner, meta)

    return filter(None, each(listed, described))


def _listed(store: "Store", place: Place, most: int) -> "list[ObjectMeta]":
    import obstore

    prefix = place.key.rstrip("/")
    listed: dict[str, ObjectMeta] = {}
    # Its other form gives Arrow's batches, whose types are not installed.
    listing = obstore.list(  # pyright: ignore[reportUnknownMemberType]
        store, prefix or None, chunk_size=1000
    )
    for chunk in listing:
        listed |= {meta["path"]: meta for meta in chunk if meta["path"] != prefix}
        if len(listed) > most:
            raise TooManyObjects(place.uri, most)
    return list(listed.values())


def _head(store: "Store", place: Place) -> "ObjectMeta":
    import obstore

    return obstore.get(store, place.key, options={"head": True, **_options(place)}).meta


def _options(place: Place) -> "GetOptions":
    return {} if place.version is None else {"version": place.version}


def _at(place: Place, meta: "ObjectMeta") -> Place:
    return replace(place, key=meta["path"], version=None)


def _found(place: Place, inner: str, meta: "ObjectMeta") -> Found:
    # S3 calls a version "null" that was written while the bucket kept none.
    if meta["version"] not in (None, "null"):
        place = replace(place, version=meta["version"])
    if Place.of(place.uri) != place:
        raise BadArgument(f"The end of the key {place.key!r} reads like a version, and is none.")
    etag = _etag(meta)
    digest = by_uri(place.uri) if etag is None else by_etag(etag)
    return Found(place.uri, inner, meta["size"], digest)


def _etag(meta: "ObjectMeta") -> str | None:
    return meta["e_tag"].strip('"') if meta["e_tag"] else None


@contextmanager
def _refusals(uri: str) -> Generator[None]:
    """Errors of obstore as :class:`RemoteRefused`, without anything that signs a request."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        raise RemoteRefused(uri, "nothing is there") from error
    except BaseError as error:
        # The first line, without queries and the answer's XML; nor may a trace show the rest.
        said = str(error).partition("\n")[0].partition(": <")[0]
        raise RemoteRefused(uri, re.sub(r"(https?://[^\s?]*)\?\S*", r"\1", said)) from None
