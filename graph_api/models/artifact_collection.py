"""An artifact collection: a name with versions."""

from graph_api.models.entity import Lockable


class ArtifactCollection(Lockable, frozen=True):
    """Counts its versions; its type is that of the first one."""

    kind = "ArtifactCollection"

    type: str
