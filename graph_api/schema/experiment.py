"""Experiments in the schema."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.models.entity import expect_kind
from graph_api.models.page import Window
from graph_api.schema.connection import (
    PAGED,
    CountedConnection,
    Matching,
    Ordered,
    listed,
)
from graph_api.schema.context import Info
from graph_api.schema.entity import load
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.named import Changes, Named, NewNamed
from graph_api.schema.scope import ById, ByName, InProject, project_named, within
from graph_api.schema.where import AND, NOT, OR, NamedWhere, operator
from graph_api.services import experiment, run

if TYPE_CHECKING:
    from graph_api.schema.run import Run, RunWhere

LazyRun = Annotated["Run", strawberry.lazy("graph_api.schema.run")]
LazyRunWhere = Annotated["RunWhere", strawberry.lazy("graph_api.schema.run")]


@strawberry.type(description="Runs that belong together.")
class Experiment(Named):
    @strawberry.field(description="Its runs, oldest first.", extensions=PAGED)
    async def runs(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyRunWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyRun]:
        return await listed(info, run.of_experiment, (str(self.id),), window, order_by, where)


@strawberry.input(description="Which experiments; all that is said holds together.")
class ExperimentWhere(NamedWhere):
    and_: list["ExperimentWhere"] | None = operator(AND, "and")
    or_: list["ExperimentWhere"] | None = operator(OR, "or")
    not_: "ExperimentWhere | None" = operator(NOT, "not")


@strawberry.input(description="An experiment to create.")
class CreateExperimentInput(NewNamed):
    project: str = strawberry.field(description="Name of its project.")


@strawberry.input(description="What to change of an experiment; what is left out stays.")
class UpdateExperimentInput(Changes):
    pass


@strawberry.type(description="The experiment as it is now.")
class ExperimentPayload:
    experiment: Experiment = strawberry.field(description="The experiment.")


ExperimentResult = Annotated[
    ExperimentPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("ExperimentResult", description="The experiment, or why there is none."),
]


@strawberry.type
class ExperimentQueries:
    @strawberry.field(description="An experiment by id, or by name in a project; null for none.")
    async def experiment(
        self, info: Info, id: ById = None, project: InProject = None, name: ByName = None
    ) -> Experiment | None:
        context = info.context
        if id is not None:
            return await load(info, Experiment, expect_kind(str(id), "Experiment"))
        scope = await within(info, project, name)
        row = scope and await experiment.by_name(
            context.graph, context.viewer, scope.id, scope.name
        )
        return Experiment.of(row) if row else None

    @strawberry.field(description="The experiments of a project.", extensions=PAGED)
    async def experiments(
        self,
        info: Info,
        window: Window,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        where: Annotated[ExperimentWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[Experiment]:
        scope = await project_named(info, project)
        return await listed(
            info, experiment.page, (scope.id,), window.as_of(scope.newest), order_by, where
        )


@strawberry.type
class ExperimentMutations:
    @strawberry.mutation(
        description="Create an experiment; its project is made where there is none."
    )
    async def create_experiment(self, info: Info, input: CreateExperimentInput) -> ExperimentResult:
        context = info.context
        id = await experiment.create(
            context.graph,
            context.viewer,
            context.settings,
            input.project,
            input.name,
            **input.described(),
        )
        return await _payload(info, id)

    @strawberry.mutation(description="Change what is said of an experiment.")
    async def update_experiment(self, info: Info, input: UpdateExperimentInput) -> ExperimentResult:
        context = info.context
        await experiment.update(
            context.graph, context.viewer, context.settings, str(input.id), **input.described()
        )
        return await _payload(info, str(input.id))


async def _payload(info: Info, id: str) -> ExperimentPayload:
    row = await experiment.checked(info.context.graph, info.context.viewer, id)
    return ExperimentPayload(experiment=Experiment.of(row))
