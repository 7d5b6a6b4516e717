"""Artifacts: versions whose content never changes."""

from typing import Any, Literal

from pydantic import BaseModel

from graph_api.errors import ReadOnly
from graph_api.models.entity import Described, Metadata
from graph_api.models.idempotency import Answer
from graph_api.models.instant import Instant

State = Literal["PENDING", "COMMITTED", "DELETED"]


class Artifact(Described, frozen=True):
    """One version of a collection; a draft (PENDING) has neither index nor digest yet."""

    kind = "Artifact"

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
    since: int | None
    """The seq of its commit; None for a draft."""
    committed_at: Instant | None
    deleted_at: Instant | None
    deleted_by: str | None
    purge_at: Instant | None
    """When the bytes of a deleted one go; None once they have gone."""
    time_to_live: int | None
    """Seconds after its last use; None: for ever."""
    expires_at: Instant | None
    """When they are over; None for never."""
    updated_at: Instant
    updated_by: str
    system_metadata: Metadata
    """What the programs around it note, apart from what its makers do."""


class NewArtifact(BaseModel, frozen=True):
    """What the caller says of a version that is to be."""

    project: str
    """Its name; made where there is none, as is the collection."""
    name: str
    type: str
    run_id: str | None = None
    description: str | None = None
    metadata: dict[str, Any] = {}
    version: str | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    deduplicate: bool = True
    base: str | None = None
    """Id of the version with whose files it begins."""


class Committed(Answer, frozen=True):
    """The version that answers for a draft; not created where its content was there already."""


class Id(BaseModel, frozen=True):
    """One id, or none."""

    id: str | None


class VersionOf(BaseModel, frozen=True):
    """The version that is looked for of something: the latest of a collection, say."""

    of: str
    id: str


class Digest(BaseModel, frozen=True):
    """The digest of a version."""

    digest: str


class Batch(BaseModel, frozen=True):
    """Files that a draft was given in one call, without their entries."""

    number: int
    first_path: str
    last_path: str


class DraftContents(BaseModel, frozen=True):
    """What a draft consists of."""

    base_id: str | None
    """The version with whose files it begins."""
    batches: tuple[Batch, ...]
    """In the order in which they were given."""


class DraftFiles(BaseModel, frozen=True):
    """Some entries of a draft, as JSON, and the paths of those that go."""

    entries: str
    removed: tuple[str, ...]


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
    read_only: bool
    next_index: int
    latest_id: str | None
    latest_digest: str | None
    version_taken: bool
    version_is_alias: bool
    aliases_taken: tuple[str, ...]

    def check_changeable(self) -> None:
        """Raise ReadOnly where it is."""
        if self.read_only:
            raise ReadOnly("ArtifactCollection", self.name)


def upload_prefix(draft_id: str) -> str:
    """Where a draft's uploads land, and stay: their blobs remember the key."""
    return f"uploads/{draft_id}/"


def page_key(draft_id: str, digest: str, time: str) -> str:
    """Where a draft's commit stores a manifest page, another each time; its node remembers it."""
    return f"{upload_prefix(draft_id)}pages/{digest}.{time}"


def zip_key(digest: str | None) -> str:
    """Where the store holds the zip of all versions of a digest."""
    return f"zips/{digest}.zip"
