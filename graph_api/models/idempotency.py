"""What is known of a call that may come twice."""

from pydantic import BaseModel


class Call(BaseModel, frozen=True):
    """A call under a key of the caller's own."""

    key: str
    request: str
    """The hash of all that it asks for."""


class Answer(BaseModel, frozen=True):
    """The entity that answers a call, and whether the call made it."""

    id: str
    created: bool


class Record(BaseModel, frozen=True):
    """What is known of a key; without an id, no answer yet."""

    request: str
    id: str | None
    created: bool | None


class Forgotten(BaseModel, frozen=True):
    """How many records went."""

    count: int
