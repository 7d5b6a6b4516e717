"""What a sweep looks at, and what it took."""

from pydantic import BaseModel


class Due(BaseModel, frozen=True):
    """A page or a content that the sweep is to look at."""

    digest: str


class Condemned(BaseModel, frozen=True):
    """A page or a content on its way out, and the object that holds it."""

    digest: str
    key: str

    @property
    def packed(self) -> bool:
        """Whether others lie in its object, which therefore stays."""
        return "@" in self.key


class Held(BaseModel, frozen=True):
    """An object that something needs."""

    key: str


class Prefix(BaseModel, frozen=True):
    """Where the uploads of a draft land."""

    draft_id: str


class Swept(BaseModel, frozen=True):
    """How much one sweep took."""

    drafts: int
    """Abandoned ones."""
    objects: int
    """Uploads that no version came to need."""
    uploads: int
    """In parts, that nobody went on with."""
    expired: int = 0
    """Versions whose time to live was over; they are in the trash now."""
    versions: int
    """Deleted ones, whose time in the trash was over."""
    pages: int
    blobs: int
    packs: int
    """Objects of small contents that nothing needed any more."""
    unfinished: int
    """Objects that somebody began to write and died."""
    requests: int
    """Idempotency keys of a day ago."""
    resealed: int = 0
    """Secrets that an older key had sealed."""
    jobs: int = 0
    """Those that ended a month ago."""
