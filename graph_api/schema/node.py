"""Any entity by its id."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from graph_api.models.entity import Entity as Row
from graph_api.models.entity import Kind
from graph_api.models.page import at_most
from graph_api.schema.artifact import Artifact
from graph_api.schema.artifact_collection import ArtifactCollection
from graph_api.schema.context import Info
from graph_api.schema.dataset import Dataset
from graph_api.schema.entity import Entity, Node
from graph_api.schema.experiment import Experiment
from graph_api.schema.model import Model
from graph_api.schema.organization import Organization
from graph_api.schema.project import Project
from graph_api.schema.run import Run
from graph_api.services import entity

_TYPES: dict[Kind, type[Entity]] = {
    "Organization": Organization,
    "Project": Project,
    "ArtifactCollection": ArtifactCollection,
    "Artifact": Artifact,
    "Experiment": Experiment,
    "Run": Run,
    "Model": Model,
    "Dataset": Dataset,
}


def shown(row: Row) -> Entity:
    """The entity of a row, whatever its kind."""
    return _TYPES[row.kind].of(row)


async def load_all(info: Info, ids: Sequence[str]) -> dict[str, Entity]:
    """The entities of these ids; what the viewer may not see is left out."""
    rows = await info.context.load_all(entity.Entities(info.asked), [str(id) for id in ids])
    return {row.id: shown(row) for row in rows if row}


@strawberry.type
class NodeQueries:
    @strawberry.field(description="The entity of this id; null where the viewer may see none.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Node | None:
        return (await load_all(info, [id])).get(id)

    @strawberry.field(description="The entities of these ids, in their order, null for each none.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Their ids, at most 1,000.")
        ],
    ) -> list[Node | None]:
        at_most(len(ids))
        found = await load_all(info, ids)
        return [found.get(id) for id in ids]
