"""Jobs: long work that the service does by itself, some of it at a time."""

from typing import Literal

from pydantic import BaseModel

from graph_api.models.entity import Metadata
from graph_api.models.instant import Instant

Kind = Literal["DELETE_COLLECTION", "VERIFY_ARTIFACT"]
Status = Literal["QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"]


class Job(BaseModel, frozen=True):
    """Work on something in a project, and how far it has come."""

    id: str
    organization_id: str
    project_id: str
    """The project in which its subject was when it was started."""
    kind: Kind
    subject_id: str
    spec: Metadata
    """What it was asked for, and what was settled then."""
    status: Status
    done: int
    """Of ``total``: versions that are deleted, or files that were looked at; it never goes back."""
    total: int
    position: int
    """Where it goes on: the index below which versions are left, or the number of a file."""
    result: Metadata
    error_code: str | None
    error_message: str | None
    created_at: Instant
    created_by: str
    key_id: str | None
    """The API key by which it was asked for; what that may do now is what the job may do."""
    started_at: Instant | None
    ended_at: Instant | None
    tries: int
    """How often a slice was begun since it has come further, the one under way among them."""

    @property
    def progress(self) -> float:
        """The part of it that is done, from 0 to 1."""
        return self.done / self.total if self.total else float(self.status == "COMPLETED")


class Jobs(BaseModel, frozen=True):
    """Jobs of one project."""

    of: str
    found: tuple[Job, ...]


class Begun(BaseModel, frozen=True):
    """What there is to delete of a collection under its lock."""

    next_index: int
    """Of the version that comes next."""
    living: int
    """How many of its versions are not deleted."""


class Version(BaseModel, frozen=True):
    """A version that is to be deleted."""

    id: str
    index: int


class Verified(BaseModel, frozen=True):
    """What was found by reading a version's files from the store."""

    files: int = 0
    """Those that are stored; references are not read."""
    bytes: int = 0
    references: int = 0
    faults: int = 0
    """Files that are missing, damaged, unreadable or not listed."""
    unlisted: int = 0
    """Files of which nothing is known: the page of the manifest that lists them is not whole."""
    missing: tuple[str, ...] = ()
    """The paths of the first of those that are not there."""
    damaged: tuple[str, ...] = ()
    """The paths of the first of those that hold other bytes."""
    unreadable: tuple[str, ...] = ()
    """The paths of the first of those that the store failed to read again and again."""
