"""The organization in the schema."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.errors import UnknownId
from graph_api.models.page import Window
from graph_api.models.table import Column
from graph_api.schema.connection import (
    PAGED,
    Connection,
    CountedConnection,
    Matching,
    Ordered,
    listed,
)
from graph_api.schema.context import Info
from graph_api.schema.entity import load
from graph_api.schema.ledger import LedgerChange, changes
from graph_api.schema.named import Named
from graph_api.services import project

if TYPE_CHECKING:
    from graph_api.schema.project import Project, ProjectWhere

LazyProject = Annotated["Project", strawberry.lazy("graph_api.schema.project")]
LazyProjectWhere = Annotated["ProjectWhere", strawberry.lazy("graph_api.schema.project")]


@strawberry.type(description="The outermost scope: its projects share one lineage graph.")
class Organization(Named):
    @classmethod
    def known(cls, columns: Mapping[str, Column]) -> dict[str, Column]:
        """As of any entity; it lies in no project."""
        known = super().known(columns)
        return known | {"project_id": [None] * len(known["id"])}

    @strawberry.field(description="Its projects, oldest first.", extensions=PAGED)
    async def projects(
        self,
        info: Info,
        window: Window,
        where: Annotated[LazyProjectWhere | None, Matching] = None,
        order_by: Ordered = None,
    ) -> CountedConnection[LazyProject]:
        return await listed(info, project.page, (), window, order_by, where)

    @strawberry.field(
        description="Its ledger: every change of it, the oldest first; an error for who does not "
        "see all of it.",
        extensions=PAGED,
    )
    async def changes(self, info: Info, window: Window) -> Connection[LedgerChange]:
        return await changes(info, window)


@strawberry.type
class OrganizationQueries:
    @strawberry.field(description="The viewer's organization.")
    async def organization(self, info: Info) -> Organization:
        id = info.context.viewer.organization_id
        organization = await load(info, Organization, id)
        if organization is None:
            raise UnknownId("Organization", id)
        return organization
