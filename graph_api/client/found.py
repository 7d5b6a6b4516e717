"""What a URI leads to, whatever its scheme."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that can be fetched: what the URI names itself, or one of those below it."""

    uri: str
    """Its own, with its version where its store keeps versions."""
    inner: str
    """Path below the URI that was asked for, with ``/``; empty for what that names itself."""
    size: int | None
    """Bytes; None where its server does not say."""
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes that are on their way."""

    etag: str | None
    """What their server calls them, without quotes."""
    chunks: Iterable[bytes | memoryview]
