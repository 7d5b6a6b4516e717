"""A registered model: a name with versions of its own, each an artifact, in stages."""

from graph_api.models.entity import Lockable


class Model(Lockable, frozen=True):
    """What is registered, promoted and loaded by name."""

    kind = "Model"
