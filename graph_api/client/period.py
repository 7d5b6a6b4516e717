"""Periods: when something held of a version, and who began and ended it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph_api.client.artifact import Artifact
from graph_api.client.records import ARTIFACT, instant, moment

if TYPE_CHECKING:
    from graph_api.client.client import Client

PERIOD = f"since setAt setBy until endedAt endedBy artifact {{ {ARTIFACT} }}"


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which an alias pointed at a version, or a version of a model was in a stage."""

    artifact: Artifact | None
    """The version; None where you may not see it."""
    since: int
    """The ``seq`` with which it began; a lineage ``as_of`` it shows the graph of that time."""
    set_at: datetime
    set_by: str
    until: int | None
    """The ``seq`` with which it ended; None while it goes on."""
    ended_at: datetime | None
    ended_by: str | None
    index: int | None = None
    """The version's index in the model; None of an alias."""
    stage: str | None = None
    """The stage; None of an alias."""

    @classmethod
    def of(cls, client: "Client", data: Mapping[str, Any]) -> "Period":
        artifact = data["artifact"]
        until = data["until"]
        return cls(
            artifact=None if artifact is None else Artifact.of(client, artifact),
            since=int(data["since"]),
            set_at=moment(data["setAt"]),
            set_by=data["setBy"],
            until=None if until is None else int(until),
            ended_at=instant(data["endedAt"]),
            ended_by=data["endedBy"],
            index=data.get("index"),
            stage=data.get("stage"),
        )
