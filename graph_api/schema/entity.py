"""What every entity has in the schema."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph_api.models.edge import Neighbour
from graph_api.models.entity import KINDS, Kind, kind_of
from graph_api.models.entity import Entity as Row
from graph_api.models.page import Stretch, Window
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.scalars import BigInt
from graph_api.services import edge, project, run

if TYPE_CHECKING:
    from graph_api.schema.lineage import Lineage, LineageWhere
    from graph_api.schema.link import Link
    from graph_api.schema.project import Project
    from graph_api.schema.run import Run

LazyRun = Annotated["Run", strawberry.lazy("graph_api.schema.run")]
LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]
LazyLink = Annotated["Link", strawberry.lazy("graph_api.schema.link")]
LazyLineage = Annotated["Lineage", strawberry.lazy("graph_api.schema.lineage")]
LazyWhere = Annotated["LineageWhere", strawberry.lazy("graph_api.schema.lineage")]


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

    @strawberry.field(description="Its kind.")
    def kind(self) -> EntityKind:
        return EntityKind(kind_of(self.id))

    @strawberry.field(description="The project that it lies in; null for an organization.")
    async def project(self, info: Info) -> LazyProject | None:
        from graph_api.schema.project import Project

        if self.project_id is None:
            return None
        row = await info.context.load(project.by_ids, self.project_id)
        return Project.of(row) if row else None

    @strawberry.field(description="The runs that used it directly, oldest first.", extensions=PAGED)
    async def used_by(self, info: Info, window: Window) -> Connection[LazyRun]:
        return await self._runs(info, partial(edge.Neighbourhood, edge.CONSUMERS), window)

    @strawberry.field(
        description="The runs that logged it, oldest first: one that logged the same content "
        "again is a producer too.",
        extensions=PAGED,
    )
    async def producers(self, info: Info, window: Window) -> Connection[LazyRun]:
        return await self._runs(info, partial(edge.Neighbourhood, edge.PRODUCERS), window)

    @strawberry.field(description="The first of its producers; null where there is none.")
    async def logged_by(self, info: Info) -> LazyRun | None:
        from graph_api.schema.run import Run

        id = await info.context.load(edge.first_producers, str(self.id))
        row = id and await info.context.load(run.by_ids, id)
        return Run.of(row) if row else None

    async def _runs(
        self, info: Info, batch: Callable[[Stretch], edge.Neighbourhood], window: Window
    ) -> Connection[Any]:
        from graph_api.schema.run import Run

        page = await info.context.page(batch, str(self.id), window)
        rows = await info.context.load_all(run.by_ids, [item.id for item in page.items])
        found = {row.id: Run.of(row) for row in rows if row}
        return Connection[Any].of(page, lambda neighbour: found[neighbour.id])

    @strawberry.field(
        description="Its links: what it is linked to, or what is linked to it, as a role. "
        "Versions of models and snapshots of datasets are no links.",
        extensions=PAGED,
    )
    async def links(
        self,
        info: Info,
        window: Window,
        direction: Annotated[
            LinkDirection, strawberry.argument(description="Which end it is.")
        ] = LinkDirection.OUT,
    ) -> Connection[LazyLink]:
        from graph_api.schema.link import Link
        from graph_api.schema.node import load_all

        out = direction is LinkDirection.OUT
        batch = partial(edge.Neighbourhood, edge.LINKS_OUT if out else edge.LINKS_IN)
        page = await info.context.page(batch, str(self.id), window)
        others = await load_all(info, [item.id for item in page.items])

        def link(neighbour: Neighbour) -> Link:
            other = others[neighbour.id]
            source, target = (self, other) if out else (other, self)
            return Link(source=source, target=target, role=neighbour.role or "")

        return Connection[Any].of(page, link)

    @strawberry.field(description="All that flowed into it, itself included.")
    async def upstream(
        self,
        info: Info,
        depth: Annotated[
            int | None, strawberry.argument(description="Most edges to go; all unless given.")
        ] = None,
        where: Annotated[
            LazyWhere | None, strawberry.argument(description="What to follow and show.")
        ] = None,
        limit: Annotated[
            int | None, strawberry.argument(description="Most entities; all unless given.")
        ] = None,
        as_of: Annotated[
            BigInt | None,
            strawberry.argument(description="The seq of an earlier moment; now unless given."),
        ] = None,
    ) -> LazyLineage:
        from graph_api.schema.lineage import Direction, walked

        return await walked(info, [self.id], Direction.UPSTREAM, depth, where, limit, as_of)

    @strawberry.field(description="All that it flowed into, itself included.")
    async def downstream(
        self,
        info: Info,
        depth: Annotated[
            int | None, strawberry.argument(description="Most edges to go; all unless given.")
        ] = None,
        where: Annotated[
            LazyWhere | None, strawberry.argument(description="What to follow and show.")
        ] = None,
        limit: Annotated[
            int | None, strawberry.argument(description="Most entities; all unless given.")
        ] = None,
        as_of: Annotated[
            BigInt | None,
            strawberry.argument(description="The seq of an earlier moment; now unless given."),
        ] = None,
    ) -> LazyLineage:
        from graph_api.schema.lineage import Direction, walked

        return await walked(info, [self.id], Direction.DOWNSTREAM, depth, where, limit, as_of)


def common(row: Row) -> dict[str, Any]:
    """The fields of an entity that do not depend on its kind."""
    return {
        "id": strawberry.ID(row.id),
        "created_at": row.created_at,
        "created_by": row.created_by,
        "project_id": getattr(row, "project_id", None),
    }
