"""An artifact collection: a name with versions."""

from graph_api.models.entity import Named


class ArtifactCollection(Named, frozen=True):
    """Counts its versions; its type is that of the first one."""

    project_id: str
    type: str
