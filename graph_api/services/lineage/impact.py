"""What relies on something, and on all that came of it."""

from graph_api.graph import Graph, cypher
from graph_api.models.impact import Affected, Impact, Reliance
from graph_api.models.viewer import Viewer
from graph_api.services.lineage.answer import lineage
from graph_api.services.lineage.kept import Kept

IMPACT = cypher("lineage/impact", Reliance)

_BATCH = 2_000


async def impact(
    graph: Graph,
    viewer: Viewer,
    id: str,
    *,
    as_of: int | None = None,
    seconds: float,
    kept: Kept | None = None,
) -> Impact:
    """All that came of an entity, as far as the viewer sees it, the gravest first.

    ``seconds`` is the longest time of the walk; ``kept`` has answers that need none. Raises as a
    lineage does.
    """
    found = await lineage(
        graph, viewer, [id], "DOWNSTREAM", as_of=as_of, seconds=seconds, kept=kept
    )
    ids, affected = [*found.depths], list[Affected]()
    for start in range(0, len(ids), _BATCH):
        rows = await graph.fetch(
            IMPACT,
            ids=ids[start : start + _BATCH],
            seq=found.as_of.seq,
            projects=viewer.projects,
        )
        affected += [Affected(found.depths[row.id], row) for row in rows]
    return Impact(found, tuple(sorted(affected, key=lambda it: it.rank)))
