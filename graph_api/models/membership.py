"""Membership: an artifact as a version of a Model, or as a snapshot of a Dataset."""

from pydantic import BaseModel

from graph_api.models.instant import Instant
from graph_api.models.ledger import Period

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


class StagePeriod(Period, frozen=True):
    """A time in which a version of a model was in a stage."""

    place: str
    """Its key in the order of all periods of the model."""
    artifact_id: str
    index: int
    stage: str


class Before(BaseModel, frozen=True):
    """Who is in a stage of a model, and who was there before; None for nobody."""

    artifact_id: str | None
    index: int | None
    left_stage: str | None
    """The stage that the one who is there came from; None for none."""
    before_id: str | None
    before_index: int | None
    there: bool
    """Whether the one before never left the stage."""
