"""Periods: times in which something held, as names and stages that move leave them behind."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph_api.models.ledger import Period as Row
from graph_api.schema.context import Info
from graph_api.schema.entity import load
from graph_api.schema.scalars import BigInt

if TYPE_CHECKING:
    from graph_api.schema.artifact import Artifact

LazyArtifact = Annotated["Artifact", strawberry.lazy("graph_api.schema.artifact")]


@strawberry.interface(description="A time in which something held of a version.")
class Period:
    since: BigInt = strawberry.field(description="The seq of the change with which it began.")
    set_at: datetime = strawberry.field(description="When it began, in UTC.")
    set_by: str = strawberry.field(description="Who began it.")
    until: BigInt | None = strawberry.field(
        description="The seq of the change that ended it; null while it goes on."
    )
    ended_at: datetime | None = strawberry.field(
        description="When it ended, in UTC; null while it goes on."
    )
    ended_by: str | None = strawberry.field(description="Who ended it; null while it goes on.")
    artifact_id: strawberry.Private[str]

    @strawberry.field(description="The version; null where the viewer may not see it.")
    async def artifact(self, info: Info) -> LazyArtifact | None:
        from graph_api.schema.artifact import Artifact

        return await load(info, Artifact, self.artifact_id)


def period(row: Row, artifact_id: str) -> dict[str, Any]:
    """The fields that every period has."""
    return {
        "since": BigInt(row.since),
        "set_at": row.set_at,
        "set_by": row.set_by,
        "until": None if row.until is None else BigInt(row.until),
        "ended_at": row.ended_at,
        "ended_by": row.ended_by,
        "artifact_id": artifact_id,
    }
