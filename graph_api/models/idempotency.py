"""What is known of a call that may come twice."""

from pydantic import BaseModel


class Record(BaseModel, frozen=True):
    """What is known of a key."""

    request: str
    new: bool
