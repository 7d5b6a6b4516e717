"""The past in the schema: what was said of an entity as of a moment."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry
from strawberry.scalars import JSON

from graph_api.models.entity import Entity as Row
from graph_api.models.ledger import AsOf
from graph_api.schema.context import Info
from graph_api.schema.entity import load, seq_of
from graph_api.schema.scalars import BigInt
from graph_api.services import revision

if TYPE_CHECKING:
    from graph_api.schema.project import Project

LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]


@strawberry.type(
    description="What was said of an entity as of a moment: all of it that can change and of which "
    "the ledger keeps what it was. What entities of its kind do not have is null."
)
class Past:
    seq: BigInt = strawberry.field(description="The seq of the moment.")
    name: str | None = strawberry.field(
        description="Its name; of a version that of its collection."
    )
    description: str | None = strawberry.field(description="What it is, in Markdown.")
    metadata: JSON | None = strawberry.field(description="What its makers noted.")
    system_metadata: JSON | None = strawberry.field(
        description="What the programs around it noted."
    )
    tags: list[str] | None = strawberry.field(
        description="Labels of a version, sorted; as of now where they changed before the service "
        "kept what they were."
    )
    state: str | None = strawberry.field(description="How far a version was.")
    time_to_live: BigInt | None = strawberry.field(description="That of a version, in seconds.")
    status: str | None = strawberry.field(description="How a run was doing.")
    reason: str | None = strawberry.field(description="Why it was so.")
    ended_at: datetime | None = strawberry.field(description="When it had ended, in UTC.")
    read_only: bool | None = strawberry.field(description="Whether nothing in it changed.")
    project_id: strawberry.Private[str | None]

    @strawberry.field(
        description="The project that it lay in; null for an organization, and where the viewer "
        "may not see it."
    )
    async def project(self, info: Info) -> LazyProject | None:
        from graph_api.schema.project import Project

        return await load(info, Project, self.project_id)

    @classmethod
    def of(cls, seq: int, row: Row) -> Self:
        said: dict[str, Any] = {name: getattr(row, name, None) for name in _FIELDS}
        if row.kind == "Project":
            said["project_id"] = row.id
        return cls(seq=BigInt(seq), **said)


_FIELDS = (
    *("name", "description", "metadata", "system_metadata", "tags", "state", "time_to_live"),
    *("status", "reason", "ended_at", "read_only", "project_id"),
)


async def past(info: Info, id: str, as_of: AsOf) -> Past | None:
    """What was said of an entity, None where it was not there yet."""
    seq = await seq_of(info, as_of)
    row = await info.context.load(revision.Past(seq), id)
    return Past.of(seq, row) if row else None
