"""A project: a scope for names, not a wall for lineage."""

from pydantic import BaseModel

from graph_api.models.entity import Metadata, Named
from graph_api.models.policy import Kept


class Project(Named, frozen=True):
    """Holds collections, experiments, runs, models and datasets."""

    kind = "Project"

    organization_id: str
    system_metadata: Metadata
    """What the programs around it note, apart from what users do."""
    policy: Kept = None
    """What is asked of versions that are promoted in it; None: nothing."""


class Scope(BaseModel, frozen=True):
    """A project that something is looked for in."""

    id: str
    name: str
    newest: int
    """The newest seq of the ledger when it was read."""
