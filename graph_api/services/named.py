"""What experiments, models, datasets and artifact collections share: a name in their project."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from graph_api.errors import UnknownName
from graph_api.graph import Graph, Query, Reader
from graph_api.models import entity as models
from graph_api.models import names
from graph_api.models.columns import Fields
from graph_api.models.idempotency import Answer, Call
from graph_api.models.page import Counted, Window
from graph_api.models.project import Scope
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order, Where
from graph_api.services import entity, idempotency, project, reading
from graph_api.settings import Limits

Row = TypeVar("Row", bound=models.NamedInProject)


@dataclass(frozen=True)
class NamedInProject(Generic[Row]):
    """The entities of one kind, whose modules offer these methods as functions of their own."""

    noun: str
    """What a message calls one."""
    of_name: Query[Row]

    async def by_name(
        self, graph: Reader, viewer: Viewer, project_id: str, name: str
    ) -> Row | None:
        """The entity of this name in a project."""
        return await graph.fetch_one(
            self.of_name,
            project_id=project_id,
            name=names.normalized(name),
            projects=viewer.projects,
        )

    async def named(self, graph: Reader, viewer: Viewer, scope: Scope, name: str) -> Row:
        """The entity of this name in a project, or UnknownName."""
        found = await self.by_name(graph, viewer, scope.id, name)
        if found is None:
            raise UnknownName(self.of_name.row.kind, name, f"Project {scope.name!r}")
        return found

    async def checked(self, graph: Reader, viewer: Viewer, id: str) -> Row:
        """The entity of this id, or UnknownId."""
        return await entity.checked(graph, viewer, self.of_name.row, id)

    async def page(
        self,
        graph: Graph,
        viewer: Viewer,
        project_id: str,
        window: Window,
        order: Order | None = None,
        where: Where | None = None,
        fields: Fields = None,
    ) -> Counted[Row]:
        """A project's entities, oldest first unless ordered otherwise."""
        row = self.of_name.row
        return await reading.page(graph, viewer, row, project_id, window, order, where, fields)

    async def create(
        self,
        graph: Graph,
        viewer: Viewer,
        limits: Limits,
        within: str,
        name: str,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        exists_ok: bool = False,
        call: Call | None = None,
        **properties: str,
    ) -> str:
        """Create an entity in the project of this name; its id.

        The project is made where there is none, once nothing else is wrong. With ``exists_ok`` one
        of this name is the answer as it is.
        """
        if known := await idempotency.known(graph, viewer, call, Answer):
            return known.id
        name = names.name(self.noun, name, limits.name_length)
        described = entity.described(limits, description, metadata or {})
        project_id = await project.create(graph, viewer, limits, within, exists_ok=True)
        viewer.require("write", project_id)
        return await entity.create_named(
            graph,
            viewer,
            self.of_name.row.kind,
            project_id,
            lambda reader: self.by_name(reader, viewer, project_id, name),
            exists_ok,
            f"Project {within!r}",
            call,
            name=name,
            **described,
            **properties,
        )

    async def update(
        self,
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
            self.of_name.row,
            id,
            name=None if name is None else names.name(self.noun, name, limits.name_length),
            description=description,
            metadata=metadata,
            find=lambda reader, row, name: self.by_name(reader, viewer, row.project_id, name),
        )
