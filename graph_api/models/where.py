"""What a list shows, and in which order."""

from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal["eq", "in", "gt", "gte", "lt", "lte", "contains", "starts_with", "exists", "has"]
Operand = Literal["property", "flat", "metric_min", "metric_max", "metric_last"]
Relation = Literal["used_by", "logged_by", "uses", "logged"]
Side = Literal["UPSTREAM", "DOWNSTREAM"]


@dataclass(frozen=True)
class Comparison:
    """Compares one value of an entity; false where it has none, or one of another type."""

    operator: Operator
    value: Any
    key: str
    """A property, a path with its prefix, or the key of a metric."""
    operand: Operand = "property"


@dataclass(frozen=True)
class Related:
    """Has an edge to or from the entity of this id."""

    relation: Relation
    id: str


@dataclass(frozen=True)
class Flow:
    """Lies upstream or downstream of the entity of this id, however far."""

    side: Side
    of: str


@dataclass(frozen=True)
class Every:
    """All of these hold; of none, that is so."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Some:
    """One of these holds at least; of none, that is never so."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition = Comparison | Related | Flow | Every | Some | Not
ALWAYS = Every(())


@dataclass(frozen=True)
class Where:
    """A condition, and how long a walk that it needs may take."""

    condition: Condition
    seconds: float


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: the place in which its entities were created, or their names."""

    field: Literal["CREATED", "NAME"] = "CREATED"
    descending: bool = False
