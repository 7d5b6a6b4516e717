"""What the statements of ``cypher/artifact`` answer beside whole versions."""

from pydantic import BaseModel

from graph_api.models.artifact import State


class Id(BaseModel, frozen=True):
    """One id, or none."""

    id: str | None


class LatestRow(BaseModel, frozen=True):
    """The latest version of a collection."""

    collection_id: str
    id: str


class DraftFiles(BaseModel, frozen=True):
    """Some entries of a draft, as JSON."""

    entries: str


class LockedDraft(BaseModel, frozen=True):
    """A version under its lock, as a commit needs it."""

    id: str
    project_id: str
    collection_id: str
    state: State
    run_id: str | None
    chosen_version: str | None
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    deduplicate: bool
    same_as: str | None
    batches: int
    """How many times files were added."""


class LockedCollection(BaseModel, frozen=True):
    """A collection under its lock, as a commit needs it."""

    name: str
    next_index: int
    latest_id: str | None
    latest_digest: str | None
    version_taken: bool
    version_is_alias: bool
    aliases_taken: tuple[str, ...]
