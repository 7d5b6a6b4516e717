"""What may change of a version: words, tags and aliases, never its content."""

from collections.abc import Sequence
from typing import Any

from graph_api.errors import BadAlias
from graph_api.graph import Graph, Transaction, cypher
from graph_api.models import names
from graph_api.models.viewer import Viewer
from graph_api.services import alias, entity, ledger, search
from graph_api.services.artifact.commit import ADD_TAGS, LOCK_COLLECTION
from graph_api.services.artifact.read import checked, committed
from graph_api.settings import Limits

REMOVE_TAGS = cypher("artifact/remove_tags")


async def update(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    id: str,
    *,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    system_metadata: dict[str, Any] | None = None,
    add_tags: Sequence[str] = (),
    remove_tags: Sequence[str] = (),
) -> None:
    """Overwrite what is given; NotCommitted for a draft."""
    await committed(graph, viewer, id)
    added = [names.label("tag", tag, limits.name_length) for tag in add_tags]
    removed = [names.normalized(tag) for tag in remove_tags]
    nothing = description is None and metadata is None and system_metadata is None
    if nothing and not (added or removed):
        return

    async def work(tx: Transaction) -> None:
        await tx.write(entity.LOCK, id=id)
        drawn = await ledger.draw(tx, viewer)
        row = await committed(tx, viewer, id)
        viewer.require("write", row.project_id)
        changed = await entity.overwrite(
            tx,
            viewer,
            limits,
            drawn,
            row,
            description=description,
            metadata=metadata,
            system_metadata=system_metadata,
        )
        if added or removed:
            await tx.write(ADD_TAGS, id=id, tags=added, at=drawn.at, by=viewer.user)
            await tx.write(REMOVE_TAGS, id=id, tags=removed, at=drawn.at, by=viewer.user)
            changed.append("tags")
        await search.index(tx, [id])
        await ledger.record(tx, viewer, drawn, f"Artifact updated: {', '.join(changed)}", [id])

    await graph.in_transaction(work)


async def add_aliases(
    graph: Graph, viewer: Viewer, limits: Limits, id: str, aliases: Sequence[str]
) -> None:
    """Point aliases at a committed version, wherever they pointed before."""
    wanted = sorted({names.alias(alias, limits.name_length) for alias in aliases})

    async def work(tx: Transaction) -> None:
        version = await committed(tx, viewer, id)
        viewer.require("write", version.project_id)
        locked = await tx.fetch_one(
            LOCK_COLLECTION,
            collection_id=version.collection_id,
            chosen_version=None,
            aliases=wanted,
        )
        for taken in locked.aliases_taken if locked else ():
            raise BadAlias(taken, f"{version.name!r} has a version of this name")
        # It may have been deleted meanwhile.
        await committed(tx, viewer, id)
        drawn = await ledger.draw(tx, viewer)
        if moved := await alias.move(tx, viewer, drawn, version.collection_id, id, wanted):
            what = f"Aliases added: {', '.join(sorted(row.name for row in moved))}"
            await ledger.record(tx, viewer, drawn, what, [id, *alias.left(moved)])

    await graph.in_transaction(work)


async def remove_aliases(graph: Graph, viewer: Viewer, id: str, aliases: Sequence[str]) -> None:
    """Take aliases off a version; those that point elsewhere, or nowhere, stay as they are."""
    wanted = sorted({names.normalized(alias) for alias in aliases})

    async def work(tx: Transaction) -> None:
        version = await checked(tx, viewer, id)
        viewer.require("write", version.project_id)
        drawn = await ledger.draw(tx, viewer)
        if gone := await alias.remove(tx, viewer, drawn, id, wanted):
            what = f"Aliases removed: {', '.join(sorted(gone))}"
            await ledger.record(tx, viewer, drawn, what, [id])

    await graph.in_transaction(work)
