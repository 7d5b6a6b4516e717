"""Projects."""

from typing import Any

from graph_api.errors import BadName, UnknownName
from graph_api.graph import Graph, Reader, cypher
from graph_api.models import names
from graph_api.models.columns import Fields
from graph_api.models.idempotency import Call
from graph_api.models.page import Counted, Window
from graph_api.models.project import Project, Scope
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order, Where
from graph_api.services import entity, reading
from graph_api.settings import Limits

BY_NAME = cypher("project/by_name", Project)
SCOPE = cypher("project/scope", Scope)


async def by_name(graph: Reader, viewer: Viewer, name: str) -> Project | None:
    """The project of this name."""
    return await graph.fetch_one(
        BY_NAME,
        organization_id=viewer.organization_id,
        name=names.normalized(name),
        projects=viewer.projects,
    )


async def named(graph: Reader, viewer: Viewer, name: str) -> Project:
    """The project of this name, or UnknownName."""
    found = await by_name(graph, viewer, name)
    if found is None:
        raise UnknownName("Project", name, "The organization")
    return found


async def scope(graph: Reader, viewer: Viewer, name: str) -> Scope:
    """The project of this name, to look for things in; else UnknownName."""
    found = await graph.fetch_one(
        SCOPE,
        organization_id=viewer.organization_id,
        name=names.normalized(name),
        projects=viewer.projects,
    )
    if found is None:
        raise UnknownName("Project", name, "The organization")
    return found


async def checked(graph: Reader, viewer: Viewer, id: str) -> Project:
    """The project of this id, or UnknownId."""
    return await entity.checked(graph, viewer, Project, id)


async def page(
    graph: Graph,
    viewer: Viewer,
    window: Window,
    order: Order | None = None,
    where: Where | None = None,
    fields: Fields = None,
) -> Counted[Project]:
    """The organization's projects, oldest first unless ordered otherwise."""
    scope = viewer.organization_id
    return await reading.page(graph, viewer, Project, scope, window, order, where, fields)


async def create(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    name: str,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    exists_ok: bool = False,
    call: Call | None = None,
) -> str:
    """Create a project; its id. With ``exists_ok`` one of this name is the answer as it is."""
    name = names.name("project", name, limits.name_length)
    if viewer.written() is not None and not (exists_ok and await by_name(graph, viewer, name)):
        # Whether the name is taken by what the viewer may not see is not told.
        if exists_ok and viewer.projects is not None:
            raise UnknownName("Project", name, "The organization")
        viewer.require("write", None)
    return await entity.create_named(
        graph,
        viewer,
        "Project",
        viewer.organization_id,
        lambda reader: by_name(reader, viewer, name),
        exists_ok,
        "The organization",
        call,
        name=name,
        organization_id=viewer.organization_id,
        system_metadata="{}",
        **entity.described(limits, description, metadata or {}),
    )


async def update(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    id: str,
    name: str | None = None,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    system_metadata: dict[str, Any] | None = None,
) -> None:
    """Overwrite what is given. BadName where the viewer cannot know whether a name is free."""
    name = None if name is None else names.name("project", name, limits.name_length)
    if name and viewer.projects is not None and not await by_name(graph, viewer, name):
        # As in create: whether it is taken would tell of a project that they may not see.
        raise BadName("project", name, "can only be given by who sees all projects")
    await entity.update(
        graph,
        viewer,
        limits,
        Project,
        id,
        name=name,
        description=description,
        metadata=metadata,
        system_metadata=system_metadata,
        find=lambda reader, _, name: by_name(reader, viewer, name),
    )
