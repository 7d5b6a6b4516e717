"""How arguments name things within a project."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from graph_api.errors import BadInput
from graph_api.models.project import Scope
from graph_api.schema.context import Info
from graph_api.services import project as projects

ById = Annotated[strawberry.ID | None, strawberry.argument(description="Its id.")]
InProject = Annotated[str | None, strawberry.argument(description="Name of its project.")]
ByName = Annotated[str | None, strawberry.argument(description="Its name in that project.")]


@dataclass(frozen=True)
class Place:
    """A name in a project."""

    id: str
    """The project's."""
    name: str


async def within(info: Info, project: str | None, name: str | None) -> Place | None:
    """The place that two arguments name; None where there is no such project."""
    if project is None or name is None:
        raise BadInput("Give either id, or project and name.")
    row = await projects.by_name(info.context.graph, info.context.viewer, project)
    return Place(row.id, name) if row else None


async def project_named(info: Info, name: str) -> Scope:
    """The project of this name, or UnknownName."""
    return await projects.scope(info.context.graph, info.context.viewer, name)
