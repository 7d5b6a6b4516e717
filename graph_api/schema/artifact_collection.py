"""Artifact collections in the schema."""

from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.models.alias import AliasPeriod as PeriodRow
from graph_api.models.entity import expect_kind
from graph_api.models.page import Window
from graph_api.schema.connection import (
    PAGED,
    Connection,
    CountedConnection,
    Matching,
    Ordered,
    listed,
)
from graph_api.schema.context import Info, Then
from graph_api.schema.entity import AsOf, load, seq_of
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.named import Changes, Lockable, NewNamed
from graph_api.schema.period import Period, period
from graph_api.schema.scope import ById, ByName, InProject, project_named, within
from graph_api.schema.storage import Storage, held
from graph_api.schema.where import AND, NOT, OR, NamedWhere, StringFilter, operator
from graph_api.services import alias as aliases
from graph_api.services import artifact, artifact_collection

if TYPE_CHECKING:
    from graph_api.schema.artifact import Artifact, ArtifactWhere

LazyArtifact = Annotated["Artifact", strawberry.lazy("graph_api.schema.artifact")]
LazyArtifactWhere = Annotated["ArtifactWhere", strawberry.lazy("graph_api.schema.artifact")]


@strawberry.type(description="A time in which an alias pointed at a version.")
class AliasPeriod(Period):
    @classmethod
    def of(cls, row: PeriodRow) -> Self:
        return cls(**period(row, row.artifact_id))


@strawberry.type(description="A name with versions, all of one type.")
class ArtifactCollection(Lockable):
    type: str = strawberry.field(description="The type of all its versions.")

    @strawberry.field(description="Its committed version with the highest index; null for none.")
    async def latest(self, info: Info, as_of: AsOf = None) -> LazyArtifact | None:
        from graph_api.schema.artifact import Artifact

        latest = Then(artifact.latest, await seq_of(info, as_of))
        return await load(info, Artifact, await info.context.load(latest, str(self.id)))

    @strawberry.field(description="Its committed versions, oldest first.", extensions=PAGED)
    async def artifacts(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyArtifactWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyArtifact]:
        return await listed(info, artifact.versions, (str(self.id),), window, order_by, where)

    @strawberry.field(description="The bytes that its versions hold in the store.")
    async def storage(self, info: Info) -> Storage:
        return await held(info, str(self.id))

    @strawberry.field(
        description="The aliases that only those may move who may administer the project, sorted."
    )
    async def protected_aliases(self, info: Info) -> list[str]:
        return list(await info.context.load(aliases.protected, str(self.id)))

    @strawberry.field(
        description="Where an alias pointed, and when, the oldest first; what `latest` meant is "
        "told by `artifacts`.",
        extensions=PAGED,
    )
    async def alias_history(
        self,
        info: Info,
        window: Window,
        alias: Annotated[str, strawberry.argument(description="Its name.")],
    ) -> Connection[AliasPeriod]:
        graph, viewer = info.context.graph, info.context.viewer
        page = await aliases.history(graph, viewer, str(self.id), alias, window)
        return Connection[Any].of(page, [*map(AliasPeriod.of, page.items)])


@strawberry.input(description="Which artifact collections; all that is said holds together.")
class ArtifactCollectionWhere(NamedWhere):
    type: StringFilter | None = operator("The type of its versions.")
    and_: list["ArtifactCollectionWhere"] | None = operator(AND, "and")
    or_: list["ArtifactCollectionWhere"] | None = operator(OR, "or")
    not_: "ArtifactCollectionWhere | None" = operator(NOT, "not")


@strawberry.input(description="An artifact collection to create.")
class CreateArtifactCollectionInput(NewNamed):
    project: str = strawberry.field(description="Name of its project.")
    type: str = strawberry.field(description="The type of all its versions.")


@strawberry.input(description="What to change of an artifact collection; what is left out stays.")
class UpdateArtifactCollectionInput(Changes):
    pass


@strawberry.input(description="An artifact collection to move to another project.")
class MoveArtifactCollectionInput:
    collection: strawberry.ID = strawberry.field(description="Id of the artifact collection.")
    project: str = strawberry.field(description="Name of the project, which must exist.")


@strawberry.type(description="The artifact collection as it is now.")
class ArtifactCollectionPayload:
    artifact_collection: ArtifactCollection = strawberry.field(
        description="The artifact collection."
    )


ArtifactCollectionResult = Annotated[
    ArtifactCollectionPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union(
        "ArtifactCollectionResult", description="The artifact collection, or why there is none."
    ),
]


@strawberry.type
class ArtifactCollectionQueries:
    @strawberry.field(
        description="An artifact collection by id, or by name in a project; null for none."
    )
    async def artifact_collection(
        self, info: Info, id: ById = None, project: InProject = None, name: ByName = None
    ) -> ArtifactCollection | None:
        context = info.context
        if id is not None:
            return await load(info, ArtifactCollection, expect_kind(str(id), "ArtifactCollection"))
        scope = await within(info, project, name)
        row = scope and await artifact_collection.by_name(
            context.graph, context.viewer, scope.id, scope.name
        )
        return ArtifactCollection.of(row) if row else None

    @strawberry.field(description="The artifact collections of a project.", extensions=PAGED)
    async def artifact_collections(
        self,
        info: Info,
        window: Window,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        where: Annotated[ArtifactCollectionWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[ArtifactCollection]:
        scope = await project_named(info, project)
        return await listed(
            info,
            artifact_collection.page,
            (scope.id,),
            window.as_of(scope.newest),
            order_by,
            where,
        )


@strawberry.type
class ArtifactCollectionMutations:
    @strawberry.mutation(
        description="Create an artifact collection; its project is made where there is none."
    )
    async def create_artifact_collection(
        self, info: Info, input: CreateArtifactCollectionInput
    ) -> ArtifactCollectionResult:
        context = info.context
        id = await artifact_collection.create(
            context.graph,
            context.viewer,
            context.settings,
            input.project,
            input.name,
            input.type,
            **input.described(),
        )
        return await collection_payload(info, id)

    @strawberry.mutation(description="Change what is said of an artifact collection.")
    async def update_artifact_collection(
        self, info: Info, input: UpdateArtifactCollectionInput
    ) -> ArtifactCollectionResult:
        context = info.context
        await artifact_collection.update(
            context.graph, context.viewer, context.settings, str(input.id), **input.described()
        )
        return await collection_payload(info, str(input.id))

    @strawberry.mutation(
        description="Move an artifact collection to another project of the organization, with its "
        "versions, drafts and aliases. Ids stay, no content moves; by the old project's name it is "
        "found no more. It takes the right to administer the project that it leaves and to write "
        "to the other."
    )
    async def move_artifact_collection(
        self, info: Info, input: MoveArtifactCollectionInput
    ) -> ArtifactCollectionResult:
        context = info.context
        id = str(input.collection)
        await artifact_collection.move(context.graph, context.viewer, id, input.project)
        return await collection_payload(info, id)


async def collection_payload(info: Info, id: str) -> ArtifactCollectionPayload:
    """The collection of an id, as it is now."""
    row = await artifact_collection.checked(info.context.graph, info.context.viewer, id)
    return ArtifactCollectionPayload(artifact_collection=ArtifactCollection.of(row))
