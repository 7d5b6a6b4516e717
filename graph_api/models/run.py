"""Runs: executions that use and log things."""

from typing import Any, Literal

from pydantic import BaseModel

from graph_api.models.entity import Metadata, Named
from graph_api.models.idempotency import Answer
from graph_api.models.instant import Instant

Status = Literal["RUNNING", "COMPLETED", "FAILED", "KILLED", "CRASHED"]


class Run(Named, frozen=True):
    """One execution, perhaps in an experiment."""

    kind = "Run"

    project_id: str
    experiment_id: str | None
    key: str
    number: int
    status: Status
    reason: str | None
    parameters: Metadata
    started_at: Instant | None
    """None of a run from before this was kept: then it is when it was created."""
    ended_at: Instant | None


class NewRun(BaseModel, frozen=True):
    """What the caller says of a run that begins."""

    project: str
    """Its name; made where there is none."""
    experiment: str | None = None
    """Its name in that project."""
    create_experiment: bool = True
    """Whether to make the experiment where there is none."""
    key: str | None = None
    name: str | None = None
    description: str | None = None
    metadata: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    used: tuple[str, ...] = ()
    resume: bool = False
    started_at: int | None = None
    """Microseconds since 1970 UTC; now unless given."""
    heartbeats: bool = False
    """Whether it will be heard of by heartbeats from now on."""


class Started(Answer, frozen=True):
    """The run that began, or goes on."""


class Number(BaseModel, frozen=True):
    """The number of a run in its project."""

    number: int
