"""What changed of an entity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_api.client.records import moment

HISTORY = "change { seq at by what } overwritten { field before after }"


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
