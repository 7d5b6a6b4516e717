"""Experiments."""

from graph_api.graph import Graph, cypher
from graph_api.models.experiment import Experiment
from graph_api.models.viewer import Viewer
from graph_api.services import project
from graph_api.services.named import NamedInProject
from graph_api.settings import Limits

BY_NAME = cypher("experiment/by_name", Experiment)

_experiments = NamedInProject("experiment", BY_NAME)
by_name = _experiments.by_name
named = _experiments.named
checked = _experiments.checked
page = _experiments.page
create = _experiments.create
update = _experiments.update


async def of_run(
    graph: Graph, viewer: Viewer, limits: Limits, within: str, name: str, make: bool
) -> str:
    """The id of a run's experiment: made where there is none if ``make``, else UnknownName."""
    if make:
        return await create(graph, viewer, limits, within, name, exists_ok=True)
    scope = await project.scope(graph, viewer, within)
    return (await named(graph, viewer, scope, name)).id
