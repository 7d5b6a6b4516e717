"""Datasets."""

from graph_api.errors import NameTaken
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import names
from graph_api.models.artifact import Id
from graph_api.models.dataset import Dataset
from graph_api.models.idempotency import Answer, Call
from graph_api.models.viewer import Viewer
from graph_api.services import entity, idempotency, ledger, project
from graph_api.services.named import NamedInProject
from graph_api.settings import Limits

BY_NAME = cypher("dataset/by_name", Dataset)
CLONE = cypher("dataset/clone", Id)

_datasets = NamedInProject("dataset", BY_NAME)
by_name = _datasets.by_name
checked = _datasets.checked
page = _datasets.page
create = _datasets.create
update = _datasets.update


async def clone(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    id: str,
    name: str,
    within: str | None = None,
    *,
    with_metadata: bool = True,
    call: Call | None = None,
) -> str:
    """Create a dataset with the snapshots of another, under their indexes; its id.

    It lies in the project of this name, which is made where there is none, or in that of the
    other, which is linked to it as its "source dataset". Of the snapshots it has those that the
    viewer sees and that are not deleted; no content is copied. The description comes along, and
    the metadata if that is said. NameTaken for a name that a dataset there has.
    """
    if known := await idempotency.known(graph, viewer, call, Answer):
        return known.id
    name = names.name("dataset", name, limits.name_length)
    project_id = (await checked(graph, viewer, id)).project_id
    if within is not None:
        project_id = await project.create(graph, viewer, limits, within, exists_ok=True)
    viewer.require("write", project_id)

    async def work(tx: Transaction) -> Answer:
        drawn = await ledger.draw(tx, viewer)
        source = await checked(tx, viewer, id)
        if await by_name(tx, viewer, project_id, name):
            raise NameTaken(
                "Dataset", name, "Its project" if within is None else f"Project {within!r}"
            )
        metadata = source.metadata if with_metadata else {}
        described = entity.described(limits, source.description, metadata)
        made = await entity.create(tx, viewer, drawn, "Dataset", project_id, name=name, **described)
        snapshots = await tx.write(
            CLONE,
            source_id=id,
            id=made,
            by=viewer.user,
            seq=drawn.seq,
            at=drawn.at,
            projects=viewer.projects,
        )
        ids = [row.id for row in snapshots if row.id]
        await ledger.record(tx, viewer, drawn, "Dataset cloned", [made, id, *ids])
        return Answer(id=made, created=True)

    return (await idempotency.once(graph, viewer, call, Answer, work)).id
