"""Reading webhooks: they are there for who administers their project."""

from graph_api.errors import UnknownId
from graph_api.graph import Reader, cypher
from graph_api.models.viewer import Viewer
from graph_api.models.webhook import Webhook

BY_IDS = cypher("webhook/by_ids", Webhook)
OF_PROJECTS = cypher("webhook/of_projects", Webhook)


async def by_ids(graph: Reader, viewer: Viewer, ids: list[str]) -> list[Webhook | None]:
    """The webhook of each id, None for none."""
    rows = await graph.fetch(BY_IDS, ids=ids, projects=viewer.managed())
    found = {row.id: row for row in rows}
    return [found.get(id) for id in ids]


async def checked(graph: Reader, viewer: Viewer, id: str) -> Webhook:
    """The webhook of this id; Forbidden where the viewer sees its project only, or UnknownId."""
    for row in await graph.fetch(BY_IDS, ids=[id], projects=viewer.projects):
        viewer.require("admin", row.project_id)
        return row
    raise UnknownId("Webhook", id)


async def by_projects(graph: Reader, viewer: Viewer, project_ids: list[str]) -> list[list[Webhook]]:
    """The webhooks of each project, the oldest first; none where the viewer is no administrator."""
    rows = await graph.fetch(OF_PROJECTS, ids=project_ids, projects=viewer.managed())
    rows.sort(key=lambda row: row.id)
    return [[row for row in rows if row.project_id == id] for id in project_ids]
