"""Datasets in the schema."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

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
from graph_api.schema.context import Info
from graph_api.schema.entity import AsOf, load, seq_of
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.idempotency import Repeatable
from graph_api.schema.many import of_many
from graph_api.schema.member import DatasetSnapshot, members
from graph_api.schema.named import Changes, Lockable, NewNamed
from graph_api.schema.scope import ById, ByName, InProject, project_named, within
from graph_api.schema.where import AND, NOT, OR, NamedWhere, operator
from graph_api.services import dataset, membership


@strawberry.type(description="A named, growing set; its snapshots are artifacts.")
class Dataset(Lockable):
    @strawberry.field(description="Its snapshots, by index.", extensions=PAGED)
    @of_many
    @staticmethod
    async def snapshots(
        datasets: Sequence["Dataset"], info: Info, window: Window, as_of: AsOf = None
    ) -> list[Connection[DatasetSnapshot]]:
        return await members(info, datasets, window, as_of, DatasetSnapshot.of)

    @strawberry.field(description="One of its snapshots: the newest unless said; null for none.")
    async def snapshot(
        self,
        info: Info,
        index: Annotated[
            int | None, strawberry.argument(description="The one of this index.")
        ] = None,
        as_of: AsOf = None,
    ) -> DatasetSnapshot | None:
        graph, viewer, seq = info.context.graph, info.context.viewer, await seq_of(info, as_of)
        row = await membership.find(graph, viewer, str(self.id), index, seq=seq)
        return DatasetSnapshot.of(row) if row else None


@strawberry.input(description="Which datasets; all that is said holds together.")
class DatasetWhere(NamedWhere):
    and_: list["DatasetWhere"] | None = operator(AND, "and")
    or_: list["DatasetWhere"] | None = operator(OR, "or")
    not_: "DatasetWhere | None" = operator(NOT, "not")


@strawberry.input(description="A dataset to create.")
class CreateDatasetInput(NewNamed):
    project: str = strawberry.field(description="Name of its project.")


@strawberry.input(description="A dataset to clone.")
class CloneDatasetInput(Repeatable):
    dataset: strawberry.ID = strawberry.field(description="Id of the dataset.")
    name: str = strawberry.field(
        description="The clone's name: at most 100 characters, without `/`, `:` and control "
        "characters."
    )
    project: str | None = strawberry.field(
        default=None, description="Name of the clone's project; that of the dataset unless given."
    )
    with_metadata: bool = strawberry.field(
        default=True, description="Whether the clone has the metadata of the dataset."
    )


@strawberry.input(description="What to change of a dataset; what is left out stays.")
class UpdateDatasetInput(Changes):
    pass


@strawberry.type(description="The dataset as it is now.")
class DatasetPayload:
    dataset: Dataset = strawberry.field(description="The dataset.")


DatasetResult = Annotated[
    DatasetPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("DatasetResult", description="The dataset, or why there is none."),
]


@strawberry.type
class DatasetQueries:
    @strawberry.field(description="A dataset by id, or by name in a project; null for none.")
    async def dataset(
        self, info: Info, id: ById = None, project: InProject = None, name: ByName = None
    ) -> Dataset | None:
        context = info.context
        if id is not None:
            return await load(info, Dataset, expect_kind(str(id), "Dataset"))
        scope = await within(info, project, name)
        row = scope and await dataset.by_name(context.graph, context.viewer, scope.id, scope.name)
        return Dataset.of(row) if row else None

    @strawberry.field(description="The datasets of a project.", extensions=PAGED)
    async def datasets(
        self,
        info: Info,
        window: Window,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        where: Annotated[DatasetWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[Dataset]:
        scope = await project_named(info, project)
        return await listed(
            info, dataset.page, (scope.id,), window.as_of(scope.newest), order_by, where
        )


@strawberry.type
class DatasetMutations:
    @strawberry.mutation(description="Create a dataset; its project is made where there is none.")
    async def create_dataset(self, info: Info, input: CreateDatasetInput) -> DatasetResult:
        context = info.context
        id = await dataset.create(
            context.graph,
            context.viewer,
            context.settings,
            input.project,
            input.name,
            **input.described(),
        )
        return await _payload(info, id)

    @strawberry.mutation(
        description="Create a dataset with the snapshots of another, under their indexes: those "
        "that the viewer sees and that are not deleted. No content is copied. The other is linked "
        "to it as its `source dataset`. Its project is made where there is none."
    )
    async def clone_dataset(self, info: Info, input: CloneDatasetInput) -> DatasetResult:
        context = info.context
        id = await dataset.clone(
            context.graph,
            context.viewer,
            context.settings,
            str(input.dataset),
            input.name,
            input.project,
            with_metadata=input.with_metadata,
            call=input.call(),
        )
        return await _payload(info, id)

    @strawberry.mutation(description="Change what is said of a dataset.")
    async def update_dataset(self, info: Info, input: UpdateDatasetInput) -> DatasetResult:
        context = info.context
        await dataset.update(
            context.graph, context.viewer, context.settings, str(input.id), **input.described()
        )
        return await _payload(info, str(input.id))


async def _payload(info: Info, id: str) -> DatasetPayload:
    row = await dataset.checked(info.context.graph, info.context.viewer, id)
    return DatasetPayload(dataset=Dataset.of(row))
