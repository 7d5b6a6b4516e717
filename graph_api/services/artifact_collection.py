"""Artifact collections: names with versions."""

from typing import Any

from graph_api.errors import NameTaken
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import names
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.idempotency import Call
from graph_api.models.viewer import Viewer
from graph_api.services import alias, entity, ledger, project, search
from graph_api.services.named import NamedInProject
from graph_api.settings import Limits

BY_NAME = cypher("artifact_collection/by_name", ArtifactCollection)
LOCK_DRAFTS = cypher("artifact_collection/lock_drafts")
MOVE = cypher("artifact_collection/move")

# What the ledger says of a move.
MOVED = "ArtifactCollection moved"

_collections = NamedInProject("artifact collection", BY_NAME)
by_name = _collections.by_name
named = _collections.named
checked = _collections.checked
page = _collections.page
update = _collections.update


async def create(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    within: str,
    name: str,
    type: str,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    exists_ok: bool = False,
    call: Call | None = None,
) -> str:
    """Create an artifact collection, as entities with a name of their own are; its id.

    With ``exists_ok`` one of this name is the answer as it is, of whatever type.
    """
    type = names.name("artifact type", type, limits.name_length)
    return await _collections.create(
        graph, viewer, limits, within, name, description, metadata, exists_ok, call, type=type
    )


async def move(graph: Graph, viewer: Viewer, id: str, within: str) -> None:
    """Move a collection to the project of this name, with its versions, drafts and aliases.

    Not a byte of content moves. It takes the right to administer the project that it leaves, of
    whose readers some may see it no more and of whose protected aliases some may go with it, and
    the right to write to the other. Where it is there already, nothing changes.
    UnknownName for no such project, NameTaken where that has a collection of the name, NotPromoted
    where a protected alias points at what may not be promoted there.
    """

    async def work(tx: Transaction) -> None:
        await tx.write(LOCK_DRAFTS, id=id)
        await tx.write(entity.LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        row = await checked(tx, viewer, id)
        target = await project.scope(tx, viewer, within)
        viewer.require("write", target.id)
        if row.project_id == target.id:
            return
        viewer.require("admin", row.project_id)
        await entity.check_changeable(tx, id)
        if await by_name(tx, viewer, target.id, row.name):
            raise NameTaken(row.kind, row.name, f"Project {target.name!r}")
        await entity.check_kept(tx, id, moves=True)
        before, after = {"project_id": row.project_id}, {"project_id": target.id}
        await entity.revise(tx, viewer, drawn, id, before, after, after)
        organization_id = viewer.organization_id
        await tx.write(MOVE, id=id, organization_id=organization_id, seq=drawn.seq, **after)
        await alias.check_promoted(tx, viewer, drawn, id)
        await search.index_placed(tx, id)
        await ledger.record(tx, viewer, drawn, MOVED, [id, row.project_id, target.id])

    while True:
        try:
            return await graph.in_transaction(work)
        except entity.PlaceNotKept:
            await graph.write(entity.KEEP_NAME, id=id, moves=True)
