"""Aliases: names that move from version to version."""

from pydantic import BaseModel


class Aliases(BaseModel, frozen=True):
    """The names that point at a version now, sorted; ``latest`` is none of them."""

    artifact_id: str
    names: tuple[str, ...]


class Moved(BaseModel, frozen=True):
    """An alias that points elsewhere now."""

    name: str
    left_id: str | None
    """The version that it pointed at before."""
