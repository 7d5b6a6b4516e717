"""Impact: what relies on what came of something."""

from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel

from graph_api.models.instant import Instant
from graph_api.models.lineage import Lineage
from graph_api.models.membership import Member

Severity = Literal[
    "PRODUCTION", "PROTECTED", "STAGING", "REGISTERED", "ALIASED", "RUNNING", "PLAIN"
]
"""Why something matters, the gravest first."""

_RANKS: dict[Severity, int] = {it: rank for rank, it in enumerate(get_args(Severity))}


class AliasOf(BaseModel, frozen=True):
    """A name that points at a version."""

    name: str
    protected: bool


class Reliance(BaseModel, frozen=True):
    """What relies on an entity."""

    id: str
    bytes: int | None
    """Of a version."""
    running: bool | None
    aliases: tuple[AliasOf, ...]
    places: tuple[Member, ...]
    """Where it is a version of a model."""
    used_at: Instant | None
    """When a run used it last."""

    @property
    def severity(self) -> Severity:
        """The gravest reason."""
        stages = {place.stage for place in self.places}
        holds: dict[Severity, bool] = {
            "PRODUCTION": "PRODUCTION" in stages,
            "PROTECTED": any(alias.protected for alias in self.aliases),
            "STAGING": "STAGING" in stages,
            "REGISTERED": bool(stages),
            "ALIASED": bool(self.aliases),
            "RUNNING": bool(self.running),
        }
        for severity, so in holds.items():
            if so:
                return severity
        return "PLAIN"


@dataclass(frozen=True)
class Affected:
    """An entity that something came to, and how grave that is."""

    depth: int
    reliance: Reliance

    @property
    def rank(self) -> tuple[int, float, int, str]:
        """What it is sorted by: the gravest first, then the last used, the nearest, by id."""
        used = self.reliance.used_at
        last = -used.timestamp() if used else 0.0
        return (_RANKS[self.reliance.severity], last, self.depth, self.reliance.id)


@dataclass(frozen=True)
class Impact:
    """All that came of an entity, itself included, ranked."""

    lineage: Lineage
    affected: tuple[Affected, ...]

    @property
    def bytes(self) -> int:
        """Of all versions among it together."""
        return sum(it.reliance.bytes or 0 for it in self.affected)
