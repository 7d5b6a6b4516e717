"""Datasets."""

from typing import Any

from graph_api.errors import UnknownId
from graph_api.graph import Graph, Reader, cypher
from graph_api.models import names
from graph_api.models.dataset import Dataset
from graph_api.models.entity import expect_kind
from graph_api.models.idempotency import Call
from graph_api.models.page import Counted, Listed
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order, Where
from graph_api.services import entity, project, reading
from graph_api.settings import Limits

BY_IDS = cypher("dataset/by_ids", Dataset)
BY_NAME = cypher("dataset/by_name", Dataset)
LIST = cypher("dataset/list", Listed[Dataset])


async def by_ids(graph: Reader, viewer: Viewer, ids: list[str]) -> list[Dataset | None]:
    """Each dataset, None where the viewer may see none."""
    return await reading.by_ids(graph, viewer, BY_IDS, ids)


async def by_name(graph: Reader, viewer: Viewer, project_id: str, name: str) -> Dataset | None:
    """The dataset of this name in a project."""
    return await graph.fetch_one(
        BY_NAME, project_id=project_id, name=names.normalized(name), projects=viewer.projects
    )


async def checked(graph: Reader, viewer: Viewer, id: str) -> Dataset:
    """The dataset of this id, or UnknownId."""
    (found,) = await by_ids(graph, viewer, [expect_kind(id, "Dataset")])
    if found is None:
        raise UnknownId("Dataset", id)
    return found


async def page(
    graph: Graph,
    viewer: Viewer,
    project_id: str,
    first: int | None,
    after: str | None,
    order: Order | None = None,
    where: Where | None = None,
) -> Counted[Dataset]:
    """A project's datasets, oldest first unless ordered otherwise."""
    await project.checked(graph, viewer, project_id)
    return await reading.page(graph, viewer, LIST, project_id, first, after, order, where)


async def create(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    within: str,
    name: str,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    exists_ok: bool = False,
    call: Call | None = None,
) -> str:
    """Create a dataset in the project of this name; its id.

    The project is made where there is none, once nothing else is wrong. With ``exists_ok`` one of
    this name is the answer as it is.
    """
    name = names.name("dataset", name, limits.name_length)
    described = entity.described(limits, description, metadata or {})
    project_id = await project.create(graph, viewer, limits, within, exists_ok=True)
    return await entity.create_named(
        graph,
        viewer,
        "Dataset",
        project_id,
        lambda reader: by_name(reader, viewer, project_id, name),
        exists_ok,
        f"Project {within!r}",
        call,
        name=name,
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
        expect_kind(id, "Dataset"),
        name=None if name is None else names.name("dataset", name, limits.name_length),
        description=description,
        metadata=metadata,
        find=lambda reader, row, name: by_name(reader, viewer, row.project_id, name),
    )
