"""Artifact collections: names with versions."""

from typing import Any

from graph_api.errors import UnknownId, UnknownName
from graph_api.graph import Graph, Reader, cypher
from graph_api.models import names
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.entity import expect_kind
from graph_api.models.idempotency import Call
from graph_api.models.page import Counted, Listed
from graph_api.models.project import Project
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order, Where
from graph_api.services import entity, project, reading
from graph_api.settings import Limits

BY_IDS = cypher("artifact_collection/by_ids", ArtifactCollection)
BY_NAME = cypher("artifact_collection/by_name", ArtifactCollection)
LIST = cypher("artifact_collection/list", Listed[ArtifactCollection])


async def by_ids(graph: Reader, viewer: Viewer, ids: list[str]) -> list[ArtifactCollection | None]:
    """Each artifact collection, None where the viewer may see none."""
    return await reading.by_ids(graph, viewer, BY_IDS, ids)


async def by_name(
    graph: Reader, viewer: Viewer, project_id: str, name: str
) -> ArtifactCollection | None:
    """The artifact collection of this name in a project."""
    return await graph.fetch_one(
        BY_NAME, project_id=project_id, name=names.normalized(name), projects=viewer.projects
    )


async def named(graph: Reader, viewer: Viewer, project: Project, name: str) -> ArtifactCollection:
    """The artifact collection of this name in a project, or UnknownName."""
    found = await by_name(graph, viewer, project.id, name)
    if found is None:
        raise UnknownName("ArtifactCollection", name, f"Project {project.name!r}")
    return found


async def checked(graph: Reader, viewer: Viewer, id: str) -> ArtifactCollection:
    """The artifact collection of this id, or UnknownId."""
    (found,) = await by_ids(graph, viewer, [expect_kind(id, "ArtifactCollection")])
    if found is None:
        raise UnknownId("ArtifactCollection", id)
    return found


async def page(
    graph: Graph,
    viewer: Viewer,
    project_id: str,
    first: int | None,
    after: str | None,
    order: Order | None = None,
    where: Where | None = None,
) -> Counted[ArtifactCollection]:
    """A project's artifact collections, oldest first unless ordered otherwise."""
    await project.checked(graph, viewer, project_id)
    return await reading.page(graph, viewer, LIST, project_id, first, after, order, where)


async def create(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    within: str,
    name: str,
    type: str,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    exists_ok: bool = False,
    call: Call | None = None,
) -> str:
    """Create an artifact collection in the project of this name; its id.

    The project is made where there is none, once nothing else is wrong. With ``exists_ok`` one of
    this name is the answer as it is.
    """
    name = names.name("artifact collection", name, limits.name_length)
    type = names.name("artifact type", type, limits.name_length)
    described = entity.described(limits, description, metadata or {})
    project_id = await project.create(graph, viewer, limits, within, exists_ok=True)
    return await entity.create_named(
        graph,
        viewer,
        "ArtifactCollection",
        project_id,
        lambda reader: by_name(reader, viewer, project_id, name),
        exists_ok,
        f"Project {within!r}",
        call,
        name=name,
        type=type,
        **described,
    )


async def update(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    id: str,
    name: str | None = None,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> None:
    """Overwrite what is given."""
    await entity.update(
        graph,
        viewer,
        limits,
        BY_IDS,
        expect_kind(id, "ArtifactCollection"),
        name=None if name is None else names.name("artifact collection", name, limits.name_length),
        description=description,
        metadata=metadata,
        find=lambda reader, row, name: by_name(reader, viewer, row.project_id, name),
    )
