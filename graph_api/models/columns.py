"""Entities as they come from the graph: by columns, and only the fields that were asked for.

A value costs the driver and Pydantic a fifth of what it costs in a row of its own with the names of
its fields, and a field that nobody asked for costs nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from graph_api.models.artifact import Artifact
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.dataset import Dataset
from graph_api.models.edge import Neighbour
from graph_api.models.entity import KINDS, Entity, Kind
from graph_api.models.experiment import Experiment
from graph_api.models.model import Model
from graph_api.models.organization import Organization
from graph_api.models.part import part
from graph_api.models.project import Project
from graph_api.models.run import Run
from graph_api.models.table import Column, Table, table, taken

Fields = frozenset[str] | None
"""Names of the fields of entities that are wanted, ``id`` among them; None for all."""

_ROWS: tuple[type[Entity], ...] = (
    Organization,
    Project,
    ArtifactCollection,
    Artifact,
    Experiment,
    Run,
    Model,
    Dataset,
)
ROWS: dict[Kind, type[Entity]] = {row.kind: row for row in _ROWS}


class Columns(BaseModel, frozen=True):
    """Some fields of some entities: of each field, the value of each entity."""

    fields: list[str]
    columns: list[list[Any]]

    @property
    def ids(self) -> list[str]:
        """The id of each entity."""
        return self.columns[self.fields.index("id")]

    def entities(self) -> Table[Entity]:
        """The entities in their order, each of its kind."""
        known = dict(zip(self.fields, self.columns, strict=True))
        return Table(_Entities(known), range(len(self.ids)))


class _Entities:
    """The source of entities."""

    def __init__(self, columns: dict[str, list[Any]]) -> None:
        self._columns = columns
        self._rows = [ROWS[KINDS[id.rpartition("_")[0]]] for id in columns["id"]]

    def classes(self, places: Sequence[int]) -> Sequence[type]:
        return taken(self._rows, places)

    def columns(self, places: Sequence[int]) -> Mapping[str, Column]:
        row = self._rows[places[0]]
        return {
            name: _column(row, name).validate_python(taken(column, places))
            for name, column in self._columns.items()
            if name in row.model_fields
        }

    def make(self, of: type[Entity], fields: dict[str, Any]) -> Entity:
        return part(of, fields)


class ListColumns(Columns, frozen=True):
    """A page of a list: the key under which each entity lies in its order, too."""

    places: list[str]


class NeighbourColumns(Columns, frozen=True):
    """The neighbours of some entities, and what the edge to each says."""

    of: list[str]
    """Whose neighbour each is."""
    places: list[str]
    vias: list[str | None]
    reused: list[bool | None]
    roles: list[str | None]

    def neighbours(self) -> Table[Neighbour]:
        """The neighbours in their order."""
        return table(
            Neighbour,
            entity=self.entities(),
            via=self.vias,
            reused=self.reused,
            role=self.roles,
        )


def named(fields: Fields, rows: Iterable[type[Entity]]) -> list[str]:
    """The fields of rows of these types that are wanted, sorted."""
    known = {name for row in rows for name in row.model_fields}
    return sorted(known if fields is None else known & fields)


@cache
def _column(row: type[Entity], name: str) -> TypeAdapter[list[Any]]:
    field = row.model_fields[name]
    type: Any = field.annotation
    for metadata in field.metadata:
        type = Annotated[type, metadata]
    return TypeAdapter(list[type])  # pyright: ignore[reportInvalidTypeForm]  # a type by value
