"""Reading jobs: a viewer sees those of projects that they can read, on what they can read."""

from dataclasses import dataclass

from graph_api.errors import UnknownId
from graph_api.graph import Reader, cypher
from graph_api.models.job import Job, Jobs
from graph_api.models.page import Listed, Stretch
from graph_api.models.viewer import Viewer

BY_IDS = cypher("job/by_ids", Job)
OF_PROJECTS = cypher("job/of_projects", Jobs)


async def by_ids(graph: Reader, viewer: Viewer, ids: list[str]) -> list[Job | None]:
    """The job of each id, None for none."""
    rows = await graph.fetch(BY_IDS, ids=ids, projects=viewer.projects)
    found = {row.id: row for row in rows}
    return [found.get(id) for id in ids]


async def checked(graph: Reader, viewer: Viewer, id: str) -> Job:
    """The job of this id, or UnknownId."""
    (found,) = await by_ids(graph, viewer, [id])
    if found is None:
        raise UnknownId("Job", id)
    return found


@dataclass(frozen=True)
class OfProjects:
    """A batch function: a stretch of the jobs of each project, the newest first."""

    stretch: Stretch

    async def __call__(self, graph: Reader, viewer: Viewer, ids: list[str]) -> list[Listed[Job]]:
        """The jobs of each project."""
        rising = self.stretch.turned()
        # Every id lies before "~".
        low, high = rising.texts("", "~")
        rows = await graph.fetch(
            OF_PROJECTS,
            ids=ids,
            low=low,
            high=high,
            first=rising.most,
            backward=rising.backward,
            projects=viewer.projects,
        )
        found = {row.of: Listed([it.id for it in row.found], row.found) for row in rows}
        return [found.get(id, Listed([], [])) for id in ids]
