"""The organization in the schema."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.errors import UnknownId
from graph_api.models import organization as models
from graph_api.models.page import Window
from graph_api.schema.connection import (
    PAGED,
    CountedConnection,
    Matching,
    Ordered,
    listed,
)
from graph_api.schema.context import Info
from graph_api.schema.named import Named, named
from graph_api.services import organization, project

if TYPE_CHECKING:
    from graph_api.schema.project import Project, ProjectWhere

LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]
LazyProjectWhere = Annotated["ProjectWhere", strawberry.lazy("graph_api.schema.project")]


@strawberry.type(description="The outermost scope: its projects share one lineage graph.")
class Organization(Named):
    @classmethod
    def of(cls, row: models.Organization) -> Self:
        return cls(**named(row))

    @strawberry.field(description="Its projects, oldest first.", extensions=PAGED)
    async def projects(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyProjectWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyProject]:
        from graph_api.schema.project import Project

        return await listed(info, project.page, Project.of, (), window, order_by, where)


@strawberry.type
class OrganizationQueries:
    @strawberry.field(description="The viewer's organization.")
    async def organization(self, info: Info) -> Organization:
        id = info.context.viewer.organization_id
        row = await info.context.load(organization.by_ids, id)
        if row is None:
            raise UnknownId("Organization", id)
        return Organization.of(row)
