"""Storage: bytes that versions hold in the byte store."""

from pydantic import BaseModel


class Storage(BaseModel, frozen=True):
    """What all versions of something hold, each content once; kept zips are left out."""

    bytes: int
    """Of contents and manifests."""
    exclusive: int
    """Of those that no other version holds, as far as the viewer sees the others."""


class Held(Storage, frozen=True):
    """What a version, or the versions of a collection or project, hold."""

    id: str
