"""Members in the schema: versions of models and snapshots of datasets, which are artifacts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.models import ledger
from graph_api.models.membership import Member as Row
from graph_api.models.membership import StagePeriod as PeriodRow
from graph_api.models.page import Window
from graph_api.models.table import column
from graph_api.schema.connection import Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import Entity, load, seq_of
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.idempotency import Repeatable
from graph_api.schema.period import Period, period
from graph_api.services import membership, model

if TYPE_CHECKING:
    from graph_api.schema.artifact import Artifact

LazyArtifact = Annotated["Artifact", strawberry.lazy("graph_api.schema.artifact")]


@strawberry.interface(description="An artifact as a member of a model or dataset.")
class Member:
    index: int = strawberry.field(description="Its place, from 0, never given twice.")
    linked_at: datetime = strawberry.field(description="When it got its place and stage, in UTC.")
    linked_by: str = strawberry.field(description="Who gave it.")
    artifact_id: strawberry.Private[str]

    @strawberry.field(description="The artifact; null where the viewer may not see it.")
    async def artifact(self, info: Info) -> LazyArtifact | None:
        from graph_api.schema.artifact import Artifact

        return await load(info, Artifact, self.artifact_id)


def _member(row: Row) -> dict[str, Any]:
    return {
        "index": row.index,
        "linked_at": row.at,
        "linked_by": row.by,
        "artifact_id": row.artifact_id,
    }


async def members(
    info: Info,
    containers: Sequence[Entity],
    window: Window,
    as_of: ledger.AsOf | None,
    of: Callable[[Row], Any],
) -> list[Connection[Any]]:
    """A page of the members that each model or dataset had as of a moment."""
    seq = await seq_of(info, as_of)
    pages = await info.context.pages(
        lambda stretch: membership.MembersOf(stretch, seq), column(containers, "id"), window
    )
    return Connection[Any].of_each(pages, lambda found: [*map(of, found)])


@strawberry.type(description="A version of a model.")
class ModelVersion(Member):
    stage: str = strawberry.field(
        description="NONE, STAGING, PRODUCTION, ABANDONED, DEPRECATED, or a name of your own."
    )

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(stage=row.stage or "NONE", **_member(row))


@strawberry.type(description="A time in which a version of a model was in a stage.")
class StagePeriod(Period):
    index: int = strawberry.field(description="The version's place in the model.")
    stage: str = strawberry.field(description="The stage.")

    @classmethod
    def of(cls, row: PeriodRow) -> Self:
        return cls(index=row.index, stage=row.stage, **period(row, row.artifact_id))


@strawberry.type(description="A snapshot of a dataset.")
class DatasetSnapshot(Member):
    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(**_member(row))


@strawberry.input(description="An artifact to register as a version of a model.")
class RegisterModelInput:
    project: str = strawberry.field(description="Name of the model's project.")
    model: str = strawberry.field(description="Name of the model; it is made where there is none.")
    artifact: strawberry.ID = strawberry.field(description="Id of a committed artifact.")
    stage: str | None = strawberry.field(
        default=None, description="Its stage: NONE for a new version unless given."
    )


@strawberry.input(description="A stage for a version of a model.")
class SetStageInput:
    model: strawberry.ID = strawberry.field(description="Id of the model.")
    index: int = strawberry.field(description="Index of the version.")
    stage: str = strawberry.field(description="The stage it moves to.")


@strawberry.input(description="A stage of a model to give back to the version it had before.")
class RollBackStageInput(Repeatable):
    model: strawberry.ID = strawberry.field(description="Id of the model.")
    stage: str = strawberry.field(description="The stage.")
    from_: int | None = strawberry.field(
        name="from",
        description="Index of the newest version that is in it now, null for none. Where that is "
        "another by now the answer is STAGE_MOVED, so of two who roll back at once one does.",
    )


@strawberry.input(description="An artifact to add as a snapshot of a dataset.")
class AddSnapshotInput:
    project: str = strawberry.field(description="Name of the dataset's project.")
    dataset: str = strawberry.field(
        description="Name of the dataset; it is made where there is none."
    )
    artifact: strawberry.ID = strawberry.field(description="Id of a committed artifact.")


@strawberry.type(description="The version as it is now.")
class ModelVersionPayload:
    model_version: ModelVersion = strawberry.field(description="The version.")
    created: bool = strawberry.field(description="Whether it is new.")


@strawberry.type(description="The snapshot as it is now.")
class DatasetSnapshotPayload:
    dataset_snapshot: DatasetSnapshot = strawberry.field(description="The snapshot.")
    created: bool = strawberry.field(description="Whether it is new.")


ModelVersionResult = Annotated[
    ModelVersionPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("ModelVersionResult", description="The version, or why there is none."),
]
DatasetSnapshotResult = Annotated[
    DatasetSnapshotPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("DatasetSnapshotResult", description="The snapshot, or why there is none."),
]


@strawberry.type
class MemberMutations:
    @strawberry.mutation(
        description="Register an artifact as a version of a model. One that is registered there "
        "already keeps its index, and moves to the stage if one is given."
    )
    async def register_model(self, info: Info, input: RegisterModelInput) -> ModelVersionResult:
        graph, viewer = info.context.graph, info.context.viewer
        joined = await membership.register(
            graph,
            viewer,
            info.context.settings,
            input.project,
            input.model,
            str(input.artifact),
            input.stage,
        )
        row = await membership.current(graph, viewer, joined.container_id, joined.index)
        return ModelVersionPayload(model_version=ModelVersion.of(row), created=joined.created)

    @strawberry.mutation(description="Move a version of a model to a stage.")
    async def set_stage(self, info: Info, input: SetStageInput) -> ModelVersionResult:
        context = info.context
        graph, viewer, id = context.graph, context.viewer, str(input.model)
        await model.checked(graph, viewer, id)
        row = await membership.current(graph, viewer, id, input.index)
        await membership.add(
            graph, viewer, context.settings, id, row.artifact_id, "version", input.stage
        )
        row = await membership.current(graph, viewer, id, input.index)
        return ModelVersionPayload(model_version=ModelVersion.of(row), created=False)

    @strawberry.mutation(
        description="Put back into a stage the version that was the newest there before, of those "
        "that are not deleted; the one that is there goes back to the stage that it came from. The "
        "answer is the version that the stage means now."
    )
    async def roll_back_stage(self, info: Info, input: RollBackStageInput) -> ModelVersionResult:
        graph, viewer, id = info.context.graph, info.context.viewer, str(input.model)
        await membership.roll_back(graph, viewer, id, input.stage, input.from_, input.call())
        row = await membership.current(graph, viewer, id, stage=input.stage)
        return ModelVersionPayload(model_version=ModelVersion.of(row), created=False)

    @strawberry.mutation(
        description="Add an artifact as a snapshot of a dataset. One that is there already keeps "
        "its index."
    )
    async def add_snapshot(self, info: Info, input: AddSnapshotInput) -> DatasetSnapshotResult:
        graph, viewer = info.context.graph, info.context.viewer
        joined = await membership.snapshot(
            graph, viewer, info.context.settings, input.project, input.dataset, str(input.artifact)
        )
        row = await membership.current(graph, viewer, joined.container_id, joined.index)
        return DatasetSnapshotPayload(
            dataset_snapshot=DatasetSnapshot.of(row), created=joined.created
        )
