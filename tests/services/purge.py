"""A version loses its pages, until `purge` of the service does it."""

from graph_api.graph import Graph, Nothing, Query

# Under the locks of the pages, in the order of their digests; the sweep looks at them at once.
_PURGE = Query(
    "tests/purge",
    """
    MATCH (a:Entity {id: $id})-[:HAS_PAGE]->(p:ManifestPage)
    WITH a, p ORDER BY p.digest
    SET p.lock = $id, p.sweep_at = timestamp() * 1000
    WITH DISTINCT a
    SET a.state = 'DELETED'
    WITH a
    MATCH (a)-[has:HAS_PAGE]->()
    DELETE has
    """,
    Nothing,
)


async def purge(graph: Graph, id: str) -> None:
    """Take the pages from this version, as if it had been deleted for good."""
    await graph.write(_PURGE, id=id)
