"""A project: a scope for names, not a wall for lineage."""

from graph_api.models.entity import Metadata, Named


class Project(Named, frozen=True):
    """Holds collections, experiments, runs, models and datasets."""

    kind = "Project"

    organization_id: str
    system_metadata: Metadata
    """What the programs around it note, apart from what users do."""
