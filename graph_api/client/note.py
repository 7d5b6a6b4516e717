"""Notes about entities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_api.client.records import moment

NOTE = "key text at by"


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about an entity."""

    key: str | None
    """What it is about: of several under one key, the last one counts."""
    text: str
    at: datetime
    by: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Note":
        return cls(key=data["key"], text=data["text"], at=moment(data["at"]), by=data["by"])
