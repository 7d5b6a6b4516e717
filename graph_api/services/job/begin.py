"""Starting jobs: whatever can be refused at once is, and then nothing is started."""

from typing import Any

import orjson
from typeid import TypeID

from graph_api.errors import NotSure
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import instant
from graph_api.models.idempotency import Answer, Call
from graph_api.models.job import Begun, Kind, Verified
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, artifact_collection, entity, idempotency

COLLECTION = cypher("job/collection", Begun)
CREATE = cypher("job/create")


async def delete_collection(
    graph: Graph,
    viewer: Viewer,
    id: str,
    *,
    sure: bool,
    really: bool,
    force: bool,
    call: Call | None = None,
) -> str:
    """Start to delete all versions that a collection has now; the job's id.

    NotSure unless both words are said. By ``force`` also what something needs, which takes the
    right to administer the project. ReadOnly where the collection is.
    """
    scope = "admin" if force else "write"

    async def work(tx: Transaction) -> Answer:
        row = await artifact_collection.checked(tx, viewer, id)
        viewer.require(scope, row.project_id)
        if not (sure and really):
            raise NotSure("artifact collection", row.name)
        # Only now: nobody else is to hold it up, nor to learn by the time that it is there.
        begun = await tx.write(COLLECTION, id=id)
        row = await artifact_collection.checked(tx, viewer, id)
        viewer.require(scope, row.project_id)
        await entity.check_changeable(tx, id)
        kind, total = "DELETE_COLLECTION", begun[0].living
        below = begun[0].next_index
        spec = {"force": force, "below": below}
        return await _begun(tx, viewer, row.project_id, kind, id, spec, total, position=below)

    return (await idempotency.once(graph, viewer, call, Answer, work)).id


async def verify_artifact(graph: Graph, viewer: Viewer, id: str, call: Call | None = None) -> str:
    """Start to read all files of a version from the store; the job's id.

    It takes the right to write to the project, since it costs what it reads. NotCommitted for a
    draft, Deleted.
    """

    async def work(tx: Transaction) -> Answer:
        row = await artifact.committed(tx, viewer, id)
        viewer.require("write", row.project_id)
        kind, total, nothing = "VERIFY_ARTIFACT", row.file_count or 0, Verified()
        return await _begun(tx, viewer, row.project_id, kind, id, {}, total, result=nothing)

    return (await idempotency.once(graph, viewer, call, Answer, work)).id


async def _begun(
    tx: Transaction,
    viewer: Viewer,
    project_id: str,
    kind: Kind,
    subject_id: str,
    spec: dict[str, Any],
    total: int,
    *,
    position: int = 0,
    result: Verified | None = None,
) -> Answer:
    id = str(TypeID(prefix="job"))
    properties = {
        "id": id,
        "organization_id": viewer.organization_id,
        "project_id": project_id,
        "kind": kind,
        "subject_id": subject_id,
        "spec": orjson.dumps(spec).decode(),
        "status": "QUEUED",
        "done": 0,
        "total": total,
        "position": position,
        "result": result and result.model_dump_json(),
        "created_at": instant.now(),
        "created_by": viewer.user,
        "key_id": viewer.key,
    }
    await tx.write(CREATE, properties=properties)
    return Answer(id=id, created=True)
