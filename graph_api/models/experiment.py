"""An experiment: runs that belong together."""

from graph_api.models.entity import NamedInProject


class Experiment(NamedInProject, frozen=True):
    """A name under which a project groups runs."""

    kind = "Experiment"
