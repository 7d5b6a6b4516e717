"""What changed of an entity, and what was said of it before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_api.client.records import instant, moment

HISTORY = "change { seq at by what } overwritten { field before after }"
PAST = """\
seq name description metadata systemMetadata tags state timeToLive status reason endedAt readOnly
project { name }"""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A change of an entity."""

    seq: int
    at: datetime
    by: str | None
    """Who made it; None, as what was done, where that is about something you may not see, too."""
    what: str | None
    before: dict[str, Any]
    """The fields of the entity that it overwrote, as ``description``, as they were."""
    after: dict[str, Any]
    """What these became."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "HistoryEntry":
        change, overwritten = data["change"], data["overwritten"]
        return cls(
            seq=int(change["seq"]),
            at=moment(change["at"]),
            by=change["by"],
            what=change["what"],
            before={it["field"]: it["before"] for it in overwritten},
            after={it["field"]: it["after"] for it in overwritten},
        )


@dataclass(frozen=True, slots=True)
class Past:
    """What was said of an entity as of a moment; what entities of its kind do not have is None."""

    seq: int
    """That of the moment."""
    name: str | None
    """Of a version that of its collection."""
    project: str | None
    """Name, as it is now, of the project that it lay in; None where you may not see that."""
    description: str | None
    metadata: dict[str, Any] | None
    system_metadata: dict[str, Any] | None
    tags: list[str] | None
    state: str | None
    time_to_live: int | None
    """In seconds."""
    status: str | None
    reason: str | None
    ended_at: datetime | None
    read_only: bool | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Past":
        project, seconds = data["project"], data["timeToLive"]
        return cls(
            seq=int(data["seq"]),
            name=data["name"],
            project=None if project is None else project["name"],
            description=data["description"],
            metadata=data["metadata"],
            system_metadata=data["systemMetadata"],
            tags=data["tags"],
            state=data["state"],
            time_to_live=None if seconds is None else int(seconds),
            status=data["status"],
            reason=data["reason"],
            ended_at=instant(data["endedAt"]),
            read_only=data["readOnly"],
        )
