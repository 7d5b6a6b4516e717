"""Any entity by its id."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from graph_api.models.entity import kind_of
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
from graph_api.services import (
    artifact,
    artifact_collection,
    dataset,
    experiment,
    model,
    organization,
    project,
    run,
)

# How each kind is read in a batch, and shown.
_KINDS: dict[str, tuple[Any, Any]] = {
    "Organization": (organization.by_ids, Organization.of),
    "Project": (project.by_ids, Project.of),
    "ArtifactCollection": (artifact_collection.by_ids, ArtifactCollection.of),
    "Artifact": (artifact.by_ids, Artifact.of),
    "Experiment": (experiment.by_ids, Experiment.of),
    "Run": (run.by_ids, Run.of),
    "Model": (model.by_ids, Model.of),
    "Dataset": (dataset.by_ids, Dataset.of),
}


async def load_all(info: Info, ids: Sequence[str]) -> dict[str, Entity]:
    """The entities of these ids; what the viewer may not see is left out."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for id in ids:
        if kind := kind_of(id):
            by_kind[kind].append(str(id))
    found: dict[str, Entity] = {}
    for kind, members in by_kind.items():
        batch, shown = _KINDS[kind]
        for row in await info.context.load_all(batch, members):
            if row:
                found[row.id] = shown(row)
    return found


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
