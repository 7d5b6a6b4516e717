"""What a search finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SEARCH = """\
query ($text: String!, $kinds: [EntityKind!], $project: String, $first: Int, $after: String) {
  search(text: $text, kinds: $kinds, project: $project, first: $first, after: $after) {
    nodes { matched entity { id kind label project { name } } }
    pageInfo { hasNextPage endCursor } } }"""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity that was found; its id leads on: ``client.artifact(hit.id)``."""

    id: str
    kind: str
    """ARTIFACT, ARTIFACT_COLLECTION, RUN, MODEL, DATASET, EXPERIMENT or PROJECT."""
    label: str
    """What to call it, like ``digits:v0``."""
    project: str | None
    matched: tuple[str, ...]
    """Where the words were found: ID, DIGEST, NAME, KEY, VERSION, ALIAS, TAG, …"""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Hit":
        entity = data["entity"]
        return cls(
            id=entity["id"],
            kind=entity["kind"],
            label=entity["label"],
            project=None if entity["project"] is None else entity["project"]["name"],
            matched=tuple(data["matched"]),
        )
