"""Aliases: names that move from version to version, and remember where they were."""

from collections.abc import Iterable

from graph_api.errors import AliasProtected
from graph_api.graph import Reader, Transaction, cypher
from graph_api.models import names as rules
from graph_api.models.alias import Alias, Aliases, AliasPeriod, Before, Moved, Protected
from graph_api.models.artifact import Id
from graph_api.models.ledger import PRESENT, Drawn
from graph_api.models.page import Listed, Page, Stretch, Window, page_of
from graph_api.models.viewer import Viewer
from graph_api.services import promotion, search

MOVE = cypher("alias/move", Moved)
REMOVE = cypher("alias/remove", Moved)
BY_ARTIFACTS = cypher("alias/by_artifacts", Aliases)
BY_ARTIFACTS_THEN = cypher("alias/by_artifacts_then", Aliases)
PROTECT = cypher("alias/protect", Alias)
PROTECTED = cypher("alias/protected", Protected)
PROTECTED_VERSIONS = cypher("alias/protected_versions", Id)
BEFORE = cypher("alias/before", Before)
HISTORY = cypher("alias/history", AliasPeriod)


async def move(
    tx: Transaction,
    viewer: Viewer,
    drawn: Drawn,
    collection_id: str,
    artifact_id: str,
    names: list[str],
) -> list[Moved]:
    """Point aliases of a locked collection at a version; those that did not point there before.

    With them it is written what the versions are found by. AliasProtected for one that the viewer
    may not move; NotPromoted for one that is protected, and a version that may not be promoted.
    """
    moved = await tx.write(
        MOVE,
        collection_id=collection_id,
        artifact_id=artifact_id,
        names=names,
        seq=drawn.seq,
        at=drawn.at,
        by=viewer.user,
    )
    _check_protected(viewer, moved)
    if any(row.protected for row in moved):
        await promotion.check(tx, viewer, artifact_id, collection_id, drawn)
    await search.index(tx, [artifact_id, *left(moved)])
    return moved


def left(moved: Iterable[Moved]) -> list[str]:
    """The versions that moved aliases pointed at before, each once."""
    return list(dict.fromkeys(row.left_id for row in moved if row.left_id))


async def remove(
    tx: Transaction, viewer: Viewer, drawn: Drawn, artifact_id: str, names: list[str]
) -> list[str]:
    """Take aliases off a version; those that did point at it. AliasProtected as for a move."""
    removed = await tx.write(
        REMOVE,
        artifact_id=artifact_id,
        names=names,
        seq=drawn.seq,
        at=drawn.at,
        by=viewer.user,
    )
    _check_protected(viewer, removed)
    await search.index(tx, [artifact_id])
    return [row.name for row in removed]


def _check_protected(viewer: Viewer, moved: Iterable[Moved]) -> None:
    for row in moved:
        if row.protected and not viewer.manages(row.project_id):
            raise AliasProtected(row.name, row.project_id)


async def protect(
    tx: Transaction, collection_id: str, names: list[str], *, protected: bool
) -> list[Alias]:
    """Protect aliases of a locked collection, or no longer; those of which that is new."""
    return await tx.write(PROTECT, collection_id=collection_id, names=names, protected=protected)


async def protected(graph: Reader, viewer: Viewer, ids: list[str]) -> list[tuple[str, ...]]:
    """The protected aliases of each collection, sorted."""
    found = {row.collection_id: row.names for row in await graph.fetch(PROTECTED, ids=ids)}
    return [found.get(id, ()) for id in ids]


async def check_promoted(tx: Transaction, viewer: Viewer, drawn: Drawn, collection_id: str) -> None:
    """NotPromoted where a protected alias points at what may not be promoted in its collection."""
    until = promotion.deadline()
    for row in await tx.fetch(PROTECTED_VERSIONS, collection_id=collection_id):
        assert row.id, collection_id
        await promotion.check(tx, viewer, row.id, collection_id, drawn, until)


async def before(tx: Transaction, collection_id: str, name: str) -> Before | None:
    """Where an alias of a locked collection points, and where it did before; None for no alias."""
    return await tx.fetch_one(BEFORE, collection_id=collection_id, name=name)


async def history(
    graph: Reader, viewer: Viewer, collection_id: str, name: str, window: Window
) -> Page[AliasPeriod]:
    """The periods in which an alias pointed at a version, in the order in which they began."""

    async def read(stretch: Stretch) -> Listed[AliasPeriod]:
        low, high = stretch.numbers()
        rows = await graph.fetch(
            HISTORY,
            organization_id=viewer.organization_id,
            collection_id=collection_id,
            name=rules.normalized(name),
            low=low,
            high=high,
            first=stretch.most,
            backward=stretch.backward,
        )
        return Listed([str(row.since) for row in rows], rows)

    return await page_of(window, read)


async def by_artifacts(
    graph: Reader, viewer: Viewer, ids: list[str], seq: int = PRESENT
) -> list[tuple[str, ...]]:
    """The names that pointed at each version as of a seq, sorted."""
    # Where aliases were is not looked at for the present: that can be much.
    if seq == PRESENT:
        rows = await graph.fetch(BY_ARTIFACTS, ids=ids)
    else:
        rows = await graph.fetch(BY_ARTIFACTS_THEN, ids=ids, seq=seq)
    found = {row.artifact_id: row.names for row in rows}
    return [found.get(id, ()) for id in ids]
