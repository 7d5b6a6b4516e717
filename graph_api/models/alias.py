"""Aliases: names that move from version to version."""

from pydantic import BaseModel

from graph_api.models.ledger import Period


class Aliases(BaseModel, frozen=True):
    """The names that point at a version now, sorted; ``latest`` is none of them."""

    artifact_id: str
    names: tuple[str, ...]


class Moved(BaseModel, frozen=True):
    """An alias that points elsewhere now."""

    name: str
    left_id: str | None
    """The version that it pointed at before."""
    project_id: str
    protected: bool
    """Whether that takes the right to administer the project."""


class Protected(BaseModel, frozen=True):
    """The protected aliases of a collection, sorted."""

    collection_id: str
    names: tuple[str, ...]


class Alias(BaseModel, frozen=True):
    """One alias."""

    name: str
    artifact_id: str | None
    """The version that it points at; None for nowhere."""


class Before(BaseModel, frozen=True):
    """Where an alias points, and where it did before; None for nowhere."""

    artifact_id: str | None
    before_id: str | None


class AliasPeriod(Period, frozen=True):
    """A time in which an alias pointed at a version."""

    artifact_id: str
