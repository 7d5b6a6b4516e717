"""Histories in the schema: who changed what of an entity, and what it was before."""

from collections.abc import Sequence
from typing import Any, Self

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from graph_api.models.page import Window
from graph_api.models.revision import Entry
from graph_api.models.table import column
from graph_api.schema.change import Change
from graph_api.schema.connection import Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import Entity
from graph_api.schema.scalars import BigInt
from graph_api.services import revision


@strawberry.type(description="A field of an entity that a change overwrote.")
class Overwritten:
    field: str = strawberry.field(description="Its name, as `description`.")
    before: JSON | None = strawberry.field(
        description="What it was; of a project its id, null where the viewer may not see that."
    )
    after: JSON | None = strawberry.field(description="What it became.")


@strawberry.type(description="A change of an entity.")
class HistoryEntry:
    change: Change = strawberry.field(description="The change.")
    overwritten: list[Overwritten] = strawberry.field(
        description="The fields of the entity that it overwrote, by their names. None of what it "
        "added or moved otherwise: edges, aliases, stages, notes."
    )

    @classmethod
    def of(cls, row: Entry) -> Self:
        return cls(
            change=Change(seq=BigInt(row.seq), at=row.at, by=row.by, what=row.what),
            overwritten=[
                Overwritten(field=to_camel_case(it.field), before=it.before, after=it.after)
                for it in row.overwritten
            ],
        )


async def history(
    info: Info, entities: Sequence[Entity], window: Window
) -> list[Connection[HistoryEntry]]:
    """A page of the changes of each entity."""
    pages = await info.context.pages(revision.HistoryOf, column(entities, "id"), window)
    return Connection[Any].of_each(pages, lambda found: [*map(HistoryEntry.of, found)])
