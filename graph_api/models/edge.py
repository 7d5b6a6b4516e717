"""The edges that carry lineage, and how data flows along each."""

from typing import Literal, NamedTuple

from pydantic import BaseModel

from graph_api.models.entity import Entity

EdgeKind = Literal["USED_BY", "LOGGED_BY", "LINKED_TO"]

FLOWS_ALONG: dict[EdgeKind, bool] = {"USED_BY": True, "LOGGED_BY": False, "LINKED_TO": True}
"""Whether data flows from the edge's start to its end. ``cypher/lineage`` walks by this table."""

MEMBERSHIP = ("version", "snapshot")
"""Roles of LINKED_TO that make an artifact a member of a Model or Dataset: never walked."""


class Neighbour(NamedTuple):
    """The other end of an edge, and what the edge says."""

    entity: Entity
    via: str | None
    """The Model or Dataset through which it was used."""
    reused: bool | None
    role: str | None


class Edge(BaseModel, frozen=True):
    """An edge as data flows: from ``source`` into ``target``."""

    source: str
    target: str
    kind: EdgeKind
    role: str | None = None
    reused: bool = False
    via: str | None = None


class Drawn(BaseModel, frozen=True):
    """The entity at the start of an edge that was drawn just now."""

    id: str


class Use(BaseModel, frozen=True):
    """What a run used, and the Model or Dataset through which it did."""

    id: str
    via: str | None = None


class Producer(BaseModel, frozen=True):
    """The run that logged an entity first."""

    of: str
    id: str
