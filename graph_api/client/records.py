"""What the service says of its entities, and how to ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from graph_api.client.unknown import UnknownOffline

ARTIFACT = """\
__typename id name type index version state digest size fileCount description metadata tags aliases
createdAt createdBy committedAt deletedAt deletedBy purgeAt timeToLive expiresAt updatedAt updatedBy
systemMetadata project { name }"""

RUN = """\
__typename id key number name status reason description metadata parameters
createdAt createdBy startedAt endedAt project { name } experiment { name }"""

NAMED = "__typename id name description metadata readOnly createdAt createdBy project { name }"


def instant(text: str | None) -> datetime | None:
    """The time that GraphQL gives, in UTC."""
    return None if text is None else datetime.fromisoformat(text)


def moment(text: str) -> datetime:
    """The time that GraphQL always gives, in UTC."""
    return datetime.fromisoformat(text)


class Record:
    """Something as it was when it was read; or offline, when only a part of it can be known."""

    __slots__ = ()

    @classmethod
    def part(cls, **known: Any) -> Self:
        """One of which this is known; to read the rest is UnknownOffline."""
        made = cls.__new__(cls)
        for name, value in known.items():
            object.__setattr__(made, name, value)
        return made

    def __repr__(self) -> str:
        shown = [it.name for it in fields(self) if it.repr and hasattr(self, it.name)]  # pyright: ignore[reportArgumentType]
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__name__}({said})"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            thing = type(self).__name__.removesuffix("Record").lower()
            raise UnknownOffline(f"this {thing}", f"`{name}`")


@dataclass(frozen=True, slots=True, repr=False)
class ArtifactRecord(Record):
    """A version as it was when it was read."""

    id: str
    project: str
    name: str
    type: str
    index: int | None
    version: str
    state: str
    digest: str | None
    size: int | None
    file_count: int | None
    description: str | None
    metadata: dict[str, Any]
    tags: list[str]
    aliases: list[str]
    created_at: datetime
    created_by: str
    committed_at: datetime | None
    deleted_at: datetime | None
    deleted_by: str | None
    purge_at: datetime | None
    """When the bytes of a deleted version go; None once they have gone."""
    time_to_live: int | None
    """Seconds after its last use at which it is deleted; None for never."""
    expires_at: datetime | None
    """When that is, unless it is used or needed; None for never."""
    updated_at: datetime
    updated_by: str
    system_metadata: dict[str, Any]
    json: dict[str, Any] = field(repr=False, compare=False)
    """All of it, as GraphQL said it."""

    @classmethod
    def of(cls, data: "Mapping[str, Any] | ArtifactRecord") -> "ArtifactRecord":
        if isinstance(data, ArtifactRecord):
            return data
        return cls(
            id=data["id"],
            project=data["project"]["name"],
            name=data["name"],
            type=data["type"],
            index=data["index"],
            version=data["version"],
            state=data["state"],
            digest=data["digest"],
            size=None if data["size"] is None else int(data["size"]),
            file_count=data["fileCount"],
            description=data["description"],
            metadata=data["metadata"],
            tags=data["tags"],
            aliases=data["aliases"],
            created_at=moment(data["createdAt"]),
            created_by=data["createdBy"],
            committed_at=instant(data["committedAt"]),
            deleted_at=instant(data["deletedAt"]),
            deleted_by=data["deletedBy"],
            purge_at=instant(data["purgeAt"]),
            time_to_live=None if data["timeToLive"] is None else int(data["timeToLive"]),
            expires_at=instant(data["expiresAt"]),
            updated_at=moment(data["updatedAt"]),
            updated_by=data["updatedBy"],
            system_metadata=data["systemMetadata"],
            json=dict(data),
        )


@dataclass(frozen=True, slots=True, repr=False)
class RunRecord(Record):
    """A run as it was when it was read."""

    id: str
    project: str
    key: str
    number: int
    name: str
    status: str
    reason: str | None
    experiment: str | None
    description: str | None
    metadata: dict[str, Any]
    parameters: dict[str, Any]
    created_at: datetime
    created_by: str
    started_at: datetime
    ended_at: datetime | None
    json: dict[str, Any] = field(repr=False, compare=False)
    """All of it, as GraphQL said it."""

    @classmethod
    def of(cls, data: "Mapping[str, Any] | RunRecord") -> "RunRecord":
        if isinstance(data, RunRecord):
            return data
        experiment = data["experiment"]
        return cls(
            id=data["id"],
            project=data["project"]["name"],
            key=data["key"],
            number=data["number"],
            name=data["name"],
            status=data["status"],
            reason=data["reason"],
            experiment=None if experiment is None else experiment["name"],
            description=data["description"],
            metadata=data["metadata"],
            parameters=data["parameters"],
            created_at=moment(data["createdAt"]),
            created_by=data["createdBy"],
            started_at=moment(data["startedAt"]),
            ended_at=instant(data["endedAt"]),
            json=dict(data),
        )


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A collection, model or dataset as it was when it was read."""

    id: str
    project: str
    name: str
    description: str | None
    metadata: dict[str, Any]
    read_only: bool
    created_at: datetime
    created_by: str
    json: dict[str, Any] = field(repr=False, compare=False)
    """All of it, as GraphQL said it."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "NamedRecord":
        return cls(
            id=data["id"],
            project=data["project"]["name"],
            name=data["name"],
            description=data["description"],
            metadata=data["metadata"],
            read_only=data["readOnly"],
            created_at=moment(data["createdAt"]),
            created_by=data["createdBy"],
            json=dict(data),
        )
