"""A blob: bytes under their SHA-256."""

from typing import Literal

from pydantic import BaseModel


class Blob(BaseModel, frozen=True):
    """Content that is stored, and where."""

    sha256: str
    key: str
    """Of the object that holds it; of a pack, followed by ``@`` and the byte where it begins."""
    size: int

    @property
    def packed(self) -> bool:
        """Whether it lies beside others in its object."""
        return "@" in self.key

    @property
    def object_key(self) -> str:
        """The key of its object."""
        return place_of(self.key)[0]

    @property
    def offset(self) -> int:
        """The byte of its object where it begins."""
        return place_of(self.key)[1]


class Container(BaseModel, frozen=True):
    """A version that contains something."""

    id: str


class LockedBlob(BaseModel, frozen=True):
    """Content under its lock."""

    sha256: str
    state: Literal["UPLOADING", "LIVE", "CONDEMNED"]
    key: str | None
    size: int | None


def key_in(pack: str, offset: int) -> str:
    """The key of a content that lies in a pack, from this byte on."""
    return f"{pack}@{offset}"


def place_of(key: str) -> tuple[str, int]:
    """The object in which the content of this key lies, and the byte where it begins."""
    object_key, _, offset = key.partition("@")
    return object_key, int(offset or 0)
