"""What is told of a change."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from graph_api.graph import Reader, cypher
from graph_api.models.entity import kind_of
from graph_api.models.ledger import Change
from graph_api.models.notice import OF_ENTITY, AliasEnd, Asked, Notice, StageEnd, Type
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, deletion, entity
from graph_api.services.notice.closure import Closures

ALIASES = cypher("notice/aliases", AliasEnd)
STAGES = cypher("notice/stages", StageEnd)

# What the ledger says of a withdrawal.
WITHDRAWN = "Withdrawn"

Moves = list[dict[str, Any]]


async def notices(
    graph: Reader, viewer: Viewer, closures: Closures, who: Hashable, asked: Asked, change: Change
) -> list[Notice]:
    """What somebody is told of a change, in the order of what they asked for; mostly nothing.

    ``who`` asks the same of every change. UnknownId where they do not see what they ask about.
    """
    could = await _could(graph, closures, who, asked, change)
    if not any(could[type] for type in asked.events):
        return []
    if asked.of is not None:
        await entity.locate(graph, viewer, [asked.of])
    seen = await entity.seen(graph, viewer, change.subjects)
    whole = viewer.projects is None or seen.keys() >= set(change.subjects)
    told: list[Notice] = []
    for type in asked.events:
        ids = [id for id in could[type] if id in seen]
        moves: Moves = []
        if type == "stage.changed":
            ids, moves = await _stages(graph, ids, asked.project_id, change.seq)
        elif type not in OF_ENTITY:
            ids = [id for id in ids if seen[id].project_id == asked.project_id]
        if type == "alias.moved":
            ids, moves = await _aliases(graph, ids, change.seq)
        if ids:
            told.append(
                Notice(
                    type=type,
                    seq=change.seq,
                    at=change.at,
                    by=change.by if whole else None,
                    what=change.what if whole else None,
                    entities=tuple(ids),
                    moves=tuple(moves),
                )
            )
    return told


async def _could(
    graph: Reader, closures: Closures, who: Hashable, asked: Asked, change: Change
) -> Mapping[Type, Sequence[str]]:
    """The subjects that each event may be about, whether or not anybody sees them."""
    subjects = list(dict.fromkeys(change.subjects))
    versions = [id for id in subjects if kind_of(id) == "Artifact"]
    could: dict[Type, Sequence[str]] = {
        "artifact.committed": subjects[:1] if change.what == artifact.COMMITTED else [],
        "artifact.deleted": versions if change.what == deletion.DELETED else [],
        "artifact.restored": versions if change.what == deletion.RESTORED else [],
        "artifact.withdrawn": versions if change.what == WITHDRAWN else [],
        "alias.moved": versions,
        "stage.changed": versions,
        "entity.changed": [id for id in subjects if id == asked.of],
        "lineage.changed": [],
    }
    if asked.of is not None and asked.direction is not None:
        could["lineage.changed"] = await closures.touched(
            graph, who, asked.of, asked.direction, change
        )
    return could


async def _aliases(graph: Reader, ids: Sequence[str], seq: int) -> tuple[list[str], Moves]:
    """The versions that aliases came to or left, and how these moved."""
    ends = await graph.fetch(ALIASES, ids=ids, seq=seq)
    moved = defaultdict[tuple[str, str], dict[str, str]](dict)
    for end in ends:
        moved[end.collection_id, end.name]["to" if end.came else "from"] = end.artifact_id
    moves: Moves = [
        {"collection": of, "alias": name, "from": ends.get("from"), "to": ends.get("to")}
        for (of, name), ends in sorted(moved.items())
    ]
    about = {end.artifact_id for end in ends}
    return [id for id in ids if id in about], moves


async def _stages(
    graph: Reader, ids: Sequence[str], project_id: str, seq: int
) -> tuple[list[str], Moves]:
    """The models of a project and the versions of which some changed their stage, and how."""
    found = await graph.fetch(STAGES, ids=ids, seq=seq)
    ends = [end for end in found if end.project_id == project_id]
    moved = defaultdict[tuple[str, int, str], dict[str, str | None]](dict)
    for end in ends:
        place = end.model_id, end.index, end.artifact_id
        moved[place]["to" if end.came else "from"] = end.stage
    moves: Moves = [
        {"model": model, "index": index, "artifact": id}
        | {"from": ends.get("from"), "to": ends.get("to")}
        for (model, index, id), ends in sorted(moved.items())
    ]
    about = {end.artifact_id for end in ends}
    models = sorted({end.model_id for end in ends})
    return [*models, *(id for id in ids if id in about)], moves
