"""A dataset: a named, growing set, seen at moments as snapshots, each an artifact."""

from graph_api.models.entity import Named


class Dataset(Named, frozen=True):
    """What grows under one name."""

    project_id: str
