"""The registered models of a lineage answer."""

from graph_api.graph import Reader, cypher
from graph_api.models.entity import kind_of
from graph_api.models.lineage import Lineage, ReachedModel
from graph_api.models.membership import Member
from graph_api.models.viewer import Viewer

MODELS = cypher("lineage/models", Member)

_BATCH = 2_000


async def models(graph: Reader, viewer: Viewer, found: Lineage) -> list[ReachedModel]:
    """The models that have versions among the entities shown, and those that are among them.

    As of the answer's moment, by model, then by index. The walk does not go through membership, so
    a model that has a version there is not itself among the entities, unless a link leads to it.
    """
    ids = [id for id in found.depths if kind_of(id) == "Artifact"]
    reached = [ReachedModel(id) for id in found.depths if kind_of(id) == "Model"]
    for start in range(0, len(ids), _BATCH):
        rows = await graph.fetch(
            MODELS,
            ids=ids[start : start + _BATCH],
            seq=found.as_of.seq,
            projects=viewer.projects,
        )
        reached += [ReachedModel(row.container_id, row) for row in rows]
    return sorted(reached, key=lambda one: one.place)
