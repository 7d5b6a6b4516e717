"""A dataset: a named, growing set, seen at moments as snapshots, each an artifact."""

from graph_api.models.entity import Lockable


class Dataset(Lockable, frozen=True):
    """What grows under one name."""

    kind = "Dataset"
