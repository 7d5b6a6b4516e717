"""Organizations: one ledger each. For now there is one, made at the first start."""

from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.entity import Named, new_id
from graph_api.models.ledger import GENESIS
from graph_api.models.organization import DEFAULT, Organization
from graph_api.models.viewer import Viewer
from graph_api.services import reading

ENSURE = cypher("organization/ensure", Organization)
BY_IDS = cypher("organization/by_ids", Organization)


async def ensure_default(graph: Graph) -> Named:
    """The organization of a service without keys, with its ledger."""
    (organization,) = await graph.write(
        ENSURE,
        name=DEFAULT,
        id=new_id("Organization"),
        hash=GENESIS,
        at=instant.now(),
    )
    return organization


async def by_ids(graph: Graph, viewer: Viewer, ids: list[str]) -> list[Organization | None]:
    """Each organization, None for all but the viewer's own."""
    visible = [id for id in ids if id == viewer.organization_id]
    found = await reading.by_ids(graph, viewer, BY_IDS, visible)
    rows = dict(zip(visible, found, strict=True))
    return [rows.get(id) for id in ids]
