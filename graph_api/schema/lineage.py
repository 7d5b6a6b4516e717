"""Lineage in the schema."""

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, TypedDict

import strawberry

from graph_api.errors import UnknownId
from graph_api.models import ledger as ledgers
from graph_api.models import lineage as models
from graph_api.models.edge import Edge
from graph_api.models.entity import kind_of
from graph_api.models.page import Listed, Page, Stretch, Window
from graph_api.schema.connection import PAGED, Connection, PageInfo
from graph_api.schema.context import Info
from graph_api.schema.entity import AsOf, Depth, Entity, EntityKind, Following, Limit, load
from graph_api.schema.following import LineageEdgeKind, LineageWhere
from graph_api.schema.member import ModelVersion
from graph_api.schema.moment import Moment, key_within, page_at, pinned
from graph_api.services import lineage

if TYPE_CHECKING:
    from graph_api.schema.model import Model

Roots = Annotated[list[strawberry.ID], strawberry.argument(description="Ids of the entities.")]
LazyModel = Annotated["Model", strawberry.lazy("graph_api.schema.model")]


class Asked(TypedDict):
    """What is asked of a walk."""

    depth: int | None
    limit: int | None
    where: models.Where | None
    as_of: int | None
    seconds: float
    kept: lineage.Kept


@strawberry.enum(description="Which way to walk.")
class Direction(Enum):
    UPSTREAM = strawberry.enum_value("UPSTREAM", description="To all that flowed in.")
    DOWNSTREAM = strawberry.enum_value("DOWNSTREAM", description="To all that it flowed into.")
    BOTH = strawberry.enum_value("BOTH", description="Both walks in one answer.")

    @property
    def row(self) -> models.Direction:
        return self.name


Way = Annotated[Direction, strawberry.argument(description="Which way to walk.")]
Shared = Annotated[
    bool,
    strawberry.argument(
        description="Show only what every root reaches within the depth: the common ancestors "
        "(UPSTREAM) or descendants (DOWNSTREAM) of the roots, each of which reaches itself."
    ),
]


@strawberry.enum(description="Why an answer is not all there is.")
class IncompleteReason(Enum):
    DEPTH = strawberry.enum_value("DEPTH", description="More lies beyond `depth`.")
    NODE_LIMIT = strawberry.enum_value("NODE_LIMIT", description="More lies beyond `limit`.")
    TIMEOUT = strawberry.enum_value("TIMEOUT", description="The walk took too long.")
    PERMISSION = strawberry.enum_value("PERMISSION", description="The viewer may not see all.")


@strawberry.type(description="How many of a kind.")
class KindCount:
    kind: EntityKind = strawberry.field(description="The kind.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="How many entities of a kind are equally far.")
class LineageCount:
    depth: int = strawberry.field(description="Edges from the nearest root.")
    kind: EntityKind = strawberry.field(description="The kind.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="An edge as data flows: from the source into the target.")
class LineageEdge:
    source: strawberry.ID = strawberry.field(description="Id of the entity that data comes from.")
    target: strawberry.ID = strawberry.field(description="Id of the entity that data goes to.")
    kind: LineageEdgeKind = strawberry.field(description="What the edge says.")
    role: str | None = strawberry.field(description="The role of a link.")
    reused: bool = strawberry.field(
        description="Whether the run logged content that was there already."
    )
    via: strawberry.ID | None = strawberry.field(
        description="Id of the model or dataset through which the source was used."
    )

    @classmethod
    def of(cls, edge: Edge) -> "LineageEdge":
        shown = cls.__new__(cls)
        shown.__dict__ = vars(edge) | {"kind": LineageEdgeKind(edge.kind)}
        return shown


@strawberry.type(
    description="Entities that the viewer may not see and that are connected with each other: "
    "where data flowed into them and out of them, and nothing else of what they are. Data that "
    "flowed into them by one way need not have flowed on by each of the others."
)
class HiddenRegion:
    number: int = strawberry.field(
        description="Its number in this answer, from 1; another answer may number anew."
    )
    depth: int = strawberry.field(
        description="Edges from the nearest root; those within a region count nothing."
    )
    sources: list[strawberry.ID] = strawberry.field(
        description="Ids of the entities shown from which data flowed into it, sorted."
    )
    targets: list[strawberry.ID] = strawberry.field(
        description="Ids of the entities shown into which data flowed from it, sorted."
    )

    @classmethod
    def of(cls, number: int, region: models.Region) -> "HiddenRegion":
        return cls(
            number=number,
            depth=region.depth,
            sources=[strawberry.ID(id) for id in region.sources],
            targets=[strawberry.ID(id) for id in region.targets],
        )


@strawberry.type(description="An entity of a lineage answer.")
class LineageNodeEdge:
    cursor: str = strawberry.field(description="Its place in the answer.")
    node: Entity = strawberry.field(description="The entity.")
    depth: int = strawberry.field(
        description="Edges from the nearest root; those within a hidden region count nothing."
    )
    roots: list[strawberry.ID] = strawberry.field(
        description="Ids of the roots from which the walk comes to it; of a root its own is among "
        "them."
    )


@strawberry.type(description="A page of the entities of a lineage answer.")
class LineageNodeConnection:
    nodes: Sequence[Entity] = strawberry.field(description="The entities, by depth, then by id.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the answer.")
    page: strawberry.Private[Page[str]]
    found: strawberry.Private[models.Lineage]

    @strawberry.field(description="The entities, by depth, then by id.")
    def edges(self) -> list[LineageNodeEdge]:
        shown: dict[str, Entity] = {node.id: node for node in self.nodes}
        depths = self.found.depths
        return [
            LineageNodeEdge(
                cursor=cursor,
                node=shown[id],
                depth=depths[id],
                roots=[strawberry.ID(root) for root in self.found.roots_of(id)],
            )
            for cursor, id in zip(self.page.cursors, _ids(self.page), strict=True)
            if id in shown
        ]


@strawberry.type(
    description="A registered model of a lineage answer: one that has a version among its "
    "entities, or that is among them."
)
class ReachedModel:
    version: ModelVersion | None = strawberry.field(
        description="The version; null where a link leads to the model itself."
    )
    model_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: models.ReachedModel) -> "ReachedModel":
        version = row.member and ModelVersion.of(row.member)
        return cls(version=version, model_id=row.model_id)

    @strawberry.field(description="The model.")
    async def model(self, info: Info) -> LazyModel:
        from graph_api.schema.model import Model

        found = await load(info, Model, self.model_id)
        if found is None:
            raise UnknownId("Model", self.model_id)
        return found


@strawberry.type(description="What a lineage walk found, and whether that is all there is.")
class Lineage:
    as_of: Moment = strawberry.field(
        description="The moment it shows: all that was written until then, nothing later."
    )
    complete: bool = strawberry.field(
        description="Whether it holds every entity that the walk could reach and every edge "
        "between those that it shows. A promise."
    )
    incomplete_because: list[IncompleteReason] = strawberry.field(
        description="Why it does not; empty exactly where it is complete."
    )
    omitted: list[KindCount] = strawberry.field(
        description="How many entities were seen but lie beyond a limit; more may lie behind them."
    )
    node_count: int = strawberry.field(description="How many entities it holds, the roots too.")
    found: strawberry.Private[models.Lineage]
    direction: strawberry.Private[models.Direction]

    @classmethod
    def of(cls, found: models.Lineage, direction: models.Direction) -> "Lineage":
        omitted = Counter(kind for id in found.omitted if (kind := kind_of(id)))
        return cls(
            as_of=Moment.of(found.as_of),
            complete=not found.incomplete_because,
            incomplete_because=[IncompleteReason(it) for it in found.incomplete_because],
            omitted=[
                KindCount(kind=EntityKind(kind), count=count)
                for kind, count in sorted(omitted.items())
            ],
            node_count=len(found.depths),
            found=found,
            direction=direction,
        )

    @strawberry.field(
        description="How many entities it holds at each depth, by kind: what would be loaded."
    )
    def counts(self) -> list[LineageCount]:
        counts = Counter(
            (depth, kind) for id, depth in self.found.depths.items() if (kind := kind_of(id))
        )
        return [
            LineageCount(depth=depth, kind=EntityKind(kind), count=count)
            for (depth, kind), count in sorted(counts.items())
        ]

    @strawberry.field(description="Every edge between its entities.")
    def edges(self) -> list[LineageEdge]:
        return [LineageEdge.of(edge) for edge in self.found.edges]

    @strawberry.field(
        description="The parts of the answer that the viewer may not see; the walk passes through "
        "them, and PERMISSION is said. Those that touch the same entities are one."
    )
    def hidden(self) -> list[HiddenRegion]:
        return [HiddenRegion.of(number, it) for number, it in enumerate(self.found.hidden, 1)]

    @strawberry.field(
        description="Its entities, the roots too, by depth, then by id.", extensions=PAGED
    )
    async def nodes(self, info: Info, window: Window) -> LineageNodeConnection:
        from graph_api.schema.node import load_all

        async def read(stretch: Stretch) -> Listed[str]:
            return stretch.of(self.found.places, str)

        page = await page_at(self.found.as_of, self.direction, window, read)
        return LineageNodeConnection(
            nodes=await load_all(info, _ids(page)),
            page_info=PageInfo(page=page),
            page=page,
            found=self.found,
        )

    @strawberry.field(
        description="The registered models that have versions among its entities, a model once for "
        "each, and those to which links lead; by model, then by index. A walk does not go on "
        "through a model to its other versions.",
        extensions=PAGED,
    )
    async def models(self, info: Info, window: Window) -> Connection[ReachedModel]:
        rows = await lineage.models(info.context.graph, info.context.viewer, self.found)

        async def read(stretch: Stretch) -> Listed[models.ReachedModel]:
            return stretch.of(rows, lambda row: row.place)

        page = await page_at(self.found.as_of, self.direction, window, read)
        return Connection[ReachedModel].of(page, [*map(ReachedModel.of, page.items)])


def _ids(page: Page[str]) -> list[str]:
    return [place.partition("|")[2] for place in page.places]


async def walked(
    info: Info,
    roots: Sequence[str],
    direction: Direction,
    depth: int | None,
    where: LineageWhere | None,
    limit: int | None,
    as_of: ledgers.AsOf | None,
    *,
    shared: bool = False,
) -> Lineage:
    """The lineage of these roots, for the viewer of this request.

    A later page is as of the moment of the first: its cursor says which.
    """
    context, scope = info.context, direction.row
    of = context.graph, context.viewer, [*map(str, roots)], scope
    asked: Asked = {
        "depth": depth,
        "limit": limit,
        "where": where and await where.row(info),
        "as_of": await pinned(info, scope, as_of),
        "seconds": context.settings.lineage_seconds,
        "kept": context.kept,
    }
    reached = info.selects("roots")
    shows_all = asked["where"] is None or asked["where"].show_only is None
    if shows_all and not shared and not reached and (pages := _readings(info, scope)):
        found = await lineage.beginning(*of, pages, **asked)
    else:
        found = await lineage.lineage(
            *of, shared=shared, reached=reached, edges=info.selects_below("edges"), **asked
        )
    return Lineage.of(found, direction.row)


def _readings(info: Info, scope: str) -> list[lineage.Reading]:
    """The pages of entities from its beginning on, where its selection asks for nothing else."""
    readings: list[lineage.Reading] = []
    for page in info.alone("nodes", "asOf"):
        after = page.get("after")
        if page.get("last") is not None or page.get("before") is not None:
            return []
        size = Window(first=page.get("first")).size
        behind = after and key_within(after, scope)
        readings.append(lineage.Reading(size, behind))
    return readings


@strawberry.type
class LineageQueries:
    @strawberry.field(description="All that flowed into entities, out of them, or both.")
    async def lineage(
        self,
        info: Info,
        roots: Roots,
        direction: Way = Direction.BOTH,
        depth: Depth = None,
        where: Following = None,
        limit: Limit = None,
        as_of: AsOf = None,
        shared: Shared = False,
    ) -> Lineage:
        return await walked(info, roots, direction, depth, where, limit, as_of, shared=shared)
