"""Membership: an artifact as a version of a Model, or as a snapshot of a Dataset."""

from pydantic import BaseModel

from graph_api.models.instant import Instant

STAGES = ("NONE", "STAGING", "PRODUCTION", "ABANDONED", "DEPRECATED")
"""The stages that every reader knows; others are free."""


class Member(BaseModel, frozen=True):
    """An artifact under its index in a Model or Dataset."""

    container_id: str
    artifact_id: str
    index: int
    stage: str | None
    """None in a Dataset."""
    at: Instant
    by: str


class Members(BaseModel, frozen=True):
    """Members of one container, by index."""

    of: str
    found: tuple[Member, ...]


class Joined(BaseModel, frozen=True):
    """A member, and whether it is a new one."""

    container_id: str
    index: int
    created: bool


class Locked(BaseModel, frozen=True):
    """A container under its lock, and the place that the artifact has in it already."""

    next_index: int
    index: int | None
    stage: str | None
