"""An experiment: runs that belong together."""

from graph_api.models.entity import Named


class Experiment(Named, frozen=True):
    """A name under which a project groups runs."""

    project_id: str
