"""What may change of a version: words, tags and aliases, never its content."""

from collections.abc import Sequence
from typing import Any, Literal

from graph_api.errors import AliasMoved, BadAlias, NothingBefore, UnknownVersion
from graph_api.graph import Graph, Transaction
from graph_api.models import names
from graph_api.models.artifact import LockedCollection
from graph_api.models.entity import Kind
from graph_api.models.idempotency import Answer, Call
from graph_api.models.ledger import Drawn
from graph_api.models.viewer import Viewer
from graph_api.services import alias, entity, idempotency, ledger, promotion, search
from graph_api.services.artifact.commit import LOCK_COLLECTION
from graph_api.services.artifact.read import checked, committed
from graph_api.settings import Limits


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
        await entity.check_changeable(tx, row.collection_id)
        changed = await entity.overwrite(
            tx,
            viewer,
            limits,
            drawn,
            row,
            description=description,
            metadata=metadata,
            system_metadata=system_metadata,
            tags=sorted({*row.tags, *added}.difference(removed)) if added or removed else None,
        )
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
        await _lock(tx, viewer, "write", id, version.collection_id, wanted)
        # It may have been deleted meanwhile.
        await committed(tx, viewer, id)
        drawn = await ledger.draw(tx, viewer)
        await _move(tx, viewer, drawn, version.collection_id, id, wanted, "Aliases added")

    await graph.in_transaction(work)


async def roll_back_alias(
    graph: Graph,
    viewer: Viewer,
    collection_id: str,
    name: str,
    believed: str | None,
    call: Call | None,
) -> str:
    """Point an alias where it pointed before, at a version that is not deleted; the version's id.

    ``believed`` is where the caller believes that it points now, None for nowhere: AliasMoved
    where it does not, so that of two who take it back at once one does. UnknownVersion for an
    alias that there never was, NothingBefore where it has pointed at no other version.
    """
    name = names.normalized(name)

    async def work(tx: Transaction) -> Answer:
        collection = await _lock(tx, viewer, "write", collection_id, collection_id, [name])
        drawn = await ledger.draw(tx, viewer)
        found = await alias.before(tx, collection_id, name)
        if found is None:
            raise UnknownVersion(collection.name, name)
        if found.artifact_id != believed:
            raise AliasMoved(name, believed, found.artifact_id)
        if found.before_id is None:
            way = "point it at a version by addAliases"
            raise NothingBefore(f"The alias {name!r} has pointed at no other version", way)
        await _move(tx, viewer, drawn, collection_id, found.before_id, [name], "Alias rolled back")
        return Answer(id=found.before_id, created=False)

    return (await idempotency.once(graph, viewer, call, Answer, work)).id


async def protect_aliases(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    collection_id: str,
    aliases: Sequence[str],
    *,
    protected: bool,
) -> None:
    """Protect aliases of a collection, whether or not they point anywhere yet; or no longer.

    To move or remove a protected one takes the right to administer the project, as this does.
    BadAlias where a version has the name, NotPromoted where one that is to be protected points at
    what may not be promoted.
    """
    wanted = sorted({names.alias(alias, limits.name_length) for alias in aliases})

    async def work(tx: Transaction) -> None:
        await _lock(tx, viewer, "admin", collection_id, collection_id, wanted)
        drawn = await ledger.draw(tx, viewer)
        if rows := await alias.protect(tx, collection_id, wanted, protected=protected):
            verb = "protected" if protected else "protected no longer"
            what = f"Aliases {verb}: {', '.join(row.name for row in rows)}"
            pointed_at = dict.fromkeys(row.artifact_id for row in rows if row.artifact_id)
            for id in pointed_at if protected else ():
                await promotion.check(tx, viewer, id, collection_id, drawn)
            await ledger.record(tx, viewer, drawn, what, [collection_id, *pointed_at])

    await graph.in_transaction(work)


async def _lock(
    tx: Transaction,
    viewer: Viewer,
    scope: Literal["write", "admin"],
    id: str,
    collection_id: str,
    aliases: list[str],
) -> LockedCollection:
    """The collection under its lock; the viewer has this right where it, or its version, lies.

    ``id`` is which of the two the call is about. ReadOnly where it is, BadAlias for a name that a
    version has.
    """
    locked = await tx.fetch_one(
        LOCK_COLLECTION, collection_id=collection_id, chosen_version=None, aliases=aliases
    )
    # It may have moved to another project while this waited for the lock.
    kind: Kind = "ArtifactCollection" if id == collection_id else "Artifact"
    viewer.require(scope, (await entity.locate(tx, viewer, [id], kind))[id].project_id)
    assert locked, collection_id
    locked.check_changeable()
    for taken in locked.aliases_taken:
        raise BadAlias(taken, f"{locked.name!r} has a version of this name")
    return locked


async def _move(
    tx: Transaction,
    viewer: Viewer,
    drawn: Drawn,
    collection_id: str,
    id: str,
    aliases: list[str],
    what: str,
) -> None:
    if moved := await alias.move(tx, viewer, drawn, collection_id, id, aliases):
        what = f"{what}: {', '.join(sorted(row.name for row in moved))}"
        await ledger.record(tx, viewer, drawn, what, [id, *alias.left(moved)])


async def remove_aliases(graph: Graph, viewer: Viewer, id: str, aliases: Sequence[str]) -> None:
    """Take aliases off a version; those that point elsewhere, or nowhere, stay as they are."""
    wanted = sorted({names.normalized(alias) for alias in aliases})

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        version = await checked(tx, viewer, id)
        viewer.require("write", version.project_id)
        await entity.check_changeable(tx, version.collection_id)
        if gone := await alias.remove(tx, viewer, drawn, id, wanted):
            what = f"Aliases removed: {', '.join(sorted(gone))}"
            await ledger.record(tx, viewer, drawn, what, [id])

    await graph.in_transaction(work)
