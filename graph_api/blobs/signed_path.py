"""Signed paths on the service itself: the folder store's URLs, and parts of objects of S3.

A signature covers the method, the key, the query (the expiry, the file name of the response, the
place of a part) and, for PUT, the headers that say which bytes may come. The signed header names
are fixed, so that a request that leaves one out cannot be told from a forged one, as with S3.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from graph_api.blobs.headers import CHECKSUM, LENGTH, UNLESS
from graph_api.blobs.key import checked
from graph_api.blobs.store import SignedUrl
from graph_api.errors import LengthMissing, UrlExpired, UrlForged

# What the query of a PUT says whose bytes are known by their number alone.
UNHASHED = {"sha256": "any"}


@dataclass(frozen=True)
class Expected:
    """The bytes that a signed PUT may bring."""

    size: int
    sha256: str | None
    """None: any that are so many."""


@dataclass(frozen=True)
class ExpectedPart(Expected):
    """The part of an upload that a signed PUT may bring."""

    upload: str
    number: int
    offset: int


def sign(
    secret: bytes,
    method: str,
    key: str,
    expires: timedelta,
    headers: dict[str, str],
    more: Mapping[str, str],
) -> SignedUrl:
    """The path and query that allow this one request for so long; the query says ``more``."""
    until = datetime.now(UTC).replace(microsecond=0) + expires
    query = {"expires": str(int(until.timestamp())), **more}
    query["signature"] = signature(secret, method, checked(key), query, headers)
    return SignedUrl(method, f"/blobs/{key}?{urlencode(query)}", until, headers)


def authorize_put(
    secret: bytes, key: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> Expected:
    """What the request may bring; else UrlForged, UrlExpired or LengthMissing."""
    if LENGTH not in headers:
        raise LengthMissing(key)
    checksum = () if UNHASHED.items() <= query.items() else (CHECKSUM,)
    names = (LENGTH, *checksum) if "part" in query else (LENGTH, UNLESS, *checksum)
    signed = {name: headers.get(name, "") for name in names}
    _authorize(secret, "PUT", key, query, signed)
    size = int(signed[LENGTH])
    sha256 = base64.b64decode(signed[CHECKSUM]).hex() if checksum else None
    if "part" not in query:
        return Expected(size, sha256)
    return ExpectedPart(size, sha256, query["upload"], int(query["part"]), int(query["offset"]))


def wanted(filename: str | None, part: tuple[int, int] | None) -> dict[str, str]:
    """What the query of a GET says: how the response is called, which bytes of the object it is."""
    name = {} if filename is None else {"filename": filename}
    return name if part is None else {**name, "offset": str(part[0]), "length": str(part[1])}


def authorize_get(
    secret: bytes, key: str, query: Mapping[str, str]
) -> tuple[str | None, tuple[int, int] | None]:
    """What :func:`wanted` was given; UrlForged or UrlExpired."""
    _authorize(secret, "GET", key, query, {})
    part = (int(query["offset"]), int(query["length"])) if "offset" in query else None
    return query.get("filename"), part


def _authorize(
    secret: bytes, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> None:
    given = query.get("signature", "").encode()
    if not hmac.compare_digest(given, signature(secret, method, key, query, headers).encode()):
        raise UrlForged(method, key)
    expires_at = datetime.fromtimestamp(int(query["expires"]), UTC)
    if datetime.now(UTC) >= expires_at:
        raise UrlExpired(key, expires_at)


def signature(
    secret: bytes, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> str:
    """The proof that the holder of the secret allows exactly this request."""
    asked = sorted(item for item in query.items() if item[0] != "signature")
    # JSON, because a file name may contain any separator.
    covered = [method, key, asked, sorted(headers.items())]
    return hmac.digest(secret, json.dumps(covered).encode(), "sha256").hex()
