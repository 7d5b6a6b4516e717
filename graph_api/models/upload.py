"""Uploads in parts: contents above the size of one PUT, on their way into the store."""

from typing import Literal

from pydantic import BaseModel

MIB = 1 << 20
# What S3 takes: parts of one object, and bytes of one object.
MOST_PARTS = 10_000
LARGEST = 5 << 40


class Upload(BaseModel, frozen=True):
    """An upload of one user's; it belongs to no draft, so that a later one can go on with it.

    OPEN until the whole was read and found right (VERIFIED) or wrong, or until nobody has asked for
    it for long (ENDED). Whether its parts are one object already only the store knows.
    """

    id: str
    key: str
    """Of the object that it becomes, and that stays where it is."""
    sha256: str
    size: int
    part_size: int
    state: Literal["OPEN", "VERIFIED", "ENDED"]
    store_id: str
    """The store's name of it; empty while it has none."""
    checked: int
    """Bytes that were read to verify the whole, so far."""
    found: str
    """The SHA-256 of the whole where it was another, else empty; and its size."""
    found_size: int

    @property
    def part_count(self) -> int:
        """How many parts it has."""
        return -(-self.size // self.part_size)

    def part(self, number: int) -> tuple[int, int]:
        """Where a part belongs, and how many bytes it has."""
        offset = (number - 1) * self.part_size
        return offset, min(self.part_size, self.size - offset)


class Progress(BaseModel, frozen=True):
    """An upload that goes on, and the numbers of the parts that have arrived."""

    upload: Upload
    uploaded: tuple[int, ...]


class StoreId(BaseModel, frozen=True):
    """The store's name of an upload."""

    store_id: str


class UploadId(BaseModel, frozen=True):
    """An upload."""

    id: str


class Verified(BaseModel, frozen=True):
    """An upload whose object is the content."""

    id: str
    sha256: str
    size: int
    key: str


class Due(BaseModel, frozen=True):
    """An upload that the sweep has ended, and the key of its object."""

    id: str
    key: str
    held: bool
    """Whether the object holds a content, and so stays."""


def slot(user: str, sha256: str, size: int) -> str:
    """What an upload is found by: whose it is, and of which content."""
    return f"{user}|{sha256}|{size}"


MULTIPART = "multipart/"


def key_of(id: str) -> str:
    """Where the object of an upload lies."""
    return f"{MULTIPART}{id}"


def part_size(size: int, smallest: int) -> int:
    """Bytes of each part but the last: the smallest, or whole MiB so that 10,000 are enough."""
    return max(smallest, -(-size // (MOST_PARTS * MIB)) * MIB)
