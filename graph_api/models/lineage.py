"""The answer of a lineage walk."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pydantic import BaseModel

from graph_api.models import instant
from graph_api.models.edge import Edge, EdgeKind
from graph_api.models.entity import Kind
from graph_api.models.ledger import Moment

Direction = Literal["UPSTREAM", "DOWNSTREAM", "BOTH"]
Reason = Literal["DEPTH", "NODE_LIMIT", "TIMEOUT", "PERMISSION"]


class Where(BaseModel, frozen=True):
    """What a walk may follow and show; None: everything.

    ``edges`` and ``roles`` (of links) limit what is followed. ``kinds`` limits what is shown: the
    walk passes through the others, and the roots are always shown.
    """

    kinds: tuple[Kind, ...] | None = None
    edges: tuple[EdgeKind, ...] | None = None
    roles: tuple[str, ...] | None = None


class Hop(Edge, frozen=True):
    """An edge that a walk met, and the project of its far end."""

    project_id: str | None


@dataclass(frozen=True, order=True)
class Region:
    """What is connected and may not be seen, told by what it touches of what is shown.

    ``sources`` and ``targets`` are the entities, sorted, from which data flowed into it and into
    which it flowed on.
    """

    depth: int
    sources: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass
class Lineage:
    """Entities by their depth (edges from the nearest root), in order of depth, then id.

    ``incomplete_because`` is empty exactly where the answer holds every entity that the walk could
    reach and every edge between those it shows. ``omitted`` are the entities that were seen but
    lie beyond a limit; further ones may lie behind them. ``hidden`` is sorted and holds no two
    that are alike; docs/lineage.md says what is told of the hidden.
    """

    as_of: Moment
    depths: dict[str, int] = field(default_factory=dict[str, int])
    edges: list[Edge] = field(default_factory=list[Edge])
    incomplete_because: list[Reason] = field(default_factory=list[Reason])
    omitted: set[str] = field(default_factory=set[str])
    hidden: list[Region] = field(default_factory=list[Region])

    @classmethod
    def empty(cls) -> "Lineage":
        """Of nothing."""
        return cls(as_of=Moment(seq=0, at=instant.of(0)))

    @cached_property
    def places(self) -> list[str]:
        """Texts that sort as the entities lie: depth, then id."""
        return [f"{depth:012d}|{id}" for id, depth in self.depths.items()]
