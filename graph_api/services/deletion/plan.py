"""What it means to delete versions."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from graph_api.blobs import BlobStore
from graph_api.errors import BadInput, NotCommitted, TooSlow, UnknownId
from graph_api.graph import Graph, cypher
from graph_api.models.artifact import Artifact, zip_key
from graph_api.models.deletion import Blocker, Digest, Freed, Need, Plan
from graph_api.models.entity import expect_kind, kind_of
from graph_api.models.lineage import Lineage
from graph_api.models.page import at_most
from graph_api.models.viewer import Viewer
from graph_api.services import entity, lineage
from graph_api.services.lineage import HIDDEN

NEEDS = cypher("deletion/needs", Need)
FREED = cypher("deletion/freed", Freed)
DIGESTS = cypher("deletion/digests", Digest)

_BATCH = 2_000


async def plan(
    graph: Graph, blobs: BlobStore, viewer: Viewer, ids: Sequence[str], seconds: float
) -> Plan:
    """What stands against deleting these versions, and what would go with them.

    So it is also for what is in the trash; what was purged is left out. ``seconds`` is the longest
    time of the walk downstream.
    Raises UnknownId for what the viewer may not see, NotCommitted for a draft, TooSlow.
    """
    versions = await _there(graph, viewer, ids)
    roots = [version.id for version in versions]
    if not roots:
        return Plan((), (), Lineage.empty(), (), 0, 0)
    downstream = await lineage.lineage(graph, viewer, roots, "DOWNSTREAM", seconds=seconds)
    if "TIMEOUT" in downstream.incomplete_because:
        raise TooSlow(seconds)
    needs = await _needs(graph, viewer, list(downstream.depths))
    return Plan(
        artifacts=tuple(roots),
        living=tuple(version.id for version in versions if version.state == "COMMITTED"),
        downstream=downstream,
        blockers=tuple(sorted(_blockers(roots, downstream, needs), key=_nearest)),
        bytes=sum(version.size or 0 for version in versions),
        freed=await _freed(graph, blobs, viewer, roots),
    )


async def _there(graph: Graph, viewer: Viewer, ids: Sequence[str]) -> list[Artifact]:
    if not ids:
        raise BadInput("artifacts is empty; name at least one version.")
    at_most(len(ids))
    distinct = sorted({expect_kind(id, "Artifact") for id in ids})
    versions: list[Artifact] = []
    rows = await entity.by_ids(graph, viewer, Artifact, distinct)
    for id, version in zip(distinct, rows, strict=True):
        if version is None:
            raise UnknownId("Artifact", id)
        if version.state == "PENDING":
            raise NotCommitted(id, version.state)
        if version.state == "COMMITTED" or version.purge_at is not None:
            versions.append(version)
    return versions


async def _needs(graph: Graph, viewer: Viewer, ids: list[str]) -> dict[str, Need]:
    found: dict[str, Need] = {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        for need in await graph.fetch(NEEDS, ids=batch, projects=viewer.projects):
            found[need.id] = need
    return found


async def _freed(graph: Graph, blobs: BlobStore, viewer: Viewer, ids: list[str]) -> int:
    freed = await graph.fetch_one(FREED, ids=ids, projects=viewer.projects)
    assert freed
    digests = await graph.fetch(DIGESTS, ids=ids, projects=viewer.projects)
    zips = await asyncio.gather(*(blobs.size(zip_key(row.digest)) for row in digests))
    return freed.contents + freed.pages + sum(size or 0 for size in zips)


def _blockers(
    roots: Sequence[str], downstream: Lineage, needs: Mapping[str, Need]
) -> Iterator[Blocker]:
    """Whatever is kept on purpose and came of the roots, the roots' own names among it."""
    ways = _Ways(roots, downstream)
    going = set(roots)
    for id in downstream.depths:
        kind, need = kind_of(id), needs.get(id)
        if kind not in ("Artifact", "Run"):
            yield Blocker(reason="LINK", needed_by=id, path=ways.to(id))
        if need is None:
            continue
        if need.running:
            yield Blocker(reason="RUNNING", needed_by=id, path=ways.to(id))
        if need.living and need.aliases:
            yield Blocker(reason="ALIAS", needed_by=id, aliases=need.aliases, path=ways.to(id))
        for container in need.containers if need.living else ():
            yield Blocker(reason="MEMBER", needed_by=container, path=(*ways.to(id), container))
    for edge in downstream.edges:
        target = needs.get(edge.target)
        refers = edge.role == "reference" and edge.source in going and edge.target not in going
        if refers and target and target.living:
            path = edge.source, edge.target
            yield Blocker(reason="REFERENCE", needed_by=edge.target, path=path)
    for region in downstream.hidden:
        nearest = min(map(ways.to, region.sources), key=len)
        yield Blocker(reason="HIDDEN", needed_by=None, path=(*nearest, HIDDEN))


def _nearest(blocker: Blocker) -> tuple[int, str, tuple[str, ...]]:
    return len(blocker.path), blocker.reason, blocker.path


class _Ways:
    """Shortest ways from the roots to whatever is downstream; a hidden region is one step."""

    def __init__(self, roots: Sequence[str], downstream: Lineage) -> None:
        onward: defaultdict[str, list[str]] = defaultdict(list)
        for edge in downstream.edges:
            onward[edge.source].append(edge.target)
        for number, region in enumerate(downstream.hidden):
            for source in region.sources:
                onward[source].append(f"{HIDDEN}{number}")
            onward[f"{HIDDEN}{number}"] += region.targets
        self._parents: dict[str, str | None] = dict.fromkeys(roots)
        frontier = list(roots)
        while frontier:
            further: list[str] = []
            for id in frontier:
                for target in sorted(onward[id]):
                    if target not in self._parents:
                        self._parents[target] = id
                        further.append(target)
            frontier = further

    def to(self, id: str) -> tuple[str, ...]:
        trail = [id]
        while (parent := self._parents[trail[-1]]) is not None:
            trail.append(parent)
        return tuple(HIDDEN if step.startswith(HIDDEN) else step for step in reversed(trail))
