"""Any entity by its id."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import strawberry

from graph_api.models.columns import ROWS
from graph_api.models.entity import Entity as Row
from graph_api.models.page import at_most
from graph_api.models.table import Column, Table
from graph_api.schema.artifact import Artifact
from graph_api.schema.artifact_collection import ArtifactCollection
from graph_api.schema.context import Info
from graph_api.schema.dataset import Dataset
from graph_api.schema.entity import Entity, Node
from graph_api.schema.experiment import Experiment
from graph_api.schema.integration import Integration
from graph_api.schema.job import Job
from graph_api.schema.model import Model
from graph_api.schema.organization import Organization
from graph_api.schema.project import Project
from graph_api.schema.run import Run
from graph_api.schema.webhook import Webhook
from graph_api.services import entity, integration, job, webhook

# By the class of its rows.
_TYPES: dict[type, type[Entity]] = {
    ROWS["Organization"]: Organization,
    ROWS["Project"]: Project,
    ROWS["ArtifactCollection"]: ArtifactCollection,
    ROWS["Artifact"]: Artifact,
    ROWS["Experiment"]: Experiment,
    ROWS["Run"]: Run,
    ROWS["Model"]: Model,
    ROWS["Dataset"]: Dataset,
}


class _Shown:
    """The source of the entities of rows."""

    def __init__(self, rows: Table[Row]) -> None:
        self._rows = rows

    def classes(self, places: Sequence[int]) -> Sequence[type]:
        return [_TYPES[it] for it in self._rows.at(places).classes]

    def columns(self, places: Sequence[int]) -> Mapping[str, Column]:
        rows = self._rows.at(places)
        return _TYPES[rows.classes[0]].known(rows.columns)

    def make(self, of: type[Entity], fields: dict[str, Any]) -> Entity:
        return of.made(fields)


def shown(rows: Sequence[Row]) -> Sequence[Entity]:
    """The entities of rows, whatever their kinds."""
    if isinstance(rows, Table):
        return Table(_Shown(rows), range(len(rows)))
    return [_TYPES[row.__class__].of(row) for row in rows]


async def load_all(info: Info, ids: Iterable[str]) -> Sequence[Entity]:
    """The entities of these ids in their order, each once, but not what the viewer may not see."""
    asked = tuple(dict.fromkeys(map(str, ids)))
    return shown(await info.context.load(entity.Entities(info.asked), asked))


async def load_by_id(info: Info, ids: Iterable[str]) -> dict[str, Entity]:
    """As :func:`load_all`, each under its id."""
    return {entity.id: entity for entity in await load_all(info, ids)}


@strawberry.type
class NodeQueries:
    @strawberry.field(description="The entity of this id; null where the viewer may see none.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Node | None:
        return (await _nodes(info, [id]))[0]

    @strawberry.field(description="The entities of these ids, in their order, null for each none.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Their ids, at most 1,000.")
        ],
    ) -> list[Node | None]:
        at_most(len(ids))
        return await _nodes(info, ids)


async def _nodes(info: Info, ids: Sequence[strawberry.ID]) -> list[Node | None]:
    entities = await load_by_id(info, ids)
    integrations = await info.context.load_all(integration.by_ids, _named("integration", ids))
    jobs = await info.context.load_all(job.by_ids, _named("job", ids))
    webhooks = await info.context.load_all(webhook.by_ids, _named("webhook", ids))
    others: dict[str, Node] = {row.id: Integration.of(row) for row in integrations if row}
    others |= {row.id: Job.of(row) for row in jobs if row}
    others |= {row.id: Webhook.of(row) for row in webhooks if row}
    return [entities.get(id) or others.get(id) for id in ids]


def _named(prefix: str, ids: Sequence[strawberry.ID]) -> list[str]:
    return [id for id in ids if id.startswith(f"{prefix}_")]
