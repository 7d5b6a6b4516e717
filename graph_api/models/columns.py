"""Entities as they come from the graph: by columns, and only the fields that were asked for.

A value costs the driver and Pydantic a fifth of what it costs in a row of its own with the names of
its fields, and a field that nobody asked for costs nothing.
"""

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from graph_api.models.artifact import Artifact
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.dataset import Dataset
from graph_api.models.entity import KINDS, Entity, Kind
from graph_api.models.experiment import Experiment
from graph_api.models.model import Model
from graph_api.models.organization import Organization
from graph_api.models.project import Project
from graph_api.models.run import Run

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

    def entities(self) -> list[Entity]:
        """The entities in their order, each of its kind."""
        ids = self.columns[self.fields.index("id")]
        kinds: list[Kind] = [KINDS[id.rpartition("_")[0]] for id in ids]
        distinct: set[Kind] = {*kinds}
        if len(distinct) == 1:
            return self._rows(ROWS[kinds[0]], self.columns)
        found = {
            kind: iter(self._rows(ROWS[kind], [_only(kind, kinds, it) for it in self.columns]))
            for kind in distinct
        }
        return [next(found[kind]) for kind in kinds]

    def _rows(self, row: type[Entity], columns: list[list[Any]]) -> list[Entity]:
        known = [
            (name, _column(row, name).validate_python(column))
            for name, column in zip(self.fields, columns, strict=True)
            if name in row.model_fields
        ]
        names = [name for name, _ in known]
        rows = zip(*(column for _, column in known), strict=True)
        part, distinct = row.part, {*names}
        return [part(dict(zip(names, values, strict=True)), distinct) for values in rows]


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


def named(fields: Fields, rows: Iterable[type[Entity]]) -> list[str]:
    """The fields of rows of these types that are wanted, sorted."""
    known = {name for row in rows for name in row.model_fields}
    return sorted(known if fields is None else known & fields)


def _only(kind: Kind, kinds: list[Kind], column: list[Any]) -> list[Any]:
    return [value for value, of in zip(column, kinds, strict=True) if of == kind]


@cache
def _column(row: type[Entity], name: str) -> TypeAdapter[list[Any]]:
    field = row.model_fields[name]
    type: Any = field.annotation
    for metadata in field.metadata:
        type = Annotated[type, metadata]
    return TypeAdapter(list[type])  # pyright: ignore[reportInvalidTypeForm]  # a type by value
