"""Notices: what a change is to somebody who waits for something."""

from typing import Any, Literal, get_args

from pydantic import BaseModel

from graph_api.errors import BadInput
from graph_api.models import instant
from graph_api.models.lineage import Direction

Type = Literal[
    "artifact.committed",
    "artifact.deleted",
    "artifact.restored",
    "artifact.withdrawn",
    "alias.moved",
    "stage.changed",
    "entity.changed",
    "lineage.changed",
]
TYPES: tuple[Type, ...] = get_args(Type)
OF_ENTITY: tuple[Type, ...] = ("entity.changed", "lineage.changed")
"""Those about one entity; the others are about a project."""


class Asked(BaseModel, frozen=True):
    """What somebody waits for."""

    events: tuple[Type, ...]
    """In the order of TYPES, each once."""
    project_id: str
    of: str | None
    """The entity that OF_ENTITY is about, wherever it is."""
    direction: Direction | None
    """Of ``lineage.changed``."""


def checked(
    events: tuple[Type, ...], of: str | None, direction: Direction | None
) -> dict[str, Any]:
    """What can be waited for, as the fields of Asked but the project; else BadInput."""
    if not events:
        raise BadInput("events is empty; name at least one.")
    needing = [type for type in OF_ENTITY if type in events]
    if needing and of is None:
        raise BadInput(f"events has {needing[0]}, and of is missing; name the entity by of.")
    if of is not None and not needing:
        raise BadInput(
            f"of is {of!r}, and no event is about it; add {' or '.join(OF_ENTITY)} to events."
        )
    if direction is not None and "lineage.changed" not in events:
        raise BadInput("direction is given, and events has no lineage.changed; add it.")
    if "lineage.changed" in events and direction is None:
        direction = "BOTH"
    ordered = tuple(type for type in TYPES if type in events)
    return {"events": ordered, "of": of, "direction": direction}


class AliasEnd(BaseModel, frozen=True):
    """A version that an alias came to with a change, or left."""

    collection_id: str
    name: str
    artifact_id: str
    came: bool


class StageEnd(BaseModel, frozen=True):
    """A stage that a version of a model came to with a change, or left."""

    model_id: str
    project_id: str
    artifact_id: str
    index: int
    stage: str | None
    came: bool


class Notice(BaseModel, frozen=True):
    """What somebody is told of a change; ``by`` and ``what`` where they may see all of it."""

    type: Type
    seq: int
    at: int
    """Microseconds since 1970 UTC."""
    by: str | None
    what: str | None
    entities: tuple[str, ...]
    """The ids of what it is about, of what they may see."""
    moves: tuple[dict[str, Any], ...] = ()
    """Of aliases: collection, alias, from, to. Of stages: model, index, artifact, from, to."""

    def payload(self) -> dict[str, Any]:
        """The notice as a JSON object."""
        at = instant.of(self.at).isoformat().replace("+00:00", "Z")
        data: dict[str, Any] = {
            "seq": self.seq,
            "at": at,
            "by": self.by,
            "what": self.what,
            "entities": self.entities,
        }
        if self.moves:
            data["moves"] = self.moves
        return {"type": self.type, "timestamp": at, "data": data}
