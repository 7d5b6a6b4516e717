"""Revisions: what changes overwrote."""

from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator

from graph_api.models.instant import Instant


def _fields(value: Any) -> Any:
    # What was overwritten before the graph kept what it became has none.
    return {} if value is None else orjson.loads(value)


Fields = Annotated[dict[str, Any], BeforeValidator(_fields)]


class Revision(BaseModel, frozen=True):
    """Fields of an entity that a change overwrote, by their names in the graph."""

    before: Fields
    after: Fields


class Changed(BaseModel, frozen=True):
    """A change of an entity, as it lies there."""

    seq: int
    at: Instant
    by: str
    what: str
    subjects: tuple[str, ...]
    revisions: tuple[Revision, ...]


class History(BaseModel, frozen=True):
    """Changes of one entity."""

    of: str
    found: tuple[Changed, ...]


class Before(BaseModel, frozen=True):
    """What fields of an entity were until a change overwrote them."""

    until: int
    before: Fields


class Since(BaseModel, frozen=True):
    """What was overwritten of one entity, the earliest first."""

    of: str
    found: tuple[Before, ...]


class Overwritten(BaseModel, frozen=True):
    """A field that a change overwrote."""

    field: str
    before: Any
    after: Any


class Entry(BaseModel, frozen=True):
    """A change of an entity, as a viewer may see it."""

    seq: int
    at: Instant
    by: str | None
    """None, as what was done, where the viewer may not see all that it is about."""
    what: str | None
    overwritten: tuple[Overwritten, ...]
    """By their names."""
