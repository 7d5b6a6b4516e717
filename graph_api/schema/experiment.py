"""Experiments in the schema."""

from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.models import experiment as models
from graph_api.models.entity import expect_kind
from graph_api.schema.connection import After, Connection, First
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.named import Changes, Named, NewNamed, named
from graph_api.schema.scope import ById, ByName, InProject, project_named, within
from graph_api.services import experiment, run

if TYPE_CHECKING:
    from graph_api.schema.run import Run

LazyRun = Annotated["Run", strawberry.lazy("graph_api.schema.run")]


@strawberry.type(description="Runs that belong together.")
class Experiment(Named):
    @classmethod
    def of(cls, row: models.Experiment) -> Self:
        return cls(**named(row))

    @strawberry.field(description="Its runs, oldest first.")
    async def runs(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LazyRun]:
        from graph_api.schema.run import Run

        context = info.context
        page = await run.of_experiment(context.graph, context.viewer, str(self.id), first, after)
        return Connection[Any].of(page, Run.of)


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
            row = await context.load(experiment.by_ids, expect_kind(str(id), "Experiment"))
        else:
            scope = await within(info, project, name)
            row = scope and await experiment.by_name(
                context.graph, context.viewer, scope.id, scope.name
            )
        return Experiment.of(row) if row else None

    @strawberry.field(description="The experiments of a project, oldest first.")
    async def experiments(
        self,
        info: Info,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Experiment]:
        context = info.context
        scope = await project_named(info, project)
        page = await experiment.page(context.graph, context.viewer, scope.id, first, after)
        return Connection[Experiment].of(page, Experiment.of)


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
