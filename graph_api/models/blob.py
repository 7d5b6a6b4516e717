"""A blob: bytes under their SHA-256."""

from pydantic import BaseModel


class Blob(BaseModel, frozen=True):
    """Content that is stored, and the key of the object that holds it."""

    sha256: str
    key: str
    size: int
