"""Withdrawals in the schema: the recall of something, and of all that came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.models import withdrawal as models
from graph_api.models.page import Listed, Stretch, Window, page_of
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.services import ledger, withdrawal

if TYPE_CHECKING:
    from graph_api.schema.entity import Entity
    from graph_api.schema.lineage import Lineage

LazyEntity = Annotated["Entity", strawberry.lazy("graph_api.schema.entity")]
LazyLineage = Annotated["Lineage", strawberry.lazy("graph_api.schema.lineage")]


@strawberry.type(
    description="Somebody's word that an entity may be relied on in spite of a withdrawal, and so "
    "may what came of the withdrawn one through it alone."
)
class Clearance:
    entity_id: strawberry.ID = strawberry.field(description="Id of the entity.")
    reason: str = strawberry.field(description="Why it may.")
    at: datetime = strawberry.field(description="When that was said, in UTC.")
    by: str = strawberry.field(description="By whom.")


@strawberry.type(
    description="An entity that must not be relied on any more. Until it is cleared, or derived "
    "anew without it, what came of it is refused promotion (TAINTED): into a stage of a model but "
    "NONE, ABANDONED and DEPRECATED, and to a protected alias."
)
class Withdrawal:
    reason: str = strawberry.field(description="Why it must not be relied on.")
    at: datetime = strawberry.field(description="When it was withdrawn, in UTC.")
    by: str = strawberry.field(description="By whom.")
    row: strawberry.Private[models.Withdrawal]

    @classmethod
    def of(cls, row: models.Withdrawal) -> Self:
        return cls(reason=row.reason, at=row.at, by=row.by, row=row)

    @strawberry.field(description="What was withdrawn.")
    async def entity(self, info: Info) -> LazyEntity | None:
        from graph_api.schema.node import load_by_id

        return (await load_by_id(info, [self.row.entity_id])).get(self.row.entity_id)

    @strawberry.field(description="What the viewer sees that was cleared of it, oldest first.")
    async def clearances(self, info: Info) -> list[Clearance]:
        from graph_api.schema.node import load_by_id

        rows = sorted(self.row.clearances, key=lambda row: row.since)
        seen = await load_by_id(info, [row.entity_id for row in rows])
        return [
            Clearance(entity_id=strawberry.ID(it.entity_id), reason=it.reason, at=it.at, by=it.by)
            for it in rows
            if it.entity_id in seen
        ]

    @strawberry.field(
        description="All that came of it, itself included, but for what was cleared: what must not "
        "be relied on. `lineagePaths` tells how each came of it."
    )
    async def tainted(self, info: Info) -> LazyLineage:
        from graph_api.schema.lineage import Lineage
        from graph_api.schema.moment import pinned

        context = info.context
        found = await withdrawal.tainted(
            context.graph,
            context.viewer,
            self.row,
            as_of=await pinned(info, "DOWNSTREAM"),
            seconds=context.settings.lineage_seconds,
        )
        return Lineage.of(found, "DOWNSTREAM")


@strawberry.type(description="A withdrawal that an entity came of.")
class Taint:
    withdrawal: Withdrawal | None = strawberry.field(
        description="The withdrawal; null where the viewer may not see what was withdrawn: of "
        "such, there is only the one with the shortest way."
    )
    path: list[strawberry.ID] = strawberry.field(
        description="Ids along which data flows, a shortest way from what was withdrawn to the "
        "entity; `(hidden)` for what the viewer may not see."
    )

    @classmethod
    def of(cls, row: models.Taint) -> Self:
        shown = row.withdrawal and Withdrawal.of(row.withdrawal)
        return cls(withdrawal=shown, path=[strawberry.ID(id) for id in row.path])


async def withdrawals_of(info: Info, ids: Sequence[str]) -> list[Withdrawal | None]:
    """The withdrawal of each entity that stands."""
    rows = await info.context.load_all(withdrawal.of, ids)
    return [row and Withdrawal.of(row) for row in rows]


async def taints_of(info: Info, id: str) -> list[Taint]:
    """The withdrawals that an entity came of."""
    context = info.context
    now = await ledger.now(context.graph, context.viewer)
    rows = await withdrawal.taints(context.graph, context.viewer, id, now.seq)
    return [*map(Taint.of, rows)]


@strawberry.type
class WithdrawalQueries:
    @strawberry.field(
        description="The withdrawals that stand, of what the viewer sees, the oldest first.",
        extensions=PAGED,
    )
    async def withdrawals(self, info: Info, window: Window) -> Connection[Withdrawal]:
        rows = await withdrawal.standing(info.context.graph, info.context.viewer)

        async def read(stretch: Stretch) -> Listed[models.Withdrawal]:
            return stretch.of(rows, lambda row: row.place)

        page = await page_of(window, read)
        return Connection[Withdrawal].of(page, [*map(Withdrawal.of, page.items)])


@strawberry.input(description="What must not be relied on any more.")
class WithdrawInput:
    entity: strawberry.ID = strawberry.field(
        description="Id of a version, a run, a model or a dataset."
    )
    reason: str = strawberry.field(
        description="Why, in words, at most 2,000 characters: whoever is refused a promotion for "
        "it, and sees the entity, is told."
    )


@strawberry.input(description="What may be relied on in spite of a withdrawal.")
class ClearInput:
    withdrawn: strawberry.ID = strawberry.field(description="Id of the entity that was withdrawn.")
    entity: strawberry.ID = strawberry.field(
        description="Id of the entity that may be relied on: the same, to end the withdrawal, or "
        "one that came of it, at which the taint then ends."
    )
    reason: str = strawberry.field(description="Why, in words, at most 2,000 characters.")


@strawberry.type(description="The entity that was withdrawn, as it is now.")
class WithdrawalPayload:
    entity: LazyEntity = strawberry.field(description="The entity.")


WithdrawalResult = Annotated[
    WithdrawalPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("WithdrawalResult", description="The entity, or why nothing has changed."),
]


@strawberry.type
class WithdrawalMutations:
    @strawberry.mutation(
        description="Say that an entity must not be relied on any more. All that came of it is "
        "tainted from now on, through whatever the viewer may not see, too. Whoever may write to "
        "its project may do so."
    )
    async def withdraw(self, info: Info, input: WithdrawInput) -> WithdrawalResult:
        context = info.context
        await withdrawal.withdraw(context.graph, context.viewer, str(input.entity), input.reason)
        return await _payload(info, input.entity)

    @strawberry.mutation(
        description="Say that an entity may be relied on in spite of a withdrawal. Whoever "
        "administers the project of what was withdrawn may do so."
    )
    async def clear(self, info: Info, input: ClearInput) -> WithdrawalResult:
        context, withdrawn = info.context, str(input.withdrawn)
        await withdrawal.clear(
            context.graph, context.viewer, withdrawn, str(input.entity), input.reason
        )
        return await _payload(info, withdrawn)


async def _payload(info: Info, id: str) -> WithdrawalPayload:
    from graph_api.schema.node import load_by_id

    return WithdrawalPayload(entity=(await load_by_id(info, [id]))[id])
