"""Deletion of versions: what it would take, what stands against it, and what it leaves."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from graph_api.models.artifact import State
from graph_api.models.lineage import Lineage

# How many blockers of a plan are told; there may be many more.
BLOCKERS = 100

Reason = Literal["ALIAS", "MEMBER", "LINK", "RUNNING", "REFERENCE", "HIDDEN"]


class Need(BaseModel, frozen=True):
    """How an entity is kept: names and containers that somebody gave it, or that it goes on."""

    id: str
    aliases: tuple[str, ...]
    containers: tuple[str, ...]
    running: bool
    living: bool
    """A version whose content can be read."""


class Whole(BaseModel, frozen=True):
    """All versions of a collection below an index, which go together, if not at once."""

    collection_id: str
    below: int


class Blocker(BaseModel, frozen=True):
    """Something that needs a version that is to be deleted, and the way from it to there."""

    reason: Reason
    needed_by: str | None
    """Id of the entity; None where the viewer may not see it."""
    aliases: tuple[str, ...] = ()
    """The names that point at it, where they are the reason."""
    path: tuple[str, ...]
    """Ids along which data flows, from the version on; ``(hidden)`` for what cannot be seen."""


class Freed(BaseModel, frozen=True):
    """Bytes that go from the store."""

    contents: int
    pages: int


@dataclass(frozen=True)
class Plan:
    """What it means to delete some versions, as of a moment."""

    artifacts: tuple[str, ...]
    """The versions whose bytes have not gone."""
    living: tuple[str, ...]
    """Those of them that are not deleted already."""
    downstream: Lineage
    """Whatever came of them: it could not be made again."""
    blockers: tuple[Blocker, ...]
    """The nearest, the nearest first."""
    blocker_count: int
    """How many there are."""
    bytes: int
    """Of all their files."""
    freed: int
    """Bytes that go from the store with them, as far as the viewer sees what else has them."""


class Locked(BaseModel, frozen=True):
    """A version under its lock."""

    id: str
    project_id: str
    collection_id: str
    state: State
    purge_at: int | None
    """When its bytes go; None where they stay, or have gone."""
    expires_at: int | None
    """When its time to live is over; None for never."""

    def has_expired(self, now: int) -> bool:
        """Whether that was before a time (µs)."""
        return self.expires_at is not None and self.expires_at <= now


class Due(BaseModel, frozen=True):
    """A version of which the time is over that it had."""

    id: str
