"""Models in the schema."""

from collections.abc import Sequence
from typing import Annotated, Any

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
from graph_api.schema.many import of_many
from graph_api.schema.member import ModelVersion, StagePeriod, members
from graph_api.schema.named import Changes, Lockable, NewNamed
from graph_api.schema.scope import ById, ByName, InProject, project_named, within
from graph_api.schema.where import AND, NOT, OR, NamedWhere, operator
from graph_api.services import membership, model


@strawberry.type(description="A registered name; its versions are artifacts, in stages.")
class Model(Lockable):
    @strawberry.field(description="Its versions, by index.", extensions=PAGED)
    @of_many
    @staticmethod
    async def versions(
        models: Sequence["Model"], info: Info, window: Window, as_of: AsOf = None
    ) -> list[Connection[ModelVersion]]:
        return await members(info, models, window, as_of, ModelVersion.of)

    @strawberry.field(description="One of its versions: the newest unless said; null for none.")
    async def version(
        self,
        info: Info,
        index: Annotated[
            int | None, strawberry.argument(description="The one of this index.")
        ] = None,
        stage: Annotated[
            str | None, strawberry.argument(description="The newest in this stage.")
        ] = None,
        as_of: AsOf = None,
    ) -> ModelVersion | None:
        graph, viewer, seq = info.context.graph, info.context.viewer, await seq_of(info, as_of)
        row = await membership.find(graph, viewer, str(self.id), index, stage, seq)
        return ModelVersion.of(row) if row else None

    @strawberry.field(
        description="When its versions were in which stages, the oldest first.", extensions=PAGED
    )
    async def stage_history(
        self,
        info: Info,
        window: Window,
        index: Annotated[
            int | None, strawberry.argument(description="Only the version of this index.")
        ] = None,
        stage: Annotated[str | None, strawberry.argument(description="Only this stage.")] = None,
    ) -> Connection[StagePeriod]:
        graph, viewer = info.context.graph, info.context.viewer
        page = await membership.history(graph, viewer, str(self.id), window, index, stage)
        return Connection[Any].of(page, [*map(StagePeriod.of, page.items)])


@strawberry.input(description="Which models; all that is said holds together.")
class ModelWhere(NamedWhere):
    and_: list["ModelWhere"] | None = operator(AND, "and")
    or_: list["ModelWhere"] | None = operator(OR, "or")
    not_: "ModelWhere | None" = operator(NOT, "not")


@strawberry.input(description="A model to create.")
class CreateModelInput(NewNamed):
    project: str = strawberry.field(description="Name of its project.")


@strawberry.input(description="What to change of a model; what is left out stays.")
class UpdateModelInput(Changes):
    pass


@strawberry.type(description="The model as it is now.")
class ModelPayload:
    model: Model = strawberry.field(description="The model.")


ModelResult = Annotated[
    ModelPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("ModelResult", description="The model, or why there is none."),
]


@strawberry.type
class ModelQueries:
    @strawberry.field(description="A model by id, or by name in a project; null for none.")
    async def model(
        self, info: Info, id: ById = None, project: InProject = None, name: ByName = None
    ) -> Model | None:
        context = info.context
        if id is not None:
            return await load(info, Model, expect_kind(str(id), "Model"))
        scope = await within(info, project, name)
        row = scope and await model.by_name(context.graph, context.viewer, scope.id, scope.name)
        return Model.of(row) if row else None

    @strawberry.field(description="The models of a project.", extensions=PAGED)
    async def models(
        self,
        info: Info,
        window: Window,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        where: Annotated[ModelWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[Model]:
        scope = await project_named(info, project)
        return await listed(
            info, model.page, (scope.id,), window.as_of(scope.newest), order_by, where
        )


@strawberry.type
class ModelMutations:
    @strawberry.mutation(description="Create a model; its project is made where there is none.")
    async def create_model(self, info: Info, input: CreateModelInput) -> ModelResult:
        context = info.context
        id = await model.create(
            context.graph,
            context.viewer,
            context.settings,
            input.project,
            input.name,
            **input.described(),
        )
        return await _payload(info, id)

    @strawberry.mutation(description="Change what is said of a model.")
    async def update_model(self, info: Info, input: UpdateModelInput) -> ModelResult:
        context = info.context
        await model.update(
            context.graph, context.viewer, context.settings, str(input.id), **input.described()
        )
        return await _payload(info, str(input.id))


async def _payload(info: Info, id: str) -> ModelPayload:
    row = await model.checked(info.context.graph, info.context.viewer, id)
    return ModelPayload(model=Model.of(row))
