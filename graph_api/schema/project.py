"""Projects in the schema."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.scalars import JSON

from graph_api.errors import BadInput, UnknownId
from graph_api.models.entity import expect_kind
from graph_api.models.page import Window
from graph_api.models.table import Column, column
from graph_api.schema.connection import (
    PAGED,
    Connection,
    CountedConnection,
    Matching,
    Ordered,
    listed,
)
from graph_api.schema.context import Info
from graph_api.schema.entity import load
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.integration import Integration, integrations
from graph_api.schema.job import Job, jobs
from graph_api.schema.many import of_many
from graph_api.schema.named import Changes, Named, NewNamed
from graph_api.schema.organization import Organization
from graph_api.schema.policy import Policy
from graph_api.schema.scalars import json_object
from graph_api.schema.scope import ById, ByName
from graph_api.schema.storage import Storage, held
from graph_api.schema.webhook import Webhook, webhooks
from graph_api.schema.where import AND, NOT, OR, NamedWhere, operator
from graph_api.services import (
    artifact,
    artifact_collection,
    dataset,
    experiment,
    model,
    project,
    run,
)

if TYPE_CHECKING:
    from graph_api.schema.artifact import Artifact, ArtifactWhere
    from graph_api.schema.artifact_collection import ArtifactCollection, ArtifactCollectionWhere
    from graph_api.schema.dataset import Dataset, DatasetWhere
    from graph_api.schema.experiment import Experiment, ExperimentWhere
    from graph_api.schema.model import Model, ModelWhere
    from graph_api.schema.run import Run, RunWhere

LazyArtifactCollection = Annotated[
    "ArtifactCollection", strawberry.lazy("graph_api.schema.artifact_collection")
]
LazyArtifactCollectionWhere = Annotated[
    "ArtifactCollectionWhere", strawberry.lazy("graph_api.schema.artifact_collection")
]
LazyArtifact = Annotated["Artifact", strawberry.lazy("graph_api.schema.artifact")]
LazyArtifactWhere = Annotated["ArtifactWhere", strawberry.lazy("graph_api.schema.artifact")]
LazyExperiment = Annotated["Experiment", strawberry.lazy("graph_api.schema.experiment")]
LazyExperimentWhere = Annotated["ExperimentWhere", strawberry.lazy("graph_api.schema.experiment")]
LazyRun = Annotated["Run", strawberry.lazy("graph_api.schema.run")]
LazyRunWhere = Annotated["RunWhere", strawberry.lazy("graph_api.schema.run")]
LazyModel = Annotated["Model", strawberry.lazy("graph_api.schema.model")]
LazyModelWhere = Annotated["ModelWhere", strawberry.lazy("graph_api.schema.model")]
LazyDataset = Annotated["Dataset", strawberry.lazy("graph_api.schema.dataset")]
LazyDatasetWhere = Annotated["DatasetWhere", strawberry.lazy("graph_api.schema.dataset")]


@strawberry.type(description="A scope for names, not a wall: lineage crosses projects.")
class Project(Named):
    system_metadata: JSON = strawberry.field(
        description="What the programs around it note, apart from what users do: a JSON object."
    )
    policy: Policy | None = strawberry.field(
        description="What it asks of versions that are promoted in it, and of all that they came "
        "of; null for nothing."
    )
    organization_id: strawberry.Private[str]

    @classmethod
    def known(cls, columns: Mapping[str, Column]) -> dict[str, Column]:
        """As of any entity; it lies in itself."""
        known = super().known(columns) | {"project_id": columns["id"]}
        if "policy" in known:
            known["policy"] = [row and Policy.of(row) for row in known["policy"]]
        return known

    @strawberry.field(description="The organization that it lies in.")
    async def organization(self, info: Info) -> Organization:
        organization = await load(info, Organization, self.organization_id)
        if organization is None:
            raise UnknownId("Organization", self.organization_id)
        return organization

    @strawberry.field(description="The bytes that the versions in it hold in the store.")
    async def storage(self, info: Info) -> Storage:
        return await held(info, str(self.id))

    @strawberry.field(description="Its artifact collections, oldest first.", extensions=PAGED)
    async def artifact_collections(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyArtifactCollectionWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyArtifactCollection]:
        return await listed(
            info,
            artifact_collection.page,
            (str(self.id),),
            window,
            order_by,
            where,
        )

    @strawberry.field(
        description="The committed versions of all its collections, oldest first.", extensions=PAGED
    )
    async def artifacts(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyArtifactWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyArtifact]:
        return await listed(info, artifact.page, (str(self.id),), window, order_by, where)

    @strawberry.field(description="Its experiments, oldest first.", extensions=PAGED)
    async def experiments(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyExperimentWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyExperiment]:
        return await listed(info, experiment.page, (str(self.id),), window, order_by, where)

    @strawberry.field(description="Its runs, oldest first.", extensions=PAGED)
    async def runs(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyRunWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyRun]:
        return await listed(info, run.page, (str(self.id),), window, order_by, where)

    @strawberry.field(description="Its models, oldest first.", extensions=PAGED)
    async def models(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyModelWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyModel]:
        return await listed(info, model.page, (str(self.id),), window, order_by, where)

    @strawberry.field(
        description="The credentials that are stored for its references, by name.", extensions=PAGED
    )
    async def integrations(self, info: Info, window: Window) -> Connection[Integration]:
        return await integrations(info, str(self.id), window)

    @strawberry.field(
        description="Who is told of its events, the oldest first; takes the right to administer "
        "it.",
        extensions=PAGED,
    )
    async def webhooks(self, info: Info, window: Window) -> Connection[Webhook]:
        return await webhooks(info, str(self.id), window)

    @strawberry.field(
        description="The jobs that were started in it and have not ended long ago, the newest "
        "first.",
        extensions=PAGED,
    )
    @of_many
    @staticmethod
    async def jobs(
        projects: Sequence["Project"], info: Info, window: Window
    ) -> list[Connection[Job]]:
        return await jobs(info, column(projects, "id"), window)

    @strawberry.field(description="Its datasets, oldest first.", extensions=PAGED)
    async def datasets(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyDatasetWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyDataset]:
        return await listed(info, dataset.page, (str(self.id),), window, order_by, where)


@strawberry.input(description="Which projects; all that is said holds together.")
class ProjectWhere(NamedWhere):
    and_: list["ProjectWhere"] | None = operator(AND, "and")
    or_: list["ProjectWhere"] | None = operator(OR, "or")
    not_: "ProjectWhere | None" = operator(NOT, "not")


@strawberry.input(description="A project to create.")
class CreateProjectInput(NewNamed):
    pass


@strawberry.input(description="What to change of a project; what is left out stays.")
class UpdateProjectInput(Changes):
    system_metadata: JSON | None = strawberry.field(
        default=None, description="The JSON object that replaces its system metadata."
    )

    def described(self) -> dict[str, Any]:
        return super().described() | {
            "system_metadata": None
            if self.system_metadata is None
            else json_object(self.system_metadata, "systemMetadata")
        }


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
            return await load(info, Project, expect_kind(str(id), "Project"))
        if name is None:
            raise BadInput("Give either id or name.")
        row = await project.by_name(context.graph, context.viewer, name)
        return Project.of(row) if row else None

    @strawberry.field(description="The organization's projects, oldest first.", extensions=PAGED)
    async def projects(
        self,
        info: Info,
        window: Window,
        where: Annotated[ProjectWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[Project]:
        return await listed(info, project.page, (), window, order_by, where)


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
