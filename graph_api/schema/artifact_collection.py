"""Artifact collections in the schema."""

from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.models import artifact_collection as models
from graph_api.models.entity import expect_kind
from graph_api.schema.connection import After, Connection, First
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.named import Changes, Named, NewNamed, named
from graph_api.schema.scope import ById, ByName, InProject, project_named, within
from graph_api.services import artifact, artifact_collection

if TYPE_CHECKING:
    from graph_api.schema.artifact import Artifact

LazyArtifact = Annotated["Artifact", strawberry.lazy("graph_api.schema.artifact")]


@strawberry.type(description="A name with versions, all of one type.")
class ArtifactCollection(Named):
    type: str = strawberry.field(description="The type of all its versions.")

    @classmethod
    def of(cls, row: models.ArtifactCollection) -> Self:
        return cls(type=row.type, **named(row))

    @strawberry.field(description="Its committed version with the highest index; null for none.")
    async def latest(self, info: Info) -> LazyArtifact | None:
        from graph_api.schema.artifact import Artifact

        id = await info.context.load(artifact.latest, str(self.id))
        row = id and await info.context.load(artifact.by_ids, id)
        return Artifact.of(row) if row else None

    @strawberry.field(description="Its committed versions, oldest first.")
    async def artifacts(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyArtifact]:
        from graph_api.schema.artifact import Artifact

        context = info.context
        page = await artifact.versions(context.graph, context.viewer, str(self.id), first, after)
        return Connection[Any].of(page, Artifact.of)


@strawberry.input(description="An artifact collection to create.")
class CreateArtifactCollectionInput(NewNamed):
    project: str = strawberry.field(description="Name of its project.")
    type: str = strawberry.field(description="The type of all its versions.")


@strawberry.input(description="What to change of an artifact collection; what is left out stays.")
class UpdateArtifactCollectionInput(Changes):
    pass


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
            row = await context.load(
                artifact_collection.by_ids, expect_kind(str(id), "ArtifactCollection")
            )
        else:
            scope = await within(info, project, name)
            row = scope and await artifact_collection.by_name(
                context.graph, context.viewer, scope.id, scope.name
            )
        return ArtifactCollection.of(row) if row else None

    @strawberry.field(description="The artifact collections of a project, oldest first.")
    async def artifact_collections(
        self,
        info: Info,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        first: First = None,
        after: After = None,
    ) -> Connection[ArtifactCollection]:
        context = info.context
        scope = await project_named(info, project)
        page = await artifact_collection.page(context.graph, context.viewer, scope.id, first, after)
        return Connection[ArtifactCollection].of(page, ArtifactCollection.of)


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
        return await _payload(info, id)

    @strawberry.mutation(description="Change what is said of an artifact collection.")
    async def update_artifact_collection(
        self, info: Info, input: UpdateArtifactCollectionInput
    ) -> ArtifactCollectionResult:
        context = info.context
        await artifact_collection.update(
            context.graph, context.viewer, context.settings, str(input.id), **input.described()
        )
        return await _payload(info, str(input.id))


async def _payload(info: Info, id: str) -> ArtifactCollectionPayload:
    row = await artifact_collection.checked(info.context.graph, info.context.viewer, id)
    return ArtifactCollectionPayload(artifact_collection=ArtifactCollection.of(row))
