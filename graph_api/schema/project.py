"""Projects in the schema."""

from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.errors import BadInput, UnknownId
from graph_api.models import project as models
from graph_api.models.entity import expect_kind
from graph_api.schema.connection import After, Connection, First
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.named import Changes, Named, NewNamed, named
from graph_api.schema.organization import Organization
from graph_api.schema.scope import ById, ByName
from graph_api.services import (
    artifact,
    artifact_collection,
    dataset,
    experiment,
    model,
    organization,
    project,
    run,
)

if TYPE_CHECKING:
    from graph_api.schema.artifact import Artifact
    from graph_api.schema.artifact_collection import ArtifactCollection
    from graph_api.schema.dataset import Dataset
    from graph_api.schema.experiment import Experiment
    from graph_api.schema.model import Model
    from graph_api.schema.run import Run

LazyArtifactCollection = Annotated[
    "ArtifactCollection", strawberry.lazy("graph_api.schema.artifact_collection")
]
LazyArtifact = Annotated["Artifact", strawberry.lazy("graph_api.schema.artifact")]
LazyExperiment = Annotated["Experiment", strawberry.lazy("graph_api.schema.experiment")]
LazyRun = Annotated["Run", strawberry.lazy("graph_api.schema.run")]
LazyModel = Annotated["Model", strawberry.lazy("graph_api.schema.model")]
LazyDataset = Annotated["Dataset", strawberry.lazy("graph_api.schema.dataset")]


@strawberry.type(description="A scope for names, not a wall: lineage crosses projects.")
class Project(Named):
    organization_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: models.Project) -> Self:
        fields = named(row)
        fields["project_id"] = row.id
        return cls(organization_id=row.organization_id, **fields)

    @strawberry.field(description="The organization that it lies in.")
    async def organization(self, info: Info) -> Organization:
        row = await info.context.load(organization.by_ids, self.organization_id)
        if row is None:
            raise UnknownId("Organization", self.organization_id)
        return Organization.of(row)

    @strawberry.field(description="Its artifact collections, oldest first.")
    async def artifact_collections(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyArtifactCollection]:
        from graph_api.schema.artifact_collection import ArtifactCollection

        context = info.context
        page = await artifact_collection.page(
            context.graph, context.viewer, str(self.id), first, after
        )
        return Connection[Any].of(page, ArtifactCollection.of)

    @strawberry.field(description="The committed versions of all its collections, oldest first.")
    async def artifacts(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyArtifact]:
        from graph_api.schema.artifact import Artifact

        context = info.context
        page = await artifact.page(context.graph, context.viewer, str(self.id), first, after)
        return Connection[Any].of(page, Artifact.of)

    @strawberry.field(description="Its experiments, oldest first.")
    async def experiments(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyExperiment]:
        from graph_api.schema.experiment import Experiment

        context = info.context
        page = await experiment.page(context.graph, context.viewer, str(self.id), first, after)
        return Connection[Any].of(page, Experiment.of)

    @strawberry.field(description="Its runs, oldest first.")
    async def runs(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyRun]:
        from graph_api.schema.run import Run

        context = info.context
        page = await run.page(context.graph, context.viewer, str(self.id), first, after)
        return Connection[Any].of(page, Run.of)

    @strawberry.field(description="Its models, oldest first.")
    async def models(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyModel]:
        from graph_api.schema.model import Model

        context = info.context
        page = await model.page(context.graph, context.viewer, str(self.id), first, after)
        return Connection[Any].of(page, Model.of)

    @strawberry.field(description="Its datasets, oldest first.")
    async def datasets(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyDataset]:
        from graph_api.schema.dataset import Dataset

        context = info.context
        page = await dataset.page(context.graph, context.viewer, str(self.id), first, after)
        return Connection[Any].of(page, Dataset.of)


@strawberry.input(description="A project to create.")
class CreateProjectInput(NewNamed):
    pass


@strawberry.input(description="What to change of a project; what is left out stays.")
class UpdateProjectInput(Changes):
    pass


@strawberry.type(description="The project as it is now.")
class ProjectPayload:
    project: Project = strawberry.field(description="The project.")


ProjectResult = Annotated[
    ProjectPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("ProjectResult", description="The project, or why there is none."),
]


@strawberry.type
class ProjectQueries:
    @strawberry.field(description="A project by id or by name; null for none.")
    async def project(self, info: Info, id: ById = None, name: ByName = None) -> Project | None:
        context = info.context
        if id is not None:
            row = await context.load(project.by_ids, expect_kind(str(id), "Project"))
        elif name is not None:
            row = await project.by_name(context.graph, context.viewer, name)
        else:
            raise BadInput("Give either id or name.")
        return Project.of(row) if row else None

    @strawberry.field(description="The organization's projects, oldest first.")
    async def projects(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[Project]:
        page = await project.page(info.context.graph, info.context.viewer, first, after)
        return Connection[Project].of(page, Project.of)


@strawberry.type
class ProjectMutations:
    @strawberry.mutation(description="Create a project.")
    async def create_project(self, info: Info, input: CreateProjectInput) -> ProjectResult:
        context = info.context
        id = await project.create(
            context.graph, context.viewer, context.settings, input.name, **input.described()
        )
        return await _payload(info, id)

    @strawberry.mutation(description="Change what is said of a project.")
    async def update_project(self, info: Info, input: UpdateProjectInput) -> ProjectResult:
        context = info.context
        await project.update(
            context.graph, context.viewer, context.settings, str(input.id), **input.described()
        )
        return await _payload(info, str(input.id))


async def _payload(info: Info, id: str) -> ProjectPayload:
    row = await project.checked(info.context.graph, info.context.viewer, id)
    return ProjectPayload(project=Project.of(row))
