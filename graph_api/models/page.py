"""One page of a list."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from graph_api.errors import BadCursor, BadInput, CursorOfAnother

Item = TypeVar("Item")

DEFAULT = 50
MOST = 1_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some rows of a list in its order, and whether more follow."""

    items: list[Item]
    cursors: list[str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True)
class Counted(Page[Item]):
    """A page of a list that can tell how many it holds altogether."""

    total: Callable[[], Awaitable[int]]


class Listed(BaseModel, Generic[Item], frozen=True):
    """A row of a list, and the key under which it lies in its order."""

    place: str
    item: Item


class Count(BaseModel, frozen=True):
    """How many a list holds."""

    count: int


class Place(BaseModel, frozen=True):
    """Where a page of a list goes on."""

    order: str
    """Names the list's kind, key and direction: its key alone means nothing in another."""
    seq: int
    """The place in the ledger at which the first page was read."""
    key: str

    @property
    def cursor(self) -> str:
        """As text that clients hand back unread."""
        return cursor(orjson.dumps([self.order, self.seq, self.key]).decode())

    @classmethod
    def of(cls, cursor: str, order: str, scope: str) -> "Place":
        """The place that a cursor of this order and scope names, else BadCursor."""
        try:
            named, seq, key = orjson.loads(key_of(cursor))
            place = cls(order=named, seq=seq, key=key)
        except (ValueError, TypeError, ValidationError) as error:
            raise BadCursor(cursor) from error
        if place.order != order or not place.key.startswith(f"{scope}|"):
            raise CursorOfAnother(cursor)
        return place


def page_of(
    rows: list[Item], first: int, after: str | None, key: Callable[[Item], str]
) -> Page[Item]:
    """The page of rows that were read one further than ``first``."""
    items = rows[:first]
    return Page(
        items=items,
        cursors=[cursor(key(item)) for item in items],
        has_next=len(rows) > first,
        has_previous=after is not None,
    )


def at_most(first: int | None) -> int:
    """The page size asked for, or the default; BadInput outside 0 … 1,000."""
    if first is None:
        return DEFAULT
    if not 0 <= first <= MOST:
        raise BadInput(f"first is {first}; a page has 0 to {MOST:,} items.")
    return first


def cursor(key: str) -> str:
    """A key of a list as text that clients hand back unread."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(cursor: str | None) -> str:
    """The key in a cursor, the empty one for none; BadCursor where it is not one of ours."""
    if cursor is None:
        return ""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise BadCursor(cursor) from error
