"""One page of a list."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph_api.errors import BadCursor, BadInput

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
