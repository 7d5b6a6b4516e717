"""What it means to delete versions."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from anyio import to_thread

from graph_api.blobs import BlobStore
from graph_api.errors import BadInput, NotCommitted, TooSlow, UnknownId
from graph_api.graph import Graph, cypher
from graph_api.models.artifact import Artifact, Digest, zip_key
from graph_api.models.deletion import BLOCKERS, Blocker, Freed, Need, Plan, Reason, Whole
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
    graph: Graph,
    blobs: BlobStore,
    viewer: Viewer,
    ids: Sequence[str],
    seconds: float,
    *,
    expiring: bool = False,
    whole: Whole | None = None,
) -> Plan:
    """What stands against deleting these versions, and what would go with them.

    Against ``expiring`` ones, whose time to live is over, of all aliases only protected ones stand;
    likewise against those that go as parts of a ``whole``, whose versions do not stand against each
    other, except what refers to them and does not go at the same time: its bytes would be lost if
    it were never to go. What either free is not counted.

    So it is also for what is in the trash; what was purged is left out. ``seconds`` is the longest
    time of the walk downstream.
    Raises UnknownId for what the viewer may not see, NotCommitted for a draft, TooSlow.
    """
    versions = await _there(graph, viewer, ids)
    roots = [version.id for version in versions]
    if not roots:
        return Plan((), (), Lineage.empty(), (), 0, 0, 0)
    downstream = await lineage.lineage(graph, viewer, roots, "DOWNSTREAM", seconds=seconds)
    if "TIMEOUT" in downstream.incomplete_because:
        raise TooSlow(seconds)
    needs = await _needs(graph, viewer, list(downstream.depths), expiring, whole)
    blockers, count = await to_thread.run_sync(_blockers, roots, downstream, needs)
    return Plan(
        artifacts=tuple(roots),
        living=tuple(version.id for version in versions if version.state == "COMMITTED"),
        downstream=downstream,
        blockers=tuple(blockers),
        blocker_count=count,
        bytes=sum(version.size or 0 for version in versions),
        freed=0 if expiring or whole else await _freed(graph, blobs, viewer, roots),
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


async def _needs(
    graph: Graph, viewer: Viewer, ids: list[str], expiring: bool, whole: Whole | None
) -> dict[str, Need]:
    part = whole.model_dump() if whole else {"collection_id": None, "below": None}
    found: dict[str, Need] = {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        for need in await graph.fetch(
            NEEDS, ids=batch, projects=viewer.projects, expiring=expiring, **part
        ):
            found[need.id] = need
    return found


async def _freed(graph: Graph, blobs: BlobStore, viewer: Viewer, ids: list[str]) -> int:
    freed = await graph.fetch_one(FREED, ids=ids, projects=viewer.projects)
    assert freed
    if viewer.projects is not None:
        # A kept zip would tell that somebody else has, or had, the same content.
        return freed.contents + freed.pages
    digests = await graph.fetch(DIGESTS, ids=ids)
    zips = await asyncio.gather(*(blobs.size(zip_key(row.digest)) for row in digests))
    return freed.contents + freed.pages + sum(size or 0 for size in zips)


@dataclass(frozen=True, order=True)
class _Found:
    """A blocker before its way is told: it is seen at an entity so many edges away."""

    distance: int
    reason: Reason
    at: str
    needed_by: str = ""
    aliases: tuple[str, ...] = ()


def _blockers(
    roots: Sequence[str], downstream: Lineage, needs: Mapping[str, Need]
) -> tuple[list[Blocker], int]:
    """The nearest of all that is kept on purpose and came of the roots, and how many there are."""
    ways = _Ways(roots, downstream)
    found = sorted(_found(set(roots), downstream, needs, ways))
    return [ways.told(one) for one in found[:BLOCKERS]], len(found)


def _found(
    going: set[str], downstream: Lineage, needs: Mapping[str, Need], ways: "_Ways"
) -> Iterator[_Found]:
    for id in downstream.depths:
        distance, need = ways.distance[id], needs.get(id)
        if kind_of(id) not in ("Artifact", "Run"):
            yield _Found(distance, "LINK", id, id)
        if need is None:
            continue
        if need.running:
            yield _Found(distance, "RUNNING", id, id)
        if need.living and need.aliases:
            yield _Found(distance, "ALIAS", id, id, need.aliases)
        for container in need.containers if need.living else ():
            yield _Found(distance + 1, "MEMBER", id, container)
    for edge in downstream.edges:
        target = needs.get(edge.target)
        refers = edge.role == "reference" and edge.source in going and edge.target not in going
        if refers and target and target.living:
            yield _Found(1, "REFERENCE", edge.target, edge.target)
    for region in downstream.hidden:
        nearest = min(region.sources, key=lambda source: (ways.distance[source], source))
        yield _Found(ways.distance[nearest] + 1, "HIDDEN", nearest)


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
        self.distance = dict.fromkeys(roots, 0)
        self._parents: dict[str, str] = {}
        frontier = list(roots)
        while frontier:
            further: list[str] = []
            for id in frontier:
                for target in sorted(onward[id]):
                    if target not in self.distance:
                        self.distance[target] = self.distance[id] + 1
                        self._parents[target] = id
                        further.append(target)
            frontier = further

    def told(self, found: _Found) -> Blocker:
        """The blocker, with its way."""
        trail = [found.at]
        while (parent := self._parents.get(trail[-1])) is not None:
            trail.append(parent)
        path = [HIDDEN if step.startswith(HIDDEN) else step for step in reversed(trail)]
        if found.reason == "HIDDEN":
            path.append(HIDDEN)
        elif found.needed_by != found.at:
            path.append(found.needed_by)
        return Blocker(
            reason=found.reason,
            needed_by=found.needed_by or None,
            aliases=found.aliases,
            path=tuple(path),
        )
