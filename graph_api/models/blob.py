"""A blob: bytes under their SHA-256."""

from typing import Literal

from pydantic import BaseModel


class Blob(BaseModel, frozen=True):
    """Content that is stored, and the key of the object that holds it."""

    sha256: str
    key: str
    size: int


class Container(BaseModel, frozen=True):
    """A version that contains something."""

    id: str


class LockedBlob(BaseModel, frozen=True):
    """Content under its lock."""

    sha256: str
    state: Literal["UPLOADING", "LIVE", "CONDEMNED"]
    key: str | None
    size: int | None
