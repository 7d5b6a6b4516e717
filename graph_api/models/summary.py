"""What a lineage answer holds, counted and drawn together, without any of its entities."""

from dataclasses import dataclass
from typing import Literal

from graph_api.models.edge import EdgeKind
from graph_api.models.entity import Kind
from graph_api.models.ledger import Moment
from graph_api.models.lineage import Reason, Region

CollapseBy = Literal["COLLECTION", "TYPE", "PROJECT", "ROLE"]
"""What entities are drawn together by; docs/lineage.md says how each does."""


@dataclass(frozen=True, order=True)
class EntityCount:
    """How many entities of a kind are equally far."""

    depth: int
    """Edges from the nearest root."""
    kind: Kind
    count: int


@dataclass(frozen=True)
class EdgeCount:
    """How many edges say the same."""

    kind: EdgeKind
    role: str | None
    """Of links."""
    count: int


@dataclass(frozen=True)
class Group:
    """Entities of an answer that are drawn together."""

    key: str
    """What tells it from the other groups."""
    name: str | None
    """What to call it; None where that is said by its entity, or else by its example."""
    entity_id: str | None
    """The collection or project that it is of, or the one entity that it is."""
    example_id: str
    """The nearest of its entities, the first of these by id."""
    kind: Kind | None
    """Of its entities; None where they are of several."""
    count: int
    min_depth: int
    max_depth: int
    has_root: bool
    edge_count: int
    """Edges that join its entities with each other."""

    @property
    def place(self) -> str:
        """A text that sorts as they lie: by the least depth, then by key."""
        return f"{self.min_depth:012d}|{self.key}"


@dataclass(frozen=True)
class GroupEdge:
    """How many edges that say the same lead from one group to another, by their keys."""

    source: str
    target: str
    kind: EdgeKind
    role: str | None
    count: int


@dataclass(frozen=True)
class Groups:
    """The groups of an answer as they lie, and what leads from one to another, in that order.

    ``hidden`` are its regions, with the keys of groups for the ids of entities: those that are
    alike then are one.
    """

    groups: tuple[Group, ...] = ()
    edges: tuple[GroupEdge, ...] = ()
    hidden: tuple[Region, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What the :class:`graph_api.models.lineage.Lineage` without a limit holds.

    ``counts`` are by depth, then by kind, and ``edge_counts`` by kind, then by role.
    """

    as_of: Moment
    incomplete_because: tuple[Reason, ...]
    counts: tuple[EntityCount, ...]
    edge_counts: tuple[EdgeCount, ...]
    collapsed: Groups | None
    """None where that was not asked."""
