"""The organization's ledger: who changed what, in which order, each entry chained to the last."""

import hashlib
import re
from contextlib import suppress
from datetime import datetime
from typing import Any

import rfc8785
from pydantic import BaseModel

from graph_api.errors import BadInput
from graph_api.models import instant
from graph_api.models.instant import Instant

GENESIS = "0" * 64
PRESENT = 2**63 - 1
"""A seq that no change ever has: as of it everything is as it is now."""

_NUMBER = re.compile("-?[0-9]{1,19}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Moment(BaseModel, frozen=True):
    """A place in the ledger: its number, and its time (which grows with the number)."""

    seq: int
    at: Instant
    moved: int = 0
    """The newest seq when it was read with which something moved to another project."""


class Place(BaseModel, frozen=True):
    """A place in the ledger, by its number."""

    seq: int


class AsOf(BaseModel, frozen=True):
    """A moment that somebody names: the seq of a change, or a time."""

    seq: int | None = None
    at: int | None = None
    """Microseconds since 1970-01-01 UTC, where there is no seq."""

    @classmethod
    def of(cls, said: object) -> "AsOf":
        """The moment of a number, its digits, or a time as in RFC 3339; else BadInput."""
        if isinstance(said, str) and _NUMBER.fullmatch(said):
            said = int(said)
        if isinstance(said, int) and not isinstance(said, bool):
            if not 0 <= said < PRESENT:
                raise BadInput(f"asOf is {said}; a seq is a number from 0.")
            return cls(seq=said)
        if isinstance(said, str) and _TIME.fullmatch(said):
            with suppress(ValueError, OverflowError):
                at = instant.microseconds(datetime.fromisoformat(said.upper()))
                # Beside the ends of the calendar there are times that no text tells in UTC.
                instant.of(at)
                return cls(at=at)
        raise BadInput(
            f"asOf is {str(said)[:40]!r}; it is the seq of a change, or a time with its offset, as "
            "2026-11-22T18:00:00Z."
        )


class Period(BaseModel, frozen=True):
    """A time in which something held, from the change that began it to the one that ended it."""

    since: int
    set_at: Instant
    set_by: str
    until: int | None
    """None while it holds, as of what follows."""
    ended_at: Instant | None
    ended_by: str | None


class Drawn(BaseModel, frozen=True):
    """A place that a running transaction holds."""

    seq: int
    at: int
    """Microseconds since 1970-01-01 UTC."""
    previous: str


class Change(BaseModel, frozen=True):
    """One structural write."""

    seq: int
    at: int
    """Microseconds since 1970-01-01 UTC."""
    by: str
    what: str
    subjects: tuple[str, ...]
    previous: str
    hash: str


def faults(before: Change | None, change: Change) -> list[str]:
    """What is wrong with a change as the next one of a chain: a sentence each, none for nothing."""
    seq, at, previous = (before.seq, before.at, before.hash) if before else (0, 0, GENESIS)
    says: list[str] = []
    if change.seq != seq + 1:
        says.append(
            f"After change {seq} comes {change.seq}, where {seq + 1} belongs: changes are missing, "
            "or not in their order."
        )
    elif change.previous != previous:
        says.append(
            f"Change {change.seq} names {change.previous[:12]}… as the one before it; that is "
            f"{previous[:12]}…. One of the two was altered."
        )
    if change.at <= at:
        says.append(f"Change {change.seq} is not later than the one before it: its time is wrong.")
    drawn = Drawn(seq=change.seq, at=change.at, previous=change.previous)
    if chained(drawn, change.by, change.what, list(change.subjects)).hash != change.hash:
        says.append(f"Change {change.seq} was altered after it was written: its hash is another.")
    return says


def chained(drawn: Drawn, by: str, what: str, subjects: list[str]) -> Change:
    """The change with its hash: SHA-256 of its other fields as canonical JSON (RFC 8785)."""
    fields: dict[str, Any] = {
        "at": drawn.at,
        "by": by,
        "previous": drawn.previous,
        "seq": drawn.seq,
        "subjects": subjects,
        "what": what,
    }
    return Change(hash=hashlib.sha256(rfc8785.dumps(fields)).hexdigest(), **fields)
