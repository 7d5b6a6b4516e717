"""Plans of deletions as the visible world has them, and what a sweep then frees."""

from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from graph_api.graph import Query
from graph_api.models import instant
from graph_api.models.edge import MEMBERSHIP
from graph_api.services import deletion
from graph_api.services.lineage import HIDDEN
from graph_api.services.sweep import sweep
from tests.schema.restricted import Asker, Visible
from tests.services.closure import Answer, Question, expected
from tests.services.graphs import Picture

PLAN = """query ($ids: [ID!]!) { deletePlan(artifacts: $ids) {
  bytes freedBytes blockerCount artifacts { id } downstream { nodeCount }
  blockers { reason aliases path entity { id } } } }"""

CONTAINING = """query ($digest: String!) { containing(digest: $digest, first: 1000) {
  nodes { id } downstream { complete models(first: 1000) {
    nodes { model { id } version { index artifact { id } } } } } } }"""

Reached = tuple[str, tuple[int, str] | None]
"""A model, and the index and id of its version; None where a link leads to the model."""

Told = set[tuple[str, str | None, tuple[str, ...]]]
"""Reasons, what each is about, and names."""


class Kept(BaseModel, frozen=True):
    """What keeps an entity, and what lies in the store for it."""

    id: str
    aliases: list[str]
    running: bool
    size: int | None
    pages: list[str]
    """Keys of the objects of its manifest."""
    blobs: list[tuple[str, int]]


KEPT = Query(
    "tests/kept",
    """
    MATCH (n:Entity)
    WHERE n.since IS NOT NULL
    RETURN collect({
      id: n.id, running: n:Run AND n.status = 'RUNNING', size: n.size,
      aliases: COLLECT { MATCH (n)<-[:CURRENT]-(l) RETURN l.name ORDER BY l.name },
      pages: COLLECT { MATCH (n)-[:HAS_PAGE]->(p) RETURN DISTINCT p.key },
      blobs: COLLECT { MATCH (n)-[:HAS_PAGE]->()-[:LISTS]->(b) RETURN DISTINCT [b.sha256, b.size] }
    }) AS rows
    """,
    Kept,
)


async def check_deletions(asker: Asker, world: Visible, picture: Picture) -> None:
    """Each version alone, and all of them together, are needed and freed as the visible say."""
    kept = {row.id: row for row in await asker.stores.graph.fetch(KEPT) if row.id in world.nodes}
    versions = world.ids("Artifact")
    for ids in (*([id] for id in versions[:6]), versions):
        plan = (await asker.data(PLAN, ids=ids))["deletePlan"]
        answer = expected(picture, asker.viewer, Question(sorted(ids), "DOWNSTREAM"))
        told: Told = {
            (it["reason"], it["entity"] and it["entity"]["id"], tuple(it["aliases"]))
            for it in plan["blockers"]
        }
        assert told == needing(ids, answer, world, kept)
        for blocker in plan["blockers"]:
            check_path(ids, blocker, answer, world)
        lengths = [len(blocker["path"]) for blocker in plan["blockers"]]
        assert lengths == sorted(lengths)
        assert plan["blockerCount"] == len(plan["blockers"])
        assert [node["id"] for node in plan["artifacts"]] == sorted(ids)
        assert plan["downstream"]["nodeCount"] == len(answer.depths)
        assert plan["bytes"] == sum(kept[id].size or 0 for id in ids)
        assert plan["freedBytes"] == await freed(asker, ids, kept)


async def check_containing(asker: Asker, world: Visible, picture: Picture) -> None:
    """Each content is in the visible versions that have it; it reached visible models alone."""
    rows = await asker.stores.graph.fetch(KEPT)
    for digest in {sha256 for row in rows for sha256, _ in row.blobs}:
        found = (await asker.data(CONTAINING, digest=digest))["containing"]
        having = {row.id for row in rows if digest in {sha256 for sha256, _ in row.blobs}}
        roots = sorted(having & world.nodes.keys())
        assert [node["id"] for node in found["nodes"]] == roots
        answer = Answer()
        if roots:
            answer = expected(picture, asker.viewer, Question(roots, "DOWNSTREAM"))
        told = found["downstream"]
        assert told["complete"] == (not answer.because)
        models = [
            (
                it["model"]["id"],
                it["version"] and (it["version"]["index"], it["version"]["artifact"]["id"]),
            )
            for it in told["models"]["nodes"]
        ]
        assert models == sorted(models, key=lambda it: (it[0], it[1] or (-1, "")))
        assert set(models) == reached(answer, world)
        assert len(models) == len(set(models))


def reached(answer: Answer, world: Visible) -> set[Reached]:
    """The visible models that are in an answer, or have a version there."""
    shown = {id for id, _ in answer.depths}
    found: set[Reached] = {(id, None) for id in shown if world.nodes[id]["kind"] == "Model"}
    return found | {
        (edge["end"], (edge["index"], edge["start"]))
        for edge in world.edges
        if edge["role"] == "version" and edge["start"] in shown
    }


def needing(ids: list[str], answer: Answer, world: Visible, kept: dict[str, Kept]) -> Told:
    """By brute force: whatever is kept on purpose and can be reached from these versions."""
    told: Told = {("HIDDEN", None, ()) for _ in answer.hidden}
    for id, _ in answer.depths:
        kind = world.nodes[id]["kind"]
        if kind not in ("Artifact", "Run"):
            told.add(("LINK", id, ()))
        if kept[id].running:
            told.add(("RUNNING", id, ()))
        if kept[id].aliases:
            told.add(("ALIAS", id, tuple(kept[id].aliases)))
        told |= {
            ("MEMBER", edge["end"], ())
            for edge in world.edges
            if edge["start"] == id and edge["role"] in MEMBERSHIP
        }
    return told


def check_path(ids: list[str], blocker: dict[str, Any], answer: Answer, world: Visible) -> None:
    """It leads from one of the versions to what needs it, along edges that the viewer sees."""
    path = blocker["path"]
    flows = {(edge["source"], edge["target"]) for edge in answer.edges}
    for region in answer.hidden:
        flows |= {(source, HIDDEN) for source in region.sources}
        flows |= {(HIDDEN, target) for target in region.targets}
    if blocker["reason"] == "MEMBER":
        *path, container = path
        joined = {(e["start"], e["end"]) for e in world.edges if e["role"] in MEMBERSHIP}
        assert (path[-1], container) in joined
        assert container == blocker["entity"]["id"]
    elif blocker["reason"] == "HIDDEN":
        assert path[-1] == HIDDEN
    else:
        assert path[-1] == blocker["entity"]["id"]
    assert path[0] in ids
    assert set(pairwise(path)) <= flows


async def freed(asker: Asker, ids: list[str], kept: dict[str, Kept]) -> int:
    """Bytes of what no other visible version has."""
    others = [row for row in kept.values() if row.id not in ids]
    pages = {key for id in ids for key in kept[id].pages}
    pages -= {key for row in others for key in row.pages}
    blobs = {blob for id in ids for blob in kept[id].blobs}
    blobs -= {blob for row in others for blob in row.blobs}
    sizes = [await asker.stores.blobs.size(key) for key in pages]
    return sum(size or 0 for size in sizes) + sum(size for _, size in blobs)


async def check_sweep(everyone: Asker) -> None:
    """A deletion by who sees all, and the sweep after it, free exactly what was forecast."""
    graph, blobs, viewer = everyone.stores.graph, everyone.stores.blobs, everyone.viewer
    world = await Visible.of(graph, viewer)
    for ids in (world.ids("Artifact")[::3], world.ids("Artifact")[::2]):
        await sweep(graph, blobs, instant.now())
        before = sum((await blobs.sizes("")).values())
        plan = await deletion.delete(
            graph, blobs, viewer, ids, force=True, trash_seconds=0, seconds=60
        )
        await sweep(graph, blobs, instant.now())
        assert before - sum((await blobs.sizes("")).values()) == plan.freed
