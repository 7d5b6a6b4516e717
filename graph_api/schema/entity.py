"""What every entity has in the schema."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

import strawberry

from graph_api.models import ledger as models
from graph_api.models.edge import Neighbour
from graph_api.models.entity import KINDS, Kind, kind_of
from graph_api.models.entity import Entity as Row
from graph_api.models.page import Page, Window
from graph_api.models.table import Column, column, table
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info, Then
from graph_api.schema.many import of_many
from graph_api.schema.note import Note, notes
from graph_api.schema.withdrawal import Taint, Withdrawal, taints_of, withdrawals_of
from graph_api.services import edge, entity, ledger

if TYPE_CHECKING:
    from graph_api.schema.following import LineageWhere
    from graph_api.schema.history import HistoryEntry
    from graph_api.schema.lineage import Direction, Lineage
    from graph_api.schema.link import Link
    from graph_api.schema.past import Past
    from graph_api.schema.project import Project
    from graph_api.schema.run import Run
    from graph_api.schema.summary import CollapseBy, LineageSummary

LazyRun = Annotated["Run", strawberry.lazy("graph_api.schema.run")]
LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]
LazyLink = Annotated["Link", strawberry.lazy("graph_api.schema.link")]
LazyHistory = Annotated["HistoryEntry", strawberry.lazy("graph_api.schema.history")]
LazyPast = Annotated["Past", strawberry.lazy("graph_api.schema.past")]
LazyLineage = Annotated["Lineage", strawberry.lazy("graph_api.schema.lineage")]
LazyDirection = Annotated["Direction", strawberry.lazy("graph_api.schema.lineage")]
LazyCollapse = Annotated["CollapseBy", strawberry.lazy("graph_api.schema.summary")]
LazySummary = Annotated["LineageSummary", strawberry.lazy("graph_api.schema.summary")]
Loaded = TypeVar("Loaded", bound="Entity")
LazyWhere = Annotated["LineageWhere", strawberry.lazy("graph_api.schema.following")]
Depth = Annotated[
    int | None, strawberry.argument(description="Most edges to go; all unless given.")
]
Following = Annotated[LazyWhere | None, strawberry.argument(description="What to follow and show.")]
Limit = Annotated[int | None, strawberry.argument(description="Most entities; all unless given.")]
Collapse = Annotated[
    LazyCollapse | None, strawberry.argument(description="What to draw entities together by.")
]
AsOf = Annotated[
    models.AsOf | None,
    strawberry.argument(
        description="An earlier moment, as of which is asked who is tied to whom; now unless "
        "given. What is said of entities is as it is now: `past` says what it was."
    ),
]


@strawberry.enum(description="The kinds of entities.")
class EntityKind(Enum):
    ORGANIZATION = strawberry.enum_value("Organization", description="The outermost scope.")
    PROJECT = strawberry.enum_value("Project", description="A scope for names.")
    ARTIFACT_COLLECTION = strawberry.enum_value(
        "ArtifactCollection", description="A name with versions."
    )
    ARTIFACT = strawberry.enum_value(
        "Artifact", description="One version, whose content never changes."
    )
    EXPERIMENT = strawberry.enum_value(
        "Experiment", description="A name for runs that belong together."
    )
    RUN = strawberry.enum_value("Run", description="One execution.")
    MODEL = strawberry.enum_value(
        "Model", description="A registered name, whose versions are artifacts."
    )
    DATASET = strawberry.enum_value(
        "Dataset", description="A growing set, whose snapshots are artifacts."
    )

    @property
    def row(self) -> Kind:
        return KINDS[self.name.lower()]


@strawberry.enum(description="Which end of a link an entity is.")
class LinkDirection(Enum):
    OUT = strawberry.enum_value("OUT", description="The entity is linked to others.")
    IN = strawberry.enum_value("IN", description="Others are linked to the entity.")


@strawberry.interface(description="Something with an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="The id: it names its kind, never changes, and is otherwise opaque."
    )


@strawberry.interface(description="A node of the graph that lineage can reach, or a scope of some.")
class Entity(Node):
    created_at: datetime = strawberry.field(description="When it was created, in UTC.")
    created_by: str = strawberry.field(description="Who created it.")
    project_id: strawberry.Private[str | None]
    label: str = strawberry.field(description="What to call it in a picture.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """What is known of it: to read what was not asked of a row is an AttributeError."""
        known = cls.known({name: [value] for name, value in vars(row).items()})
        return cls.made({name: value for name, (value,) in known.items()})

    @classmethod
    def made(cls, fields: dict[str, Any]) -> Self:
        """One of which these fields are known."""
        made = cls.__new__(cls)
        made.__dict__ = fields
        return made

    @classmethod
    def known(cls, columns: Mapping[str, Column]) -> dict[str, Column]:
        """The values of its own fields, by the columns that are known of some rows."""
        return {**columns}

    @strawberry.field(description="Its kind.")
    def kind(self) -> EntityKind:
        return EntityKind(kind_of(self.id))

    @strawberry.field(description="The project that it lies in; null for an organization.")
    async def project(self, info: Info) -> LazyProject | None:
        from graph_api.schema.project import Project

        return await load(info, Project, self.project_id)

    @strawberry.field(description="The runs that used it directly, oldest first.", extensions=PAGED)
    @of_many
    @staticmethod
    async def used_by(
        entities: Sequence["Entity"], info: Info, window: Window, as_of: AsOf = None
    ) -> list[Connection[LazyRun]]:
        return await _runs(info, edge.CONSUMERS, entities, window, as_of)

    @strawberry.field(
        description="The runs that logged it, oldest first: one that logged the same content "
        "again is a producer too.",
        extensions=PAGED,
    )
    @of_many
    @staticmethod
    async def producers(
        entities: Sequence["Entity"], info: Info, window: Window, as_of: AsOf = None
    ) -> list[Connection[LazyRun]]:
        return await _runs(info, edge.PRODUCERS, entities, window, as_of)

    @strawberry.field(description="The first of its producers; null where there is none.")
    async def logged_by(self, info: Info, as_of: AsOf = None) -> LazyRun | None:
        from graph_api.schema.run import Run

        first = Then(edge.first_producers, await seq_of(info, as_of))
        return await load(info, Run, await info.context.load(first, str(self.id)))

    @strawberry.field(
        description="Its links: what it is linked to, or what is linked to it, as a role. "
        "Versions of models and snapshots of datasets are no links.",
        extensions=PAGED,
    )
    @of_many
    @staticmethod
    async def links(
        entities: Sequence["Entity"],
        info: Info,
        window: Window,
        direction: Annotated[
            LinkDirection, strawberry.argument(description="Which end it is.")
        ] = LinkDirection.OUT,
        as_of: AsOf = None,
    ) -> list[Connection[LazyLink]]:
        from graph_api.schema.link import Link
        from graph_api.schema.node import shown

        out = direction is LinkDirection.OUT
        along = edge.LINKS_OUT if out else edge.LINKS_IN
        pages = await neighbours(info, along, entities, window, as_of)
        ends = [it for it, page in zip(entities, pages, strict=True) for _ in page.places]

        def links(found: Sequence[Neighbour]) -> Sequence[Link]:
            others = shown(column(found, "entity"))
            source, target = (ends, others) if out else (others, ends)
            return table(Link, source=source, target=target, role=column(found, "role"))

        return Connection[Any].of_each(pages, links)

    @strawberry.field(description="What people wrote about it, the oldest first.", extensions=PAGED)
    @of_many
    @staticmethod
    async def notes(
        entities: Sequence["Entity"],
        info: Info,
        window: Window,
        key: Annotated[
            str | None, strawberry.argument(description="Only the notes under this key.")
        ] = None,
    ) -> list[Connection[Note]]:
        return await notes(info, entities, window, key)

    @strawberry.field(
        description="Its withdrawal, where one stands: it must not be relied on, then."
    )
    @of_many
    @staticmethod
    async def withdrawal(entities: Sequence["Entity"], info: Info) -> list[Withdrawal | None]:
        return await withdrawals_of(info, column(entities, "id"))

    @strawberry.field(
        description="The withdrawals that it came of and was not cleared of, its own among them, "
        "by a shortest way each, the shortest first."
    )
    async def taints(self, info: Info) -> list[Taint]:
        return await taints_of(info, self.id)

    @strawberry.field(
        description="Who changed what of it, the oldest first. Metrics, parameters, uploads and "
        "heartbeats are no changes.",
        extensions=PAGED,
    )
    @of_many
    @staticmethod
    async def history(
        entities: Sequence["Entity"], info: Info, window: Window
    ) -> list[Connection[LazyHistory]]:
        from graph_api.schema.history import history

        return await history(info, entities, window)

    @strawberry.field(
        description="What was said of it as of a moment; null where it was not there yet. Its "
        "edges, aliases and members of then are asked for by their own `asOf`."
    )
    async def past(
        self,
        info: Info,
        as_of: Annotated[models.AsOf, strawberry.argument(description="The moment.")],
    ) -> LazyPast | None:
        from graph_api.schema.past import past

        return await past(info, str(self.id), as_of)

    @strawberry.field(description="All that flowed into it, itself included.")
    async def upstream(
        self,
        info: Info,
        depth: Depth = None,
        where: Following = None,
        limit: Limit = None,
        as_of: AsOf = None,
    ) -> LazyLineage:
        from graph_api.schema.lineage import Direction, walked

        return await walked(info, [self.id], Direction.UPSTREAM, depth, where, limit, as_of)

    @strawberry.field(description="All that it flowed into, itself included.")
    async def downstream(
        self,
        info: Info,
        depth: Depth = None,
        where: Following = None,
        limit: Limit = None,
        as_of: AsOf = None,
    ) -> LazyLineage:
        from graph_api.schema.lineage import Direction, walked

        return await walked(info, [self.id], Direction.DOWNSTREAM, depth, where, limit, as_of)

    @strawberry.field(description="How much its lineage holds, itself included, and as groups.")
    async def lineage_summary(
        self,
        info: Info,
        direction: Annotated[LazyDirection, strawberry.argument(description="Which way to walk.")],
        depth: Depth = None,
        where: Following = None,
        as_of: AsOf = None,
        collapse_by: Collapse = None,
    ) -> LazySummary:
        from graph_api.schema.summary import summarized

        return await summarized(info, [self.id], direction, depth, where, as_of, collapse_by)


async def load(info: Info, type: type[Loaded], id: str | None) -> Loaded | None:
    """The entity of this id, which is of this type; None where the viewer may see none."""
    rows = id and await info.context.load(entity.Entities(info.asked), (id,))
    return type.of(rows[0]) if rows else None


async def seq_of(info: Info, as_of: models.AsOf | None) -> int:
    """The seq of a moment that is asked for; of none that of the present."""
    return await info.context.load(ledger.seqs_of, as_of) if as_of else models.PRESENT


async def neighbours(
    info: Info,
    along: edge.Along,
    entities: Sequence[Entity],
    window: Window,
    as_of: models.AsOf | None,
) -> list[Page[Neighbour]]:
    """A page of the neighbours that each entity had as of a moment, as they are now."""
    fields, ids, seq = info.asked, column(entities, "id"), await seq_of(info, as_of)
    return await info.context.pages(
        lambda stretch: edge.Neighbourhood(along, stretch, fields, seq), ids, window
    )


async def _runs(
    info: Info,
    along: edge.Along,
    entities: Sequence[Entity],
    window: Window,
    as_of: models.AsOf | None,
) -> list[Connection[Any]]:
    from graph_api.schema.node import shown

    pages = await neighbours(info, along, entities, window, as_of)
    return Connection[Any].of_each(pages, lambda found: shown(column(found, "entity")))
