"""Notes in the schema: what people write about an entity."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.models import note as models
from graph_api.models.page import Window
from graph_api.models.table import column
from graph_api.schema.connection import Connection
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.idempotency import Repeatable
from graph_api.services import note

if TYPE_CHECKING:
    from graph_api.schema.entity import Entity

LazyEntity = Annotated["Entity", strawberry.lazy("graph_api.schema.entity")]


@strawberry.type(description="A note about an entity; it never changes.")
class Note:
    key: str | None = strawberry.field(
        description="What it is about: of several under one key, the last one counts."
    )
    text: str = strawberry.field(description="What was written, in Markdown.")
    at: datetime = strawberry.field(description="When, in UTC.")
    by: str = strawberry.field(description="By whom.")

    @classmethod
    def of(cls, row: models.Note) -> Self:
        return cls(key=row.key, text=row.text, at=row.at, by=row.by)


async def notes(
    info: Info, entities: "Sequence[Entity]", window: Window, key: str | None
) -> list[Connection[Any]]:
    """A page of the notes about each entity."""
    pages = await info.context.pages(
        lambda stretch: note.NotesAbout(stretch, key), column(entities, "id"), window
    )
    return Connection[Any].of_each(pages, lambda found: [*map(Note.of, found)])


@strawberry.input(description="A note to write.")
class AddNoteInput(Repeatable):
    entity: strawberry.ID = strawberry.field(description="Id of what it is about.")
    text: str = strawberry.field(
        description="What is to be remembered, in Markdown; at most 65,536 characters."
    )
    key: str | None = strawberry.field(
        default=None, description="What it is about; none for a plain entry of the log."
    )


@strawberry.type(description="The entity with its new note.")
class NotePayload:
    entity: LazyEntity = strawberry.field(description="The entity.")


NoteResult = Annotated[
    NotePayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("NoteResult", description="The entity, or why it has no new note."),
]


@strawberry.type
class NoteMutations:
    @strawberry.mutation(description="Write a note about an entity: it stays as it is.")
    async def add_note(self, info: Info, input: AddNoteInput) -> NoteResult:
        from graph_api.schema.node import load_by_id

        context = info.context
        await note.add(
            context.graph,
            context.viewer,
            context.settings,
            str(input.entity),
            input.text,
            input.key,
            input.call(),
        )
        return NotePayload(entity=(await load_by_id(info, [input.entity]))[input.entity])
