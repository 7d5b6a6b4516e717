"""A project: a scope for names, not a wall for lineage."""

from pydantic import BaseModel

from graph_api.models.entity import Metadata, Named


class Project(Named, frozen=True):
    """Holds collections, experiments, runs, models and datasets."""

    kind = "Project"

    organization_id: str
    system_metadata: Metadata
    """What the programs around it note, apart from what users do."""


class Scope(BaseModel, frozen=True):
    """A project that something is looked for in."""

    id: str
    name: str
    newest: int
    """The newest seq of the ledger when it was read."""
