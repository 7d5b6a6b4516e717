"""Making names read-only, in the schema."""

from typing import Annotated

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.named import Lockable
from graph_api.services import entity


@strawberry.input(description="Whether something is read-only.")
class SetReadOnlyInput:
    id: strawberry.ID = strawberry.field(
        description="Id of an artifact collection, a model or a dataset."
    )
    read_only: bool = strawberry.field(description="Whether nothing in it is to change.")


@strawberry.type(description="The collection, model or dataset as it is now.")
class ReadOnlyPayload:
    entity: Lockable = strawberry.field(description="The collection, model or dataset.")


ReadOnlyResult = Annotated[
    ReadOnlyPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("ReadOnlyResult", description="What is read-only or not, or why not."),
]


@strawberry.type
class ReadOnlyMutations:
    @strawberry.mutation(
        description="Let nothing in a collection, model or dataset change any more, or again: new "
        "versions, aliases, stages, links, words and deletions are refused with READ_ONLY. "
        "Whoever may write to its project may do so."
    )
    async def set_read_only(self, info: Info, input: SetReadOnlyInput) -> ReadOnlyResult:
        from graph_api.schema.node import load_by_id

        id = str(input.id)
        await entity.set_read_only(
            info.context.graph, info.context.viewer, id, read_only=input.read_only
        )
        found = (await load_by_id(info, [input.id]))[input.id]
        assert isinstance(found, Lockable)
        return ReadOnlyPayload(entity=found)
