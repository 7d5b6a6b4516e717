"""Impact in the schema: what relies on something, and on all that came of it."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from graph_api.models import impact as rows
from graph_api.models.lineage import ReachedModel as ReachedRow
from graph_api.models.page import Listed, Stretch, Window
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import AsOf, Entity
from graph_api.schema.lineage import Lineage, ReachedModel
from graph_api.schema.moment import page_at, pinned
from graph_api.schema.node import load_by_id
from graph_api.schema.scalars import BigInt
from graph_api.services import lineage

# What its cursors are of.
_SCOPE = "IMPACT"


@strawberry.enum(description="Why something matters, the gravest first.")
class Severity(Enum):
    PRODUCTION = strawberry.enum_value(
        "PRODUCTION", description="It is a version of a model in the stage PRODUCTION."
    )
    PROTECTED = strawberry.enum_value("PROTECTED", description="A protected alias points at it.")
    STAGING = strawberry.enum_value(
        "STAGING", description="It is a version of a model in the stage STAGING."
    )
    REGISTERED = strawberry.enum_value(
        "REGISTERED", description="It is a version of a model in any other stage."
    )
    ALIASED = strawberry.enum_value("ALIASED", description="An alias points at it.")
    RUNNING = strawberry.enum_value("RUNNING", description="It is a run that goes on.")
    PLAIN = strawberry.enum_value("PLAIN", description="None of these.")


@strawberry.type(description="An entity that something came to, and what relies on it.")
class Affected:
    severity: Severity = strawberry.field(description="The gravest reason why it matters.")
    entity: Entity = strawberry.field(
        description="The entity; who created it is the first to be told."
    )
    depth: int = strawberry.field(
        description="Edges from where it came from; those within a hidden region count nothing."
    )
    aliases: list[str] = strawberry.field(description="The names that point at it, sorted.")
    models: list[ReachedModel] = strawberry.field(
        description="Its places in models that the viewer sees."
    )
    last_used_at: datetime | None = strawberry.field(
        description="When a run that the viewer sees used it last, in UTC; null for never."
    )
    bytes: BigInt | None = strawberry.field(
        description="Bytes of its files; null for what is no version."
    )

    @classmethod
    def of(cls, row: rows.Affected, entity: Entity) -> Self:
        reliance = row.reliance
        return cls(
            severity=Severity(reliance.severity),
            entity=entity,
            depth=row.depth,
            aliases=[alias.name for alias in reliance.aliases],
            models=[
                ReachedModel.of(ReachedRow(place.container_id, place)) for place in reliance.places
            ],
            last_used_at=reliance.used_at,
            bytes=None if reliance.bytes is None else BigInt(reliance.bytes),
        )


@strawberry.type(description="What relies on something, and on all that came of it.")
class Impact:
    bytes: BigInt = strawberry.field(
        description="Bytes of the files of all versions among it together."
    )
    found: strawberry.Private[rows.Impact]

    @strawberry.field(description="All that came of it, itself included, and whether that is all.")
    def lineage(self) -> Lineage:
        return Lineage.of(self.found.lineage, "DOWNSTREAM")

    @strawberry.field(
        description="All of that with what relies on it: the gravest first, then the last used, "
        "the nearest, by id. Places, names and uses are as of the answer's moment; what is "
        "protected and what goes on, as of now.",
        extensions=PAGED,
    )
    async def affected(self, info: Info, window: Window) -> Connection[Affected]:
        async def read(stretch: Stretch) -> Listed[rows.Affected]:
            return stretch.numbered(self.found.affected)

        page = await page_at(self.found.lineage.as_of, _SCOPE, window, read)
        shown = await load_by_id(info, [row.reliance.id for row in page.items])
        nodes = [
            Affected.of(row, shown[row.reliance.id])
            for row in page.items
            if row.reliance.id in shown
        ]
        return Connection[Affected].of(page, nodes)


@strawberry.type
class ImpactQueries:
    @strawberry.field(
        description="What would be affected if something were wrong: all that came of it, ranked "
        "by what relies on it."
    )
    async def impact(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Id of the entity.")],
        as_of: AsOf = None,
    ) -> Impact:
        context = info.context
        found = await lineage.impact(
            context.graph,
            context.viewer,
            str(id),
            as_of=await pinned(info, _SCOPE, as_of),
            seconds=context.settings.lineage_seconds,
            kept=context.kept,
        )
        return Impact(bytes=BigInt(found.bytes), found=found)
