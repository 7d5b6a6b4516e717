"""Aliases: names that move from version to version, and remember where they were."""

from collections.abc import Iterable

from graph_api.graph import Reader, Transaction, cypher
from graph_api.models.alias import Aliases, Moved
from graph_api.models.ledger import Drawn
from graph_api.models.viewer import Viewer
from graph_api.services import search

MOVE = cypher("alias/move", Moved)
REMOVE = cypher("alias/remove", Moved)
BY_ARTIFACTS = cypher("alias/by_artifacts", Aliases)


async def move(
    tx: Transaction,
    viewer: Viewer,
    drawn: Drawn,
    collection_id: str,
    artifact_id: str,
    names: list[str],
) -> list[Moved]:
    """Point aliases of a locked collection at a version; those that did not point there before.

    With them it is written what the versions are found by.
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
    await search.index(tx, [artifact_id, *left(moved)])
    return moved


def left(moved: Iterable[Moved]) -> list[str]:
    """The versions that moved aliases pointed at before, each once."""
    return list(dict.fromkeys(row.left_id for row in moved if row.left_id))


async def remove(
    tx: Transaction, viewer: Viewer, drawn: Drawn, artifact_id: str, names: list[str]
) -> list[str]:
    """Take aliases off a version; those that did point at it."""
    removed = await tx.write(
        REMOVE,
        artifact_id=artifact_id,
        names=names,
        seq=drawn.seq,
        at=drawn.at,
        by=viewer.user,
    )
    await search.index(tx, [artifact_id])
    return [row.name for row in removed]


async def by_artifacts(graph: Reader, viewer: Viewer, ids: list[str]) -> list[tuple[str, ...]]:
    """The names that point at each version now, sorted."""
    found = {row.artifact_id: row.names for row in await graph.fetch(BY_ARTIFACTS, ids=ids)}
    return [found.get(id, ()) for id in ids]
