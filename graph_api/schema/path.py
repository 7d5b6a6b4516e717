"""Paths of lineage in the schema."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import strawberry

from graph_api.models import lineage as models
from graph_api.models.page import Listed, Stretch, Window
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import AsOf, Entity, LazyWhere
from graph_api.schema.lineage import IncompleteReason, LineageEdge
from graph_api.schema.moment import Moment, page_at, pinned
from graph_api.schema.node import load_all, load_by_id
from graph_api.services import lineage

# What its cursors are of.
_SCOPE = "PATHS"


@strawberry.type(
    description="From one entity of a path to the next, as data flowed: directly, or through what "
    "the viewer may not see."
)
class LineageStep:
    source: strawberry.ID = strawberry.field(description="Id of the entity that data comes from.")
    target: strawberry.ID = strawberry.field(description="Id of the entity that data goes to.")
    edges: list[LineageEdge] = strawberry.field(
        description="The edges between the two: several where an artifact was both used by a run "
        "and linked to it, say. None where the way leads through what the viewer may not see."
    )
    hidden: bool = strawberry.field(
        description="Whether it leads through what the viewer may not see; it then counts as two "
        "edges, however long the way is."
    )

    @classmethod
    def of(cls, step: models.Step) -> "LineageStep":
        return cls(
            source=strawberry.ID(step.source),
            target=strawberry.ID(step.target),
            edges=[LineageEdge.of(edge) for edge in step.edges],
            hidden=not step.edges,
        )


@strawberry.type(description="A way along which data flowed, on which nothing comes twice.")
class LineagePath:
    length: int = strawberry.field(description="Its edges.")
    nodes: list[Entity] = strawberry.field(
        description="The entities on it that the viewer sees, from the first to the last."
    )
    steps: list[LineageStep] = strawberry.field(description="How each comes to the next.")

    @classmethod
    def of(cls, path: models.Path, shown: Mapping[str, Entity]) -> "LineagePath":
        return cls(
            length=path.length,
            nodes=[shown[id] for id in path.ids if id in shown],
            steps=[*map(LineageStep.of, path.steps)],
        )


@strawberry.type(description="The paths from one entity to another, as data flowed.")
class LineagePaths:
    as_of: Moment = strawberry.field(
        description="The moment it shows: all that was written until then, nothing later."
    )
    complete: bool = strawberry.field(
        description="Whether no path is missing from the pages of `paths`, nor an entity from "
        "`cutPoints`. A promise: where it is kept and there is no path, no data flowed from the "
        "one to the other."
    )
    incomplete_because: list[IncompleteReason] = strawberry.field(
        description="Why it is not; empty exactly where it is complete."
    )
    found: strawberry.Private[models.Between]
    listed: strawberry.Private[lineage.Paths]

    @strawberry.field(
        description="The shortest first, then by the ids on them. What is far down the list costs "
        "the search of all before it; TIMEOUT where that takes too long.",
        extensions=PAGED,
    )
    async def paths(self, info: Info, window: Window) -> Connection[LineagePath]:
        async def read(stretch: Stretch) -> Listed[models.Path]:
            low, high = stretch.numbers()
            # What is read from its end is known once all of it is.
            most = high if stretch.backward else min(high, low + stretch.most)
            return stretch.numbered(await self.listed.upto(most))

        page = await page_at(self.found.as_of, _SCOPE, window, read)
        shown = await load_by_id(info, [id for path in page.items for id in path.ids])
        return Connection[LineagePath].of(page, [LineagePath.of(it, shown) for it in page.items])

    @strawberry.field(
        description="What every path leads through, between the two, in the order of the way: "
        "withdraw one, and nothing of the first has come to the last (articulation points). "
        "What the viewer may not see is not told.",
        extensions=PAGED,
    )
    async def cut_points(self, info: Info, window: Window) -> Connection[Entity]:
        ids = await asyncio.to_thread(lineage.cuts, self.found)

        async def read(stretch: Stretch) -> Listed[str]:
            return stretch.numbered(ids)

        page = await page_at(self.found.as_of, _SCOPE, window, read)
        return Connection[Entity].of(page, await load_all(info, page.items))


@strawberry.type
class PathQueries:
    @strawberry.field(description="The paths along which data flowed from one entity to another.")
    async def lineage_paths(
        self,
        info: Info,
        source: Annotated[
            strawberry.ID,
            strawberry.argument(name="from", description="Id of the entity they begin at."),
        ],
        target: Annotated[
            strawberry.ID,
            strawberry.argument(name="to", description="Id of the entity they end at."),
        ],
        where: Annotated[
            LazyWhere | None,
            strawberry.argument(
                description="What they may follow. No path leads on through what is in `stopAt`; "
                "`showOnly` is refused."
            ),
        ] = None,
        as_of: AsOf = None,
    ) -> LineagePaths:
        context, seconds = info.context, info.context.settings.lineage_seconds
        found = await lineage.between(
            context.graph,
            context.viewer,
            str(source),
            str(target),
            where=where and await where.row(info),
            as_of=await pinned(info, _SCOPE, as_of),
            seconds=seconds,
        )
        return LineagePaths(
            as_of=Moment.of(found.as_of),
            complete=not found.incomplete_because,
            incomplete_because=[IncompleteReason(it) for it in found.incomplete_because],
            found=found,
            listed=lineage.Paths(found, seconds),
        )
