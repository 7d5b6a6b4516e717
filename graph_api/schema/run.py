"""Runs in the schema: reading them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

from graph_api.models import run as models
from graph_api.models.edge import Neighbour
from graph_api.models.entity import expect_kind
from graph_api.models.metric import DEFAULT_POINTS
from graph_api.models.page import Window
from graph_api.models.table import Column, column, table
from graph_api.schema.connection import (
    PAGED,
    Connection,
    CountedConnection,
    Matching,
    Ordered,
    listed,
)
from graph_api.schema.context import Info
from graph_api.schema.entity import AsOf, Entity, load, neighbours
from graph_api.schema.many import of_many
from graph_api.schema.metric import MaxPoints, Metric
from graph_api.schema.named import Named
from graph_api.schema.scope import ById, InProject, project_named, within
from graph_api.schema.where import (
    AND,
    NOT,
    OR,
    BigIntFilter,
    Comparable,
    DateTimeFilter,
    IdFilter,
    MetricFilter,
    NamedWhere,
    StringFilter,
    ValueFilter,
    operator,
)
from graph_api.services import edge, metric, run
from graph_api.services import experiment as experiments

if TYPE_CHECKING:
    from graph_api.schema.experiment import Experiment

LazyExperiment = Annotated["Experiment", strawberry.lazy("graph_api.schema.experiment")]


@strawberry.enum(description="How a run is doing.")
class RunStatus(Enum):
    RUNNING = strawberry.enum_value("RUNNING", description="It goes on.")
    COMPLETED = strawberry.enum_value("COMPLETED", description="It ended well.")
    FAILED = strawberry.enum_value("FAILED", description="It ended by a fault.")
    KILLED = strawberry.enum_value("KILLED", description="Someone ended it.")
    CRASHED = strawberry.enum_value("CRASHED", description="It has not been heard of any more.")

    @property
    def row(self) -> models.Status:
        return self.name


@strawberry.type(description="What a run used.")
class Use:
    entity: Entity = strawberry.field(description="What it used.")
    via: Entity | None = strawberry.field(
        description="The model or dataset through which it did; null: directly."
    )


@strawberry.type(description="What a run logged.")
class Log:
    entity: Entity = strawberry.field(description="What it logged.")
    reused: bool = strawberry.field(
        description="Whether it was there already, with the same content."
    )


@strawberry.type(description="One execution: it uses and logs things.")
class Run(Named):
    key: str = strawberry.field(description="Its key: unique in its project, its maker's choice.")
    number: int = strawberry.field(description="Its place among its project's runs, from 1.")
    status: RunStatus = strawberry.field(description="How it is doing.")
    reason: str | None = strawberry.field(description="Why it is so.")
    started_at: datetime = strawberry.field(description="When it began, in UTC.")
    ended_at: datetime | None = strawberry.field(description="When it ended, in UTC.")
    parameters: JSON = strawberry.field(description="What it was given: an object of scalars.")
    experiment_id: strawberry.Private[str | None]

    @classmethod
    def known(cls, columns: Mapping[str, Column]) -> dict[str, Column]:
        """As of any entity; a run that does not say when it began did so when it was created."""
        known = super().known(columns)
        if "status" in known:
            known["status"] = [*map(RunStatus, known["status"])]
        if "started_at" in known:
            both = zip(known["started_at"], known["created_at"], strict=True)
            known["started_at"] = [said or created for said, created in both]
        return known

    @strawberry.field(description="The experiment that it belongs to; null for none.")
    async def experiment(self, info: Info) -> LazyExperiment | None:
        from graph_api.schema.experiment import Experiment

        return await load(info, Experiment, self.experiment_id)

    @strawberry.field(description="Its metrics, by key.")
    async def metrics(self, info: Info) -> list[Metric]:
        rows = await info.context.load(metric.by_runs, str(self.id))
        return [Metric.of(row) for row in rows]

    @strawberry.field(description="Its metric of this key; null for none.")
    async def metric(
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="Its name.")],
        max_points: MaxPoints = DEFAULT_POINTS,
    ) -> Metric | None:
        rows = await info.context.load(metric.by_runs, str(self.id))
        return next((Metric.of(row, max_points) for row in rows if row.key == key), None)

    @strawberry.field(description="What it used, by id.", extensions=PAGED)
    @of_many
    @staticmethod
    async def used(
        runs: Sequence["Run"], info: Info, window: Window, as_of: AsOf = None
    ) -> list[Connection[Use]]:
        from graph_api.schema.node import load_by_id, shown

        pages = await neighbours(info, edge.USED, runs, window, as_of)
        vias = [column(page.items, "via") for page in pages]
        found = await load_by_id(info, [via for via in chain.from_iterable(vias) if via])

        def uses(used: Sequence[Neighbour]) -> Sequence[Use]:
            via = [found.get(id) for id in column(used, "via")]
            return table(Use, entity=shown(column(used, "entity")), via=via)

        return Connection[Use].of_each(pages, uses)

    @strawberry.field(description="What it logged, by id.", extensions=PAGED)
    @of_many
    @staticmethod
    async def logged(
        runs: Sequence["Run"], info: Info, window: Window, as_of: AsOf = None
    ) -> list[Connection[Log]]:
        from graph_api.schema.node import shown

        def logs(logged: Sequence[Neighbour]) -> Sequence[Log]:
            reused = [*map(bool, column(logged, "reused"))]
            return table(Log, entity=shown(column(logged, "entity")), reused=reused)

        pages = await neighbours(info, edge.LOGGED, runs, window, as_of)
        return Connection[Log].of_each(pages, logs)


@strawberry.input(description="Compares how a run is doing.")
class RunStatusFilter(Comparable):
    eq: RunStatus | None = operator("So.")
    ne: RunStatus | None = operator("Not so.")
    in_: list[RunStatus] | None = operator("In one of these ways.", "in")


@strawberry.input(description="Which runs; all that is said holds together.")
class RunWhere(NamedWhere):
    key: StringFilter | None = operator("Its key.")
    number: BigIntFilter | None = operator("Its place among its project's runs, from 1.")
    status: RunStatusFilter | None = operator("How it is doing.")
    reason: StringFilter | None = operator("Why it is so.")
    started_at: DateTimeFilter | None = operator("When it began.")
    ended_at: DateTimeFilter | None = operator("When it ended.")
    experiment: IdFilter | None = operator("The id of its experiment.")
    parameters: list[ValueFilter] | None = operator("What it was given; all of these hold.")
    metrics: list[MetricFilter] | None = operator("What it measured; all of these hold.")
    uses: strawberry.ID | None = operator(
        "It used this entity, directly or as the newest member of this model or dataset."
    )
    logged: strawberry.ID | None = operator("It logged this entity.")
    and_: list["RunWhere"] | None = operator(AND, "and")
    or_: list["RunWhere"] | None = operator(OR, "or")
    not_: "RunWhere | None" = operator(NOT, "not")


@strawberry.type
class RunQueries:
    @strawberry.field(description="A run by id, or by its key in a project; null for none.")
    async def run(
        self,
        info: Info,
        id: ById = None,
        project: InProject = None,
        key: Annotated[
            str | None, strawberry.argument(description="Its key in that project.")
        ] = None,
    ) -> Run | None:
        context = info.context
        if id is not None:
            return await load(info, Run, expect_kind(str(id), "Run"))
        scope = await within(info, project, key)
        row = scope and await run.by_key(context.graph, context.viewer, scope.id, scope.name)
        return Run.of(row) if row else None

    @strawberry.field(description="The runs of a project.", extensions=PAGED)
    async def runs(
        self,
        info: Info,
        window: Window,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        experiment: Annotated[
            str | None, strawberry.argument(description="Only those of this experiment.")
        ] = None,
        where: Annotated[RunWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[Run]:
        scope = await project_named(info, project)
        read, id = run.page, scope.id
        if experiment is not None:
            graph, viewer = info.context.graph, info.context.viewer
            found = await experiments.named(graph, viewer, scope, experiment)
            read, id = run.of_experiment, found.id
        return await listed(info, read, (id,), window.as_of(scope.newest), order_by, where)
