"""Notes: what people write about an entity, one after another."""

from pydantic import BaseModel

from graph_api.models.instant import Instant


class Note(BaseModel, frozen=True):
    """A note; it never changes."""

    seq: int
    """Of the change that left it."""
    key: str | None
    """What it is about: of several under a key, the last one counts."""
    text: str
    at: Instant
    by: str


class Notes(BaseModel, frozen=True):
    """Notes about one entity."""

    of: str
    found: tuple[Note, ...]
