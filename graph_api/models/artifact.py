"""Artifacts: versions whose content never changes."""

from typing import Any, Literal

from pydantic import BaseModel

from graph_api.models.entity import Described, Instant

State = Literal["PENDING", "COMMITTED", "DELETED"]


class Artifact(Described, frozen=True):
    """One version of a collection; a draft (PENDING) has neither index nor digest yet."""

    project_id: str
    collection_id: str
    name: str
    """The collection's."""
    type: str
    index: int | None
    version: str
    state: State
    digest: str | None
    size: int | None
    """Bytes of all files that say theirs, references included."""
    file_count: int | None
    tags: tuple[str, ...]
    run_id: str | None
    """The run that logged it first."""
    committed_at: Instant | None
    updated_at: Instant


class NewArtifact(BaseModel, frozen=True):
    """What the caller says of a version that is to be."""

    project_id: str
    name: str
    type: str
    run_id: str | None = None
    description: str | None = None
    metadata: dict[str, Any] = {}
    version: str | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    deduplicate: bool = True


class Committed(BaseModel, frozen=True):
    """The version that answers for a draft; not created where its content was there already."""

    id: str
    created: bool


class Aliases(BaseModel, frozen=True):
    """The names that point at a version now, sorted; ``latest`` is none of them."""

    artifact_id: str
    names: tuple[str, ...]


def upload_prefix(draft_id: str) -> str:
    """Where a draft's uploads land, and stay: their blobs remember the key."""
    return f"uploads/{draft_id}/"


def zip_key(artifact: Artifact) -> str:
    """Where the store holds the zip of a version, and of all with the same content."""
    return f"zips/{artifact.digest}.zip"
