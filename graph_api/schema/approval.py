"""Approvals in the schema: somebody's word that a version is in order."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.models import approval as models
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.services import approval

if TYPE_CHECKING:
    from graph_api.schema.artifact import Artifact

LazyArtifact = Annotated["Artifact", strawberry.lazy("graph_api.schema.artifact")]


@strawberry.type(
    description="Somebody's word that a version is in order, which stands until it is revoked."
)
class Approval:
    name: str = strawberry.field(description="As what it is approved, such as `legal`.")
    note: str = strawberry.field(description="What was said of it.")
    at: datetime = strawberry.field(description="When, in UTC.")
    by: str = strawberry.field(description="By whom.")

    @classmethod
    def of(cls, row: models.Approval) -> Self:
        return cls(name=row.name, note=row.note, at=row.at, by=row.by)


@strawberry.input(description="What is in order.")
class ApproveInput:
    artifact: strawberry.ID = strawberry.field(description="Id of the version.")
    name: str = strawberry.field(
        name="as", description="As what it is approved, such as `legal`: a policy asks by that."
    )
    note: str = strawberry.field(
        default="", description="What is to be said of it, at most 2,000 characters."
    )


@strawberry.input(description="An approval that is to stand no more.")
class RevokeApprovalInput:
    artifact: strawberry.ID = strawberry.field(description="Id of the version.")
    name: str = strawberry.field(name="as", description="As what it was approved.")
    by: str | None = strawberry.field(
        default=None,
        description="By whom; by the viewer unless given. Another's takes the right to administer "
        "the version's project.",
    )


@strawberry.type(description="The version, with the approvals that stand.")
class ApprovalPayload:
    artifact: LazyArtifact = strawberry.field(description="The version.")


ApprovalResult = Annotated[
    ApprovalPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("ApprovalResult", description="The version, or why nothing has changed."),
]


@strawberry.type
class ApprovalMutations:
    @strawberry.mutation(
        description="Say that a version is in order. Said again with another note, that replaces "
        "it. Whoever may write to its project may do so; which approvals a promotion needs, and "
        "whose, a project's policy says."
    )
    async def approve(self, info: Info, input: ApproveInput) -> ApprovalResult:
        context, id = info.context, str(input.artifact)
        await approval.approve(
            context.graph, context.viewer, context.settings, id, input.name, input.note
        )
        return await _payload(info, id)

    @strawberry.mutation(
        description="Take an approval back. What was promoted with it stays where it is."
    )
    async def revoke_approval(self, info: Info, input: RevokeApprovalInput) -> ApprovalResult:
        context, id = info.context, str(input.artifact)
        await approval.revoke(context.graph, context.viewer, id, input.name, input.by)
        return await _payload(info, id)


async def _payload(info: Info, id: str) -> ApprovalPayload:
    from graph_api.schema.artifact import Artifact
    from graph_api.schema.entity import load

    found = await load(info, Artifact, id)
    assert found, id
    return ApprovalPayload(artifact=found)
