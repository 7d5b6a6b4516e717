"""Links in the schema: data that flows from one entity into another, as a role."""

from typing import Annotated

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.entity import Entity
from graph_api.schema.errors import ConflictError, CycleError, InvalidInputError, NotFoundError
from graph_api.services import edge


@strawberry.type(description="A link: data flows from its source into its target.")
class Link:
    source: Entity = strawberry.field(description="Where data comes from.")
    target: Entity = strawberry.field(description="Where data goes to.")
    role: str = strawberry.field(
        description='What the source is to the target: "training dataset".'
    )


@strawberry.input(description="A link to draw.")
class LinkInput:
    source: strawberry.ID = strawberry.field(description="Id of the entity that data comes from.")
    target: strawberry.ID = strawberry.field(description="Id of the entity that data goes to.")
    role: str = strawberry.field(description="What the source is to the target.")


@strawberry.type(description="The link that is there now.")
class LinkPayload:
    link: Link = strawberry.field(description="The link.")


LinkResult = Annotated[
    LinkPayload | NotFoundError | InvalidInputError | ConflictError | CycleError,
    strawberry.union("LinkResult", description="The link, or why there is none."),
]


@strawberry.type
class LinkMutations:
    @strawberry.mutation(
        description="Link one entity to another as its role; to do so again changes nothing. "
        "Refused where data flows from the target to the source already."
    )
    async def link(self, info: Info, input: LinkInput) -> LinkResult:
        from graph_api.schema.node import load_by_id

        context = info.context
        role = await edge.link(
            context.graph,
            context.viewer,
            context.settings,
            str(input.source),
            str(input.target),
            input.role,
        )
        found = await load_by_id(info, [input.source, input.target])
        return LinkPayload(
            link=Link(source=found[input.source], target=found[input.target], role=role)
        )
