"""The moment that an answer shows, and pages of the answer that stay at it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import strawberry

from graph_api.errors import BadInput, CursorOfAnother
from graph_api.models import ledger as ledgers
from graph_api.models.page import Listed, Page, Place, Stretch, Window, page_of
from graph_api.schema.context import Info
from graph_api.schema.scalars import BigInt
from graph_api.services import ledger

# What the cursors of its lists begin with.
_ORDER = "lineage"

Item = TypeVar("Item")


@strawberry.type(description="A place in the organization's ledger of changes.")
class Moment:
    seq: BigInt = strawberry.field(description="Its number: it grows by one with each change.")
    at: datetime = strawberry.field(description="Its time, in UTC.")

    @classmethod
    def of(cls, row: ledgers.Moment) -> "Moment":
        return cls(seq=BigInt(row.seq), at=row.at)


async def page_at(
    moment: ledgers.Moment,
    scope: str,
    window: Window,
    read: Callable[[Stretch], Awaitable[Listed[Item]]],
) -> Page[Item]:
    """A page of an answer (of a direction, or of PATHS), whose cursors say its moment, too."""
    seq = moment.seq

    def cursor(key: str) -> str:
        return Place(order=_ORDER, seq=seq, key=f"{scope}|{key}").cursor

    def key_of(cursor: str) -> str:
        if Place.of(cursor, _ORDER, scope).seq != seq:
            raise CursorOfAnother(cursor)
        return key_within(cursor, scope)

    return await page_of(window, read, key_of, cursor)


def key_within(cursor: str, scope: str) -> str:
    """The key of an item of an answer that its cursor says."""
    return Place.of(cursor, _ORDER, scope).key.partition("|")[2]


async def pinned(info: Info, scope: str, as_of: ledgers.AsOf | None = None) -> int | None:
    """The seq that the cursors of the selection, or ``as_of``, say; None: the present."""
    given = info.cursors(
        *("nodes", "models", "groups", "paths", "cutPoints", "affected"),
        *("inputs", "code", "ancestors"),
    )
    moments = {Place.of(cursor, _ORDER, scope).seq for cursor in given}
    if as_of is not None:
        moments.add(await ledger.seq_of(info.context.graph, info.context.viewer, as_of))
    if len(moments) > 1:
        said = ", ".join(map(str, sorted(moments)))
        raise BadInput(f"The cursors and asOf are of several moments ({said}); ask for one.")
    return next(iter(moments), None)
