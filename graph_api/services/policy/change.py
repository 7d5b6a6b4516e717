"""Setting a project's policy."""

from graph_api.graph import Graph, Transaction
from graph_api.models.policy import Policy
from graph_api.models.project import Project
from graph_api.models.viewer import Viewer
from graph_api.services import entity, ledger, project
from graph_api.settings import Limits


async def set_policy(
    graph: Graph, viewer: Viewer, limits: Limits, name: str, policy: Policy | None
) -> str:
    """Replace the policy of the project of this name as a whole; the project's id.

    None, or one without rules, is the end of it. What it names need not be there. BadInput for one
    that cannot be; UnknownName for a project that the viewer does not see.
    """
    wanted = policy and policy.checked(limits.name_length)
    stored = wanted and wanted.stored
    id = (await project.scope(graph, viewer, name)).id

    async def work(tx: Transaction) -> str:
        await tx.write(entity.LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        row = await entity.checked(tx, viewer, Project, id)
        viewer.require("admin", id)
        if stored == (row.policy and row.policy.stored):
            return id
        before, after = (
            {"policy": it and it.model_dump(mode="json", by_alias=True)}
            for it in (row.policy, wanted if stored else None)
        )
        await entity.revise(tx, viewer, drawn, id, before, after, {"policy": stored})
        what = "Policy removed" if stored is None else "Policy set"
        await ledger.record(tx, viewer, drawn, what, [id])
        return id

    return await graph.in_transaction(work)
