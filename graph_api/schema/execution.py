"""Runs in the schema: beginning and ending them, and what they say."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from graph_api.errors import BadInput
from graph_api.models import instant
from graph_api.models.metric import Point
from graph_api.models.run import NewRun
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.idempotency import Repeatable
from graph_api.schema.named import Changes
from graph_api.schema.run import Run, RunStatus
from graph_api.schema.scalars import json_object
from graph_api.services import heartbeat, metric, run

# Microseconds from then to the year 9999.
_LATEST = 253_370_764_800_000_000


def _microseconds(at: datetime | None) -> int | None:
    """Since 1970 UTC; BadInput for what is before, or after the year 9999."""
    if at is None:
        return None
    since = instant.microseconds(at)
    if not 0 <= since < _LATEST:
        raise BadInput(f"{at} is no time between the years 1970 and 9999.")
    return since


@strawberry.input(description="A run to begin.")
class StartRunInput(Repeatable):
    project: str = strawberry.field(
        description="Name of its project, which is made where there is none."
    )
    experiment: str | None = strawberry.field(
        default=None, description="Name of its experiment in that project."
    )
    create_experiment: bool = strawberry.field(
        default=True, description="Whether to make the experiment where there is none."
    )
    key: str | None = strawberry.field(
        default=None, description="A key of your own, unique in the project."
    )
    name: str | None = strawberry.field(
        default=None, description="What to call it; `run-<number>` unless given."
    )
    description: str | None = strawberry.field(default=None, description="What it is, in Markdown.")
    metadata: JSON | None = strawberry.field(default=None, description="A JSON object.")
    parameters: JSON | None = strawberry.field(
        default=None, description="What it is given: an object of scalars."
    )
    used: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID],
        description="Ids of what it uses. A model or dataset stands for its newest member.",
    )
    resume: bool = strawberry.field(
        default=False,
        description="Whether a run of this key goes on, instead of an error. It takes the new "
        "parameters and what is used, and keeps the rest.",
    )
    started_at: datetime | None = strawberry.field(
        default=None,
        description="When it began, in UTC, if that was before now. (When it was created stays the "
        "time at which this was said.)",
    )
    heartbeats: bool = strawberry.field(
        default=False,
        description="Whether you will send a `heartbeat` every 30 seconds or so: without one for "
        "5 minutes (a setting) the run is CRASHED.",
    )


@strawberry.input(description="What to change of a run; what is left out stays.")
class UpdateRunInput(Changes):
    pass


@strawberry.input(description="How a run ended.")
class FinishRunInput:
    run: strawberry.ID = strawberry.field(description="Id of the run.")
    status: RunStatus = strawberry.field(
        description="COMPLETED, FAILED or KILLED; CRASHED with the time at which it was last heard "
        "of."
    )
    reason: str | None = strawberry.field(default=None, description="Why.")
    ended_at: datetime | None = strawberry.field(
        default=None,
        description="When it ended, in UTC, if that was before now; not before it began.",
    )


@strawberry.input(description="A run that goes on.")
class HeartbeatInput:
    run: strawberry.ID = strawberry.field(description="Id of the run.")


@strawberry.input(description="What a run used or logged.")
class RunEntitiesInput:
    run: strawberry.ID = strawberry.field(description="Id of the run.")
    entities: list[strawberry.ID] = strawberry.field(
        description="Ids of entities of any kind. A used model or dataset stands for its newest "
        "member."
    )


@strawberry.input(description="One value of a metric.")
class MetricPointInput:
    key: str = strawberry.field(description="Name of the metric.")
    value: JSON = strawberry.field(
        description="The value; `NaN`, `Infinity` and `-Infinity` are strings of these names."
    )
    step: int | None = strawberry.field(
        default=None, description="Its step; as many as there are before it unless given."
    )
    at: datetime | None = strawberry.field(
        default=None, description="When it was measured, in UTC; now unless given."
    )

    def point(self) -> Point:
        at = _microseconds(self.at)
        return Point(key=self.key, value=self.value, step=self.step, at=at)


@strawberry.input(description="Values of a run's metrics.")
class LogMetricsInput(Repeatable):
    run: strawberry.ID = strawberry.field(description="Id of the run.")
    points: list[MetricPointInput] = strawberry.field(description="In the order measured.")


@strawberry.input(description="Parameters of a run.")
class LogParametersInput:
    run: strawberry.ID = strawberry.field(description="Id of the run.")
    parameters: JSON = strawberry.field(description="An object of scalars.")


@strawberry.type(description="The run as it is now.")
class RunPayload:
    run: Run = strawberry.field(description="The run.")
    created: bool = strawberry.field(description="Whether it is new.")


RunResult = Annotated[
    RunPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("RunResult", description="The run, or why it did not change."),
]


@strawberry.type
class RunMutations:
    @strawberry.mutation(description="Begin a run, with all that it used from the start.")
    async def start_run(self, info: Info, input: StartRunInput) -> RunResult:
        context = info.context
        started = await run.start(
            context.graph,
            context.viewer,
            context.settings,
            NewRun(
                project=input.project,
                experiment=input.experiment,
                create_experiment=input.create_experiment,
                key=input.key,
                name=input.name,
                description=input.description,
                metadata=json_object(input.metadata, "metadata"),
                parameters=json_object(input.parameters, "parameters"),
                used=tuple(str(id) for id in input.used),
                resume=input.resume,
                started_at=_microseconds(input.started_at),
                heartbeats=input.heartbeats,
            ),
            input.call(),
        )
        return await _payload(info, started.id, created=started.created)

    @strawberry.mutation(description="Change what is said of a run.")
    async def update_run(self, info: Info, input: UpdateRunInput) -> RunResult:
        context = info.context
        await run.update(
            context.graph, context.viewer, context.settings, str(input.id), **input.described()
        )
        return await _payload(info, str(input.id))

    @strawberry.mutation(description="End a run; to say the same again changes nothing.")
    async def finish_run(self, info: Info, input: FinishRunInput) -> RunResult:
        context = info.context
        ended_at = _microseconds(input.ended_at)
        if input.status is RunStatus.RUNNING or (
            input.status is RunStatus.CRASHED and ended_at is None
        ):
            raise BadInput(
                "A run ends as COMPLETED, FAILED or KILLED, or as CRASHED with `endedAt`; to go "
                "on, resume it."
            )
        await run.finish(
            context.graph, context.viewer, str(input.run), input.status.row, input.reason, ended_at
        )
        return await _payload(info, str(input.run))

    @strawberry.mutation(
        description="Say that a run goes on. One that CRASHED for want of this is RUNNING again; "
        "one that ended otherwise is refused."
    )
    async def heartbeat(self, info: Info, input: HeartbeatInput) -> RunResult:
        context = info.context
        await heartbeat.beat(context.graph, context.viewer, str(input.run))
        return await _payload(info, str(input.run))

    @strawberry.mutation(description="Say that a run used things that exist.")
    async def use(self, info: Info, input: RunEntitiesInput) -> RunResult:
        context = info.context
        ids = [str(id) for id in input.entities]
        await run.use(context.graph, context.viewer, str(input.run), ids)
        return await _payload(info, str(input.run))

    @strawberry.mutation(description="Say that a run logged things that exist.")
    async def log(self, info: Info, input: RunEntitiesInput) -> RunResult:
        context = info.context
        ids = [str(id) for id in input.entities]
        await run.log(context.graph, context.viewer, str(input.run), ids)
        return await _payload(info, str(input.run))

    @strawberry.mutation(description="Append values to a run's metrics.")
    async def log_metrics(self, info: Info, input: LogMetricsInput) -> RunResult:
        context = info.context
        await metric.log(
            context.graph,
            context.viewer,
            context.settings,
            str(input.run),
            [point.point() for point in input.points],
            input.call(),
        )
        return await _payload(info, str(input.run))

    @strawberry.mutation(description="Add parameters; one of the same key is overwritten.")
    async def log_parameters(self, info: Info, input: LogParametersInput) -> RunResult:
        context = info.context
        await run.log_parameters(
            context.graph,
            context.viewer,
            context.settings,
            str(input.run),
            json_object(input.parameters, "parameters"),
        )
        return await _payload(info, str(input.run))


async def _payload(info: Info, id: str, *, created: bool = False) -> RunPayload:
    row = await run.checked(info.context.graph, info.context.viewer, id)
    return RunPayload(run=Run.of(row), created=created)
