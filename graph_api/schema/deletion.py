"""Deletion in the schema: the plan, the trash, and the way back."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Self

import strawberry

from graph_api.models import deletion as models
from graph_api.schema.artifact import Artifact
from graph_api.schema.context import Info
from graph_api.schema.entity import Entity
from graph_api.schema.errors import (
    ConflictError,
    InvalidInputError,
    NeededError,
    NotFoundError,
)
from graph_api.schema.lineage import Lineage
from graph_api.schema.scalars import BigInt
from graph_api.services import deletion


@strawberry.enum(description="Why something stands against a deletion.")
class BlockerReason(Enum):
    ALIAS = strawberry.enum_value("ALIAS", description="Names point at it.")
    MEMBER = strawberry.enum_value(
        "MEMBER", description="The version is one of a model, or a snapshot of a dataset."
    )
    LINK = strawberry.enum_value("LINK", description="Data flows into it by a link.")
    RUNNING = strawberry.enum_value("RUNNING", description="The run goes on.")
    REFERENCE = strawberry.enum_value(
        "REFERENCE", description="The version refers to files of the one to be deleted."
    )
    HIDDEN = strawberry.enum_value(
        "HIDDEN", description="Data flows into something that the viewer may not see."
    )


@strawberry.type(description="Something that needs a version that is to be deleted.")
class Blocker:
    reason: BlockerReason = strawberry.field(description="Why it stands against the deletion.")
    aliases: list[str] = strawberry.field(
        description="The names, sorted, where they are the reason."
    )
    path: list[strawberry.ID] = strawberry.field(
        description="Ids along which data flows, from the version to it; `(hidden)` for what the "
        "viewer may not see."
    )
    needed_by: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: models.Blocker) -> Self:
        return cls(
            reason=BlockerReason(row.reason),
            aliases=list(row.aliases),
            path=[strawberry.ID(id) for id in row.path],
            needed_by=row.needed_by,
        )

    @strawberry.field(description="What it is; null where the viewer may not see it.")
    async def entity(self, info: Info) -> Entity | None:
        from graph_api.schema.node import load_by_id

        if self.needed_by is None:
            return None
        return (await load_by_id(info, [self.needed_by])).get(self.needed_by)


@strawberry.type(description="What it means to delete some versions.")
class DeletePlan:
    bytes: BigInt = strawberry.field(description="Bytes of all their files.")
    freed_bytes: BigInt = strawberry.field(
        description="Bytes that go from the store with them, manifests and kept zips included. "
        "What other versions contain stays; of these, those count that the viewer can read."
    )
    blocker_count: int = strawberry.field(description="How many things need them.")
    plan: strawberry.Private[models.Plan]

    @classmethod
    def of(cls, plan: models.Plan) -> Self:
        return cls(
            bytes=BigInt(plan.bytes),
            freed_bytes=BigInt(plan.freed),
            blocker_count=plan.blocker_count,
            plan=plan,
        )

    @strawberry.field(description="The versions whose bytes have not gone, by id.")
    async def artifacts(self, info: Info) -> list[Artifact]:
        return await _artifacts(info, self.plan.artifacts)

    @strawberry.field(description="The 100 nearest things that need them, the nearest first.")
    def blockers(self) -> list[Blocker]:
        return [Blocker.of(row) for row in self.plan.blockers]

    @strawberry.field(
        description="All that came of them, themselves included: without them it cannot be made "
        "again."
    )
    def downstream(self) -> Lineage:
        return Lineage.of(self.plan.downstream, "DOWNSTREAM")


@strawberry.input(description="Versions to delete.")
class DeleteArtifactsInput:
    artifacts: list[strawberry.ID] = strawberry.field(
        description="Their ids; at most 1,000 a call."
    )
    force: bool = strawberry.field(
        default=False,
        description="Delete them although something needs them; takes the right to administer "
        "their projects.",
    )


@strawberry.input(description="Deleted versions to take back.")
class RestoreArtifactsInput:
    artifacts: list[strawberry.ID] = strawberry.field(
        description="Their ids; at most 1,000 a call."
    )


@strawberry.type(description="The versions are deleted.")
class DeletePayload:
    plan: DeletePlan = strawberry.field(description="The plan that was carried out.")


@strawberry.type(description="The versions are there again.")
class RestorePayload:
    ids: strawberry.Private[Sequence[str]]

    @strawberry.field(description="The versions, in the order asked.")
    async def artifacts(self, info: Info) -> list[Artifact]:
        return await _artifacts(info, self.ids)


DeleteResult = Annotated[
    DeletePayload | NotFoundError | InvalidInputError | ConflictError | NeededError,
    strawberry.union("DeleteResult", description="What was deleted, or why nothing was."),
]
RestoreResult = Annotated[
    RestorePayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("RestoreResult", description="The versions, or why they stay deleted."),
]


@strawberry.type
class DeletionQueries:
    @strawberry.field(description="What it would mean to delete some versions.")
    async def delete_plan(
        self,
        info: Info,
        artifacts: Annotated[
            list[strawberry.ID],
            strawberry.argument(description="Ids of the versions; at most 1,000."),
        ],
    ) -> DeletePlan:
        context = info.context
        plan = await deletion.plan(
            context.graph,
            context.blobs,
            context.viewer,
            [str(id) for id in artifacts],
            context.settings.lineage_seconds,
        )
        return DeletePlan.of(plan)


@strawberry.type
class DeletionMutations:
    @strawberry.mutation(
        description="Delete versions: their aliases point nowhere, their content cannot be read, "
        "and after a time their bytes go. Refused where something needs them."
    )
    async def delete_artifacts(self, info: Info, input: DeleteArtifactsInput) -> DeleteResult:
        context = info.context
        plan = await deletion.delete(
            context.graph,
            context.blobs,
            context.viewer,
            [str(id) for id in input.artifacts],
            force=input.force,
            trash_seconds=context.settings.trash_seconds,
            seconds=context.settings.lineage_seconds,
        )
        return DeletePayload(plan=DeletePlan.of(plan))

    @strawberry.mutation(
        description="Take deleted versions back whose bytes have not gone, with those of their "
        "aliases that nothing else has by now."
    )
    async def restore_artifacts(self, info: Info, input: RestoreArtifactsInput) -> RestoreResult:
        ids = [str(id) for id in input.artifacts]
        await deletion.restore(info.context.graph, info.context.viewer, ids)
        return RestorePayload(ids=ids)


async def _artifacts(info: Info, ids: Sequence[str]) -> list[Artifact]:
    from graph_api.schema.node import load_all

    return [found for found in await load_all(info, ids) if isinstance(found, Artifact)]
