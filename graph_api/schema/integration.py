"""Integrations in the schema: credentials for references, stored and never shown again."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.errors import UnknownId
from graph_api.models import integration as models
from graph_api.models.page import Listed, Stretch, Window, page_of
from graph_api.schema.connection import Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import Node, load
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.scope import ById, ByName, InProject, within
from graph_api.services import integration

if TYPE_CHECKING:
    from graph_api.schema.project import Project

LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]


@strawberry.type(
    description="A stored credential, by which the service signs URLs (`File.downloadUrl`) of "
    "what references of its project name: `s3://bucket/prefix…`. The secret is shown to nobody."
)
class Integration(Node):
    name: str = strawberry.field(description="Its name, its own in the project.")
    bucket: str = strawberry.field(description="The bucket that it signs for.")
    prefix: str = strawberry.field(
        description="What it signs for begins with this: empty for all of the bucket, else with "
        "`/` at its end."
    )
    endpoint: str = strawberry.field(description="Address of the store, as clients reach it.")
    region: str = strawberry.field(description="The store's region.")
    access_key: str = strawberry.field(
        description="The id of the access key, which every URL that it signs names, too."
    )
    created_at: datetime = strawberry.field(description="When it was created, in UTC.")
    created_by: str = strawberry.field(description="Who created it.")
    updated_at: datetime = strawberry.field(description="When it last changed, in UTC.")
    updated_by: str = strawberry.field(description="Who changed it last.")
    project_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: models.Integration) -> Self:
        return cls(
            id=strawberry.ID(row.id),
            name=row.name,
            bucket=row.bucket,
            prefix=row.prefix,
            endpoint=row.endpoint,
            region=row.region,
            access_key=row.access_key,
            created_at=row.created_at,
            created_by=row.created_by,
            updated_at=row.updated_at,
            updated_by=row.updated_by,
            project_id=row.project_id,
        )

    @strawberry.field(description="The project whose references it is for.")
    async def project(self, info: Info) -> LazyProject:
        from graph_api.schema.project import Project

        found = await load(info, Project, self.project_id)
        if found is None:
            raise UnknownId("Project", self.project_id)
        return found


async def integrations(info: Info, project_id: str, window: Window) -> Connection[Integration]:
    """A page of a project's integrations, by name."""
    rows = await info.context.load(integration.by_projects, project_id)

    async def read(stretch: Stretch) -> Listed[models.Integration]:
        return stretch.of(rows, lambda row: row.name)

    page = await page_of(window, read)
    return Connection[Integration].of(page, [*map(Integration.of, page.items)])


@strawberry.input(
    description="Where a credential of S3 leads, and what it is. MinIO, Google's store by its "
    "HMAC keys and others have the same API."
)
class IntegrationOptions:
    bucket: str = strawberry.field(description="The bucket.")
    access_key: str = strawberry.field(description="The id of the access key.")
    secret_key: str = strawberry.field(
        description="The secret of the access key, which needs the right to get objects and no "
        "other. It is encrypted, and never shown again."
    )
    prefix: str = strawberry.field(
        default="",
        description="Only what lies in this folder: `data/` has `data/a`, and not `data2/a`. "
        "Whoever may log a version in the project can have anything in it signed, in any version "
        "that the store keeps.",
    )
    endpoint: str | None = strawberry.field(
        default=None,
        description="Address of the store, as clients reach it: `https://host` or "
        "`http://host:9000`. AWS's of the region unless given.",
    )
    region: str = strawberry.field(default="us-east-1", description="The store's region.")

    def checked(self) -> models.Options:
        """The options as the services take them."""
        return models.Options.checked(
            self.bucket,
            self.prefix,
            self.endpoint,
            self.region,
            self.access_key,
            self.secret_key,
        )


@strawberry.input(description="A credential to store.")
class CreateIntegrationInput:
    project: str = strawberry.field(
        description="Name of its project, which is made where there is none."
    )
    name: str = strawberry.field(
        description="Its name: at most 100 characters, without `/`, `:` and control characters."
    )
    options: IntegrationOptions = strawberry.field(description="Where it leads, and what it is.")


@strawberry.input(description="What to change of an integration; what is left out stays.")
class UpdateIntegrationInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    new_name: str | None = strawberry.field(default=None, description="Its new name.")
    options: IntegrationOptions | None = strawberry.field(
        default=None,
        description="All of its options anew: nobody has it lead elsewhere without the secret.",
    )


@strawberry.input(description="An integration to delete, and its secret with it.")
class DeleteIntegrationInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    sure: bool = strawberry.field(default=False, description="Whether you are sure.")
    really: bool = strawberry.field(default=False, description="Whether you really are.")


@strawberry.type(description="The integration as it is now.")
class IntegrationPayload:
    integration: Integration = strawberry.field(description="The integration.")


@strawberry.type(description="The integration and its secret are no more.")
class DeletedIntegrationPayload:
    integration: strawberry.ID = strawberry.field(description="The id that it had.")


IntegrationResult = Annotated[
    IntegrationPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("IntegrationResult", description="The integration, or why there is none."),
]
DeletedIntegrationResult = Annotated[
    DeletedIntegrationPayload | NotFoundError | InvalidInputError,
    strawberry.union(
        "DeletedIntegrationResult", description="The id that it had, or why it is there still."
    ),
]


@strawberry.type
class IntegrationQueries:
    @strawberry.field(description="An integration by id, or by project and name; null for none.")
    async def integration(
        self, info: Info, id: ById = None, project: InProject = None, name: ByName = None
    ) -> Integration | None:
        context = info.context
        if id is not None:
            row = await context.load(integration.by_ids, str(id))
        elif scope := await within(info, project, name):
            graph, viewer = context.graph, context.viewer
            row = await integration.by_name(graph, viewer, scope.id, scope.name)
        else:
            return None
        return Integration.of(row) if row else None


@strawberry.type
class IntegrationMutations:
    @strawberry.mutation(
        description="Store a credential; takes the right to administer the project."
    )
    async def create_integration(
        self, info: Info, input: CreateIntegrationInput
    ) -> IntegrationResult:
        context = info.context
        id = await integration.create(
            context.graph,
            context.keyring,
            context.viewer,
            context.settings,
            input.project,
            input.name,
            input.options.checked(),
        )
        return await _payload(info, id)

    @strawberry.mutation(
        description="Rename a credential, or put another in its place; takes the right to "
        "administer the project. What was signed before is good until it expires."
    )
    async def update_integration(
        self, info: Info, input: UpdateIntegrationInput
    ) -> IntegrationResult:
        context = info.context
        await integration.update(
            context.graph,
            context.keyring,
            context.viewer,
            context.settings,
            str(input.id),
            input.new_name,
            input.options and input.options.checked(),
        )
        return await _payload(info, str(input.id))

    @strawberry.mutation(
        description="Remove a credential for good, where both `sure` and `really` are true; takes "
        "the right to administer the project. What was signed before is good until it expires."
    )
    async def delete_integration(
        self, info: Info, input: DeleteIntegrationInput
    ) -> DeletedIntegrationResult:
        await integration.delete(
            info.context.graph,
            info.context.viewer,
            str(input.id),
            sure=input.sure,
            really=input.really,
        )
        return DeletedIntegrationPayload(integration=input.id)


async def _payload(info: Info, id: str) -> IntegrationPayload:
    row = await integration.checked(info.context.graph, info.context.viewer, id)
    return IntegrationPayload(integration=Integration.of(row))
