"""What a lineage holds, counted and drawn together, in the schema."""

from collections.abc import Mapping, Sequence
from enum import Enum

import strawberry

from graph_api.models import ledger as ledgers
from graph_api.models import summary as models
from graph_api.models.page import Listed, Stretch, Window
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import AsOf, Collapse, Depth, Entity, EntityKind, Following
from graph_api.schema.following import LineageEdgeKind, LineageWhere
from graph_api.schema.lineage import (
    Direction,
    HiddenRegion,
    IncompleteReason,
    LineageCount,
    Roots,
    Shared,
    Way,
)
from graph_api.schema.moment import Moment, page_at, pinned
from graph_api.schema.node import load_by_id
from graph_api.services import lineage


@strawberry.enum(
    description="What entities of a lineage are drawn together by, as they are now; each is in "
    "one group."
)
class CollapseBy(Enum):
    COLLECTION = strawberry.enum_value(
        "COLLECTION",
        description="Versions by their collection; runs by what they did: those that, in this "
        "answer, used and logged versions of the same collections. Whatever else there is, is a "
        "group of its own; a collection is in that of its versions.",
    )
    TYPE = strawberry.enum_value(
        "TYPE", description="By kind, and of versions and collections by type."
    )
    PROJECT = strawberry.enum_value("PROJECT", description="By the project they lie in.")
    ROLE = strawberry.enum_value(
        "ROLE",
        description="By kind, and by the roles of the links that lead from them in this answer.",
    )

    @property
    def row(self) -> models.CollapseBy:
        return self.name


@strawberry.type(description="How many edges of a lineage say the same.")
class LineageEdgeCount:
    kind: LineageEdgeKind = strawberry.field(description="What they say.")
    role: str | None = strawberry.field(description="The role of links.")
    count: int = strawberry.field(description="How many.")

    @classmethod
    def of(cls, row: models.EdgeCount) -> "LineageEdgeCount":
        return cls(kind=LineageEdgeKind(row.kind), role=row.role, count=row.count)


@strawberry.type(description="Entities of a lineage that are drawn together.")
class LineageGroup:
    key: str = strawberry.field(
        description="What `groupEdges` and `hidden` name it by; opaque, but of the same answer it "
        "is always the same."
    )
    kind: EntityKind | None = strawberry.field(
        description="The kind of its entities; null where they are of several."
    )
    count: int = strawberry.field(description="How many entities it has.")
    min_depth: int = strawberry.field(
        description="Edges from the nearest root to the nearest of them."
    )
    max_depth: int = strawberry.field(description="The same to the furthest of them.")
    has_root: bool = strawberry.field(description="Whether a root is among them.")
    edge_count: int = strawberry.field(
        description="Edges that join its entities with each other: none of `groupEdges`."
    )
    entity: Entity | None = strawberry.field(
        description="The collection or project that it is of, or the one entity that it is; null "
        "for others."
    )
    example: Entity | None = strawberry.field(
        description="The nearest of its entities, of these the first by id; null where the viewer "
        "has just lost sight of it."
    )

    name: strawberry.Private[str | None]

    @strawberry.field(
        description="What to call it in a picture: the collection, project or entity, the type, "
        "the roles; runs by the first of them, those without type or roles by their kind."
    )
    def label(self) -> str:
        if self.name is not None:
            return self.name
        shown = self.entity or self.example
        return shown.label if shown else self.key

    @classmethod
    def of(cls, row: models.Group, shown: Mapping[str, Entity]) -> "LineageGroup":
        return cls(
            key=row.key,
            kind=None if row.kind is None else EntityKind(row.kind),
            count=row.count,
            min_depth=row.min_depth,
            max_depth=row.max_depth,
            has_root=row.has_root,
            edge_count=row.edge_count,
            entity=shown.get(row.entity_id or ""),
            example=shown.get(row.example_id),
            name=row.name,
        )


@strawberry.type(
    description="Edges that say the same and lead from the entities of one group into those of "
    "another, as data flows."
)
class CollapsedEdge:
    source: str = strawberry.field(description="Key of the group that data comes from.")
    target: str = strawberry.field(description="Key of the group that data goes to.")
    kind: LineageEdgeKind = strawberry.field(description="What they say.")
    role: str | None = strawberry.field(description="The role of links.")
    count: int = strawberry.field(description="How many.")

    @classmethod
    def of(cls, row: models.GroupEdge) -> "CollapsedEdge":
        kind = LineageEdgeKind(row.kind)
        return cls(source=row.source, target=row.target, kind=kind, role=row.role, count=row.count)


@strawberry.type(
    description="What the lineage with the same arguments and without a limit holds, counted, and "
    "drawn together to groups where `collapseBy` is given: to be looked at before it is loaded."
)
class LineageSummary:
    as_of: Moment = strawberry.field(
        description="The moment it shows: all that was written until then, nothing later."
    )
    complete: bool = strawberry.field(
        description="Whether every entity that the walk could reach, and every edge between those "
        "that are counted, is counted. A promise."
    )
    incomplete_because: list[IncompleteReason] = strawberry.field(
        description="Why not; empty exactly where it is complete."
    )
    node_count: int = strawberry.field(description="How many entities there are, the roots too.")
    counts: list[LineageCount] = strawberry.field(
        description="How many entities there are at each depth, by kind."
    )
    edge_counts: list[LineageEdgeCount] = strawberry.field(
        description="How many edges there are between them, by kind and role."
    )
    collapsed: strawberry.Private[models.Groups | None]
    moment: strawberry.Private[ledgers.Moment]
    scope: strawberry.Private[str]

    @classmethod
    def of(cls, row: models.Summary, scope: str) -> "LineageSummary":
        return cls(
            as_of=Moment.of(row.as_of),
            complete=not row.incomplete_because,
            incomplete_because=[IncompleteReason(it) for it in row.incomplete_because],
            node_count=sum(it.count for it in row.counts),
            counts=[
                LineageCount(depth=it.depth, kind=EntityKind(it.kind), count=it.count)
                for it in row.counts
            ],
            edge_counts=[*map(LineageEdgeCount.of, row.edge_counts)],
            collapsed=row.collapsed,
            moment=row.as_of,
            scope=scope,
        )

    @strawberry.field(
        description="Every edge between two groups; none unless `collapseBy` is given. In the "
        "order of their sources among the groups, then of their targets."
    )
    def group_edges(self) -> list[CollapsedEdge]:
        return [CollapsedEdge.of(it) for it in self.collapsed.edges] if self.collapsed else []

    @strawberry.field(
        description="`Lineage.hidden` of that lineage with the keys of groups for the ids of "
        "entities, those that are alike then as one; none unless `collapseBy` is given."
    )
    def hidden(self) -> list[HiddenRegion]:
        regions = self.collapsed.hidden if self.collapsed else ()
        return [HiddenRegion.of(number, it) for number, it in enumerate(regions, 1)]

    @strawberry.field(
        description="The entities, drawn together: the nearest first, then by key; null unless "
        "`collapseBy` is given.",
        extensions=PAGED,
    )
    async def groups(self, info: Info, window: Window) -> Connection[LineageGroup] | None:
        if self.collapsed is None:
            return None
        groups = self.collapsed.groups

        async def read(stretch: Stretch) -> Listed[models.Group]:
            return stretch.of(groups, lambda group: group.place)

        page = await page_at(self.moment, self.scope, window, read)
        ids = [id for it in page.items for id in (it.entity_id, it.example_id) if id]
        shown = await load_by_id(info, ids)
        return Connection[LineageGroup].of(page, [LineageGroup.of(it, shown) for it in page.items])


async def summarized(
    info: Info,
    roots: Sequence[str],
    direction: Direction,
    depth: int | None,
    where: LineageWhere | None,
    as_of: ledgers.AsOf | None,
    collapse_by: CollapseBy | None,
    *,
    shared: bool = False,
) -> LineageSummary:
    """The summary of these roots, for the viewer of this request; a later page as of the first."""
    context = info.context
    scope = f"{direction.row} {collapse_by.row if collapse_by else ''}"
    found = await lineage.summary(
        context.graph,
        context.viewer,
        [*map(str, roots)],
        direction.row,
        depth=depth,
        where=where and await where.row(info),
        shared=shared,
        by=collapse_by and collapse_by.row,
        as_of=await pinned(info, scope, as_of),
        seconds=context.settings.lineage_seconds,
    )
    return LineageSummary.of(found, scope)


@strawberry.type
class SummaryQueries:
    @strawberry.field(
        description="How much a lineage holds, without any of its entities; and, collapsed, a "
        "picture of it."
    )
    async def lineage_summary(
        self,
        info: Info,
        roots: Roots,
        direction: Way = Direction.BOTH,
        depth: Depth = None,
        where: Following = None,
        as_of: AsOf = None,
        shared: Shared = False,
        collapse_by: Collapse = None,
    ) -> LineageSummary:
        return await summarized(
            info, roots, direction, depth, where, as_of, collapse_by, shared=shared
        )
