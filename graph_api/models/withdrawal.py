"""Withdrawals: what must not be relied on any more, and what came of it."""

from dataclasses import dataclass

from pydantic import BaseModel

from graph_api.models.instant import Instant

UNPROMOTED = frozenset({"NONE", "ABANDONED", "DEPRECATED"})
"""The stages of a model into which what is tainted may still go."""


class Clearance(BaseModel, frozen=True):
    """Somebody's word that an entity may be relied on all the same, and what came of it alone."""

    entity_id: str
    since: int
    reason: str
    at: Instant
    by: str


class Withdrawal(BaseModel, frozen=True):
    """An entity that must not be relied on; so must nothing that came of it, but by a clearance."""

    entity_id: str
    project_id: str | None
    since: int
    reason: str
    at: Instant
    by: str
    clearances: tuple[Clearance, ...]

    @property
    def place(self) -> str:
        """A text that sorts as they lie: by their changes."""
        return f"{self.since:019d}"

    @property
    def cleared(self) -> frozenset[str]:
        """Where the taint ends."""
        return frozenset(it.entity_id for it in self.clearances)


@dataclass(frozen=True)
class Taint:
    """A withdrawal that an entity came of, and a shortest way along which it did."""

    withdrawal: Withdrawal | None
    """None where the viewer may not see what was withdrawn."""
    path: tuple[str, ...]
    """Ids; ``(hidden)`` stands for what the viewer may not see."""
