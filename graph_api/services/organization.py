"""Organizations: one ledger each. For now there is one, made at the first start."""

from graph_api.graph import Graph, cypher
from graph_api.models import instant
from graph_api.models.entity import Named, new_id
from graph_api.models.ledger import GENESIS
from graph_api.models.organization import DEFAULT, Organization

ENSURE = cypher("organization/ensure", Organization)


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
