"""A page of a list, after the Relay cursor connection specification.

A list lies in the order of its keys, one of which is in each cursor:

1. ``after`` and ``before`` cut the list past or before the place of a key, whether or not there
   still is an item.
2. A page is read from one end of what lies between its cuts, and one item further than it is long:
   so it is known whether more lies there.
3. Whether anything lies beyond the other cut, one item read from there says, once someone asks.
"""

import base64
import binascii
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, NamedTuple, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from graph_api.errors import BadCursor, BadInput, CursorOfAnother

Item = TypeVar("Item")

DEFAULT = 50
MOST = 1_000
# Of a number in a cursor, at most.
_DIGITS = 18
_GREATEST = 2**63 - 1


@dataclass(frozen=True)
class Window:
    """The part of a list that is asked for: the first or the last items between two cursors.

    The first 50 unless said, or the last 50 where there is ``before`` and no ``first``. BadInput
    for both ``first`` and ``last``, and for a size outside 0 … 1,000.
    """

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    newest: int | None = None
    """The newest seq of the ledger, where it was read just now."""

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None:
            raise BadInput(
                f"first is {self.first} and last is {self.last}; a page is at one end, so give "
                "one of them."
            )
        for name, size in (("first", self.first), ("last", self.last)):
            if size is not None and not 0 <= size <= MOST:
                raise BadInput(f"{name} is {size}; a page has 0 to {MOST:,} items.")

    @property
    def size(self) -> int:
        """Most items of the page."""
        size = self.last if self.first is None else self.first
        return DEFAULT if size is None else size

    @property
    def backward(self) -> bool:
        """Whether the page is at the end."""
        return self.first is None and (self.last is not None or self.before is not None)

    def as_of(self, newest: int) -> "Window":
        """The same, where the newest seq was read just now."""
        return replace(self, newest=newest)

    def stretch(self, key_of: Callable[[str], str]) -> "Stretch":
        """What is read for it: its page, and one item further."""
        start = None if self.after is None else Cut(key_of(self.after), past=True)
        end = None if self.before is None else Cut(key_of(self.before), past=False)
        return Stretch(start, end, self.size + 1, self.backward)


@dataclass(frozen=True)
class Cut:
    """Where a list is cut: before the place of a key, or past it."""

    key: str
    past: bool

    @property
    def text(self) -> str:
        """The least text that lies behind it."""
        return self.key + "\0" if self.past else self.key

    @property
    def number(self) -> int:
        """The least number that lies behind it; BadCursor where the key is none."""
        if not (self.key.isascii() and self.key.isdecimal() and len(self.key) <= _DIGITS):
            raise BadCursor(cursor(self.key))
        return int(self.key) + self.past

    def turned(self) -> "Cut":
        """The same cut of the list from its end to its beginning."""
        return Cut(self.key, not self.past)


@dataclass(frozen=True)
class Stretch:
    """What is read of a list: the items between two cuts, from the beginning or the end on."""

    start: Cut | None
    end: Cut | None
    most: int
    backward: bool = False

    def turned(self) -> "Stretch":
        """The same of the list from its end to its beginning."""
        start, end = self.end and self.end.turned(), self.start and self.start.turned()
        return Stretch(start, end, self.most, not self.backward)

    def texts(self, low: str, high: str) -> tuple[str, str]:
        """The texts from which on and up to which keys lie in it, within those of the list."""
        return (self.start.text if self.start else low, self.end.text if self.end else high)

    def numbers(self) -> tuple[int, int]:
        """The numbers from which on and up to which keys lie in it; BadCursor for no numbers."""
        return (
            self.start.number if self.start else 0,
            self.end.number if self.end else _GREATEST,
        )

    def meets(self, first: str, last: str) -> bool:
        """Whether anything from the first to the last text can lie in it."""
        low, high = self.texts("", "")
        return last >= low and (self.end is None or first < high)

    def of(self, items: Sequence[Item], key: Callable[[Item], str]) -> "Listed[Item]":
        """What lies in it of all items, which are in the order of their keys."""
        low, high = self.texts("", "")
        start = bisect_left(items, low, key=key)
        end = len(items) if self.end is None else bisect_left(items, high, key=key)
        if self.backward:
            part = items[max(start, end - self.most) : end][::-1]
        else:
            part = items[start : min(end, start + self.most)]
        return Listed([*map(key, part)], part)

    def numbered(self, items: Sequence[Item]) -> "Listed[Item]":
        """What lies in it of all items, whose keys are their numbers in that order."""
        low, high = self.numbers()
        places = range(len(items))[low:high]
        part = places[::-1][: self.most] if self.backward else places[: self.most]
        return Listed([*map(str, part)], [items[place] for place in part])


class Listed(NamedTuple, Generic[Item]):
    """Items of a list, and the key under which each lies in its order."""

    places: Sequence[str]
    items: Sequence[Item]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items of a list in its order, and whether it has others after and before them."""

    items: Sequence[Item]
    places: Sequence[str]
    """The key of each."""
    cursor: Callable[[str], str]
    """The cursor of a key."""
    has_next: Callable[[], Awaitable[bool]]
    has_previous: Callable[[], Awaitable[bool]]

    @classmethod
    def of(
        cls,
        stretch: Stretch,
        found: Listed[Item],
        read: Callable[[Stretch], Awaitable[Listed[Item]]],
        cursor: Callable[[str], str],
    ) -> "Page[Item]":
        """The page of what was found in its stretch of a list that ``read`` reads."""
        size, backward = stretch.most - 1, stretch.backward
        more = len(found.places) > size
        there, turned = slice(size), slice(None, None, -1 if backward else 1)

        async def has_next() -> bool:
            if more and not backward:
                return True
            beyond = stretch.end and await read(Stretch(stretch.end, None, 1))
            return bool(beyond and beyond.places)

        async def has_previous() -> bool:
            if more and backward:
                return True
            beyond = stretch.start and await read(Stretch(None, stretch.start, 1, backward=True))
            return bool(beyond and beyond.places)

        return Page(
            items=found.items[there][turned],
            places=found.places[there][turned],
            cursor=cursor,
            has_next=has_next,
            has_previous=has_previous,
        )

    @property
    def cursors(self) -> list[str]:
        """The cursor of each item."""
        return [*map(self.cursor, self.places)]


@dataclass(frozen=True)
class Counted(Page[Item]):
    """A page of a list that can tell how many it holds altogether."""

    total: Callable[[], Awaitable[int]]


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


def cursor(key: str) -> str:
    """A key of a list as text that clients hand back unread."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(cursor: str) -> str:
    """The key in a cursor; BadCursor where it is not one of ours."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise BadCursor(cursor) from error


async def page_of(
    window: Window,
    read: Callable[[Stretch], Awaitable[Listed[Item]]],
    key_of: Callable[[str], str] = key_of,
    cursor: Callable[[str], str] = cursor,
) -> Page[Item]:
    """The page of a list that ``read`` reads: what is nearest to where a stretch begins, first.

    ``key_of`` tells the key in a cursor of this list, and ``cursor`` is the cursor of a key.
    """
    stretch = window.stretch(key_of)
    return Page[Item].of(stretch, await read(stretch), read, cursor)


def at_most(count: int) -> None:
    """BadInput for more ids than one call takes."""
    if count > MOST:
        raise BadInput(f"{count:,} ids are given; at most {MOST:,} are taken at once.")
