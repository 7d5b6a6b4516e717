"""Storage accounting: who holds how many bytes in the byte store."""

from graph_api.graph import Reader, cypher
from graph_api.models.storage import Held, Storage
from graph_api.models.viewer import Viewer

HELD = cypher("storage/held", Held)


async def held(graph: Reader, viewer: Viewer, ids: list[str]) -> list[Storage]:
    """What each version, or the versions of each collection or project, hold.

    Whether the viewer may see these is the caller's to know.
    """
    rows = await graph.fetch(HELD, ids=ids, projects=viewer.projects)
    found: dict[str, Storage] = {row.id: row for row in rows}
    return [found.get(id, Storage(bytes=0, exclusive=0)) for id in ids]
