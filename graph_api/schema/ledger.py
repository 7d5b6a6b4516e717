"""The ledger in the schema: every change of the organization, as it is chained to the last."""

from datetime import datetime
from typing import Any, Self

import strawberry

from graph_api.models import instant
from graph_api.models.ledger import Change
from graph_api.models.page import Window
from graph_api.schema.connection import Connection
from graph_api.schema.context import Info
from graph_api.schema.scalars import BigInt
from graph_api.services import ledger


@strawberry.type(
    description="A change as it lies in the ledger: with what chains it to the one before, so that "
    "whoever has all can verify them (docs/ledger.md)."
)
class LedgerChange:
    seq: BigInt = strawberry.field(description="Its place: 1, 2, 3 … without a gap.")
    at: datetime = strawberry.field(
        description="Its time, in UTC, to the microsecond: later than that of the one before."
    )
    by: str = strawberry.field(description="Who made it.")
    what: str = strawberry.field(description="What was done, in words.")
    subjects: list[strawberry.ID] = strawberry.field(
        description="Ids of the entities that it is about."
    )
    previous: str = strawberry.field(
        description="`hash` of the change before; 64 zeros for the first."
    )
    hash: str = strawberry.field(description="SHA-256 of all the rest, in lower-case hexadecimal.")

    @classmethod
    def of(cls, row: Change) -> Self:
        return cls(
            seq=BigInt(row.seq),
            at=instant.of(row.at),
            by=row.by,
            what=row.what,
            subjects=[strawberry.ID(id) for id in row.subjects],
            previous=row.previous,
            hash=row.hash,
        )


async def changes(info: Info, window: Window) -> Connection[LedgerChange]:
    """A page of the changes of the viewer's organization."""
    page = await ledger.page(info.context.graph, info.context.viewer, window)
    return Connection[Any].of(page, [*map(LedgerChange.of, page.items)])
