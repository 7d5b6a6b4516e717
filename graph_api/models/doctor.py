"""What the doctor reads, and what it finds."""

from typing import Literal

from pydantic import BaseModel

Trouble = Literal[
    "MISSING",
    "EXTRA",
    "CORRUPT",
    "WRONG_STATE",
    "WRONG_CONTENT",
    "WRONG_NUMBER",
    "BROKEN_CHAIN",
    "UNREADABLE",
]


Fault = tuple[Trouble, str]
"""A kind of trouble, and the sentences that explain it."""


class Finding(BaseModel, frozen=True):
    """Something that is not as it should be."""

    trouble: Trouble
    subject: str
    """The id, digest or key of what it is about."""
    says: str
    """What is wrong, what it means, and what can be done: whole sentences."""


class PageOf(BaseModel, frozen=True):
    """A manifest page at its place in a version."""

    position: int | None
    digest: str
    state: str | None
    count: int | None
    size: int | None


class CollectionOf(BaseModel, frozen=True):
    """The collection of a version, and where it lies."""

    id: str
    project_id: str | None
    name: str | None


class VersionRow(BaseModel, frozen=True):
    """A version or draft with its pages in order."""

    id: str
    state: str | None
    version: str | None
    index: int | None
    digest: str | None
    size: int | None
    file_count: int | None
    since: int | None
    collection_id: str | None
    purge_at: int | None
    """When the bytes of a deleted one are to go; None once they have gone."""
    swept: bool
    """Whether the sweep will look at its uploads."""
    project_id: str | None
    list_key: str | None
    name_key: str | None
    collections: tuple[CollectionOf, ...]
    pages: tuple[PageOf, ...]


class Listed(BaseModel, frozen=True):
    """A content that a page lists."""

    digest: str
    state: str | None


class Stored(BaseModel, frozen=True):
    """A content or a page, and the object that holds it."""

    digest: str
    key: str | None
    state: str | None
    size: int | None
    sweep_at: int | None
    needed: bool


class PageStored(Stored, frozen=True):
    """A manifest page and what it lists; ``size`` is that of its files."""

    count: int | None
    first_path: str | None
    last_path: str | None
    lists: tuple[Listed, ...]


class Needing(BaseModel, frozen=True):
    """A version by name."""

    id: str
    name: str


class UploadRow(BaseModel, frozen=True):
    """An upload in parts."""

    id: str
    key: str
    state: str
    size: int
    sweep_at: int | None


class AliasOf(BaseModel, frozen=True):
    """An alias, and the collections of the versions that it points to."""

    name: str
    targets: tuple[str, ...]


class CollectionRow(BaseModel, frozen=True):
    """A collection's numbers and aliases."""

    id: str
    project_id: str
    name: str
    list_key: str | None
    name_key: str | None
    next_index: int | None
    indexes: tuple[int, ...]
    aliases: tuple[AliasOf, ...]


class EdgeRow(BaseModel, frozen=True):
    """An edge of lineage and the time in which it holds."""

    source: str
    kind: str
    target: str
    since: int | None
    until: int | None


class OrganizationId(BaseModel, frozen=True):
    """The organization whose ledger is looked at."""

    id: str


class Head(BaseModel, frozen=True):
    """Where a ledger says that it is."""

    seq: int
    hash: str


class Untied(BaseModel, frozen=True):
    """A change without edges to all of its subjects."""

    seq: int
