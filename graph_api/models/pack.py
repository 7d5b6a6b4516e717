"""Packs: small contents side by side in one object, which is quicker to send and to fetch."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from pydantic import BaseModel

from graph_api.models.artifact import upload_prefix
from graph_api.models.manifest import Entry

# Bytes of the largest content that goes into one.
LARGEST = 64 * 1024
# Fewer contents are as quick one by one.
FEWEST = 8


class Contents(BaseModel, frozen=True):
    """What lies in a pack, in the order in which it lies there."""

    digests: tuple[str, ...]
    sizes: tuple[int, ...]
    """Bytes of each; none is empty."""

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        return sum(self.sizes)

    def places(self) -> Iterator[tuple[str, int, int]]:
        """The digest, offset and size of each, in bytes."""
        return zip(self.digests, accumulate(self.sizes, initial=0), self.sizes, strict=False)


class PackKey(BaseModel, frozen=True):
    """A pack that holds what it should, and the key of its object."""

    key: str


class Looked(BaseModel, frozen=True):
    """What the sweep saw of a pack."""

    condemned: bool
    """Whether nothing lies in it."""
    mostly_dead: bool
    """Whether less than half of its bytes are needed."""


class RequestedPack(BaseModel, frozen=True):
    """A pack that a draft is to bring."""

    number: int
    """Of the call in which its files were given."""
    contents: Contents


def packed(entries: Iterable[Entry], most: int) -> Contents | None:
    """What of these files goes into one pack of at most so many bytes; None for too little."""
    sizes: dict[str, int] = {}
    left = most
    for entry in entries:
        size = entry.size or 0
        if entry.sha256 and entry.sha256 not in sizes and 0 < size <= min(LARGEST, left):
            sizes[entry.sha256] = size
            left -= size
    if len(sizes) < FEWEST:
        return None
    return Contents(digests=tuple(sizes), sizes=tuple(sizes.values()))


def pack_key(draft_id: str, name: str) -> str:
    """Where a pack of a draft lies."""
    return f"{upload_prefix(draft_id)}packs/{name}"
