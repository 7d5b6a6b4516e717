"""Webhooks: addresses that are told what happens, in the form of Standard Webhooks."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from graph_api.errors import BadInput
from graph_api.models import instant
from graph_api.models.instant import Instant
from graph_api.models.lineage import Direction
from graph_api.models.notice import Asked, Notice, Type

SECRET = "whsec_"  # noqa: S105  # how all of them begin

# For so long the secret before signs, too, in microseconds.
OVERLAP = instant.DAY
_LONGEST = 2_048
_URL = re.compile(r"https?://[A-Za-z0-9._\[\]:-]+(?:/[!-~]*)?", re.IGNORECASE)


class Webhook(BaseModel, frozen=True):
    """Where a project's events are told, which, and how far that has come."""

    id: str
    organization_id: str
    project_id: str
    url: str
    events: tuple[Type, ...]
    of: str | None
    direction: Direction | None
    sealed: str = Field(repr=False)
    sealed_before: str | None = Field(repr=False)
    """The secret until the last rotation."""
    rotated_at: Instant | None
    key_id: str | None
    """The API key by which it was made or changed last: what that may see is what it tells."""
    seq: int
    """All events up to it were taken."""
    enabled: bool
    tries: int
    """How often the next event was not taken."""
    status: int | None
    """Of the last answer."""
    error_code: str | None
    error_message: str | None
    failing_since: Instant | None
    delivered_at: Instant | None
    created_at: Instant
    created_by: str
    updated_at: Instant
    updated_by: str

    @property
    def asked(self) -> Asked:
        """What it waits for."""
        return Asked(
            events=self.events, project_id=self.project_id, of=self.of, direction=self.direction
        )

    @property
    def host(self) -> str:
        """Whom it tells, without what may be a secret of theirs."""
        return urlsplit(self.url).hostname or ""

    def message_id(self, notice: Notice) -> str:
        """What names an event to its receiver, the same however often it is told.

        It has no full stop, which parts it from what else is signed.
        """
        return f"{self.id}-{notice.seq}-{notice.type.replace('.', '-')}"


class Secret(BaseModel, frozen=True):
    """What a receiver knows messages by."""

    key: bytes = Field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """One of 256 random bits."""
        return cls(key=secrets.token_bytes(32))

    @classmethod
    def read(cls, text: str) -> Self:
        """The secret of this text."""
        return cls(key=base64.b64decode(text.removeprefix(SECRET)))

    def text(self) -> str:
        """As Standard Webhooks writes it."""
        return SECRET + base64.b64encode(self.key).decode()

    def signature(self, id: str, timestamp: int, body: bytes) -> str:
        """Of a message that is sent at a time, in seconds since 1970 UTC."""
        signed = f"{id}.{timestamp}.".encode() + body
        return "v1," + base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()


def checked_url(url: str) -> str:
    """The address, which must be one of http or https, in ASCII; else BadInput.

    Where it leads is looked at whenever it is told something.
    """
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not _URL.fullmatch(url) or "#" in url or len(url) > _LONGEST:
        # An address may have a password in it, which is not to be repeated.
        raise BadInput(
            "url is no address like https://example.org/path: without user, password and fragment, "
            f"in at most {_LONGEST:,} ASCII characters."
        )
    return url
