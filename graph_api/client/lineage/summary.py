"""How much a lineage holds, counted and drawn together by the service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from graph_api.client.api import PAGE, Api
from graph_api.client.as_of import AsOf, said
from graph_api.client.lineage.lineage import Lineage
from graph_api.client.lineage.nodes import REGION, LineageEdge, LineageNode

CollapseBy = Literal["COLLECTION", "TYPE", "PROJECT", "ROLE"]

_QUERY = f"""\
query LineageSummary(
  $roots: [ID!]!, $direction: Direction!, $depth: Int, $where: LineageWhere, $asOf: AsOf,
  $shared: Boolean!, $collapseBy: CollapseBy, $first: Int, $after: String
) {{
  lineageSummary(
    roots: $roots, direction: $direction, depth: $depth, where: $where, asOf: $asOf,
    shared: $shared, collapseBy: $collapseBy
  ) {{
    asOf {{ seq at }} complete incompleteBecause nodeCount
    counts {{ depth kind count }}
    edgeCounts {{ kind role count }}
    groups(first: $first, after: $after) {{
      nodes {{
        key label kind count minDepth maxDepth hasRoot edgeCount entity {{ id }} example {{ id }}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}
    groupEdges {{ source target kind role count }}
    hidden {{ {REGION} }}
  }}
}}"""


@dataclass(frozen=True, slots=True)
class LineageGroup:
    """Entities of a lineage that are drawn together."""

    key: str
    """What edges name it by."""
    label: str
    kind: str | None
    """ARTIFACT, RUN, …; None where they are of several."""
    count: int
    min_depth: int
    """Edges from the nearest root to the nearest of them."""
    max_depth: int
    """The same to the furthest of them."""
    has_root: bool
    edge_count: int
    """Edges that join them with each other."""
    entity: str | None
    """Id of the collection or project that it is of, or of the one entity that it is."""
    example: str | None
    """Id of the nearest of them."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "LineageGroup":
        return cls(
            key=data["key"],
            label=data["label"],
            kind=data["kind"],
            count=data["count"],
            min_depth=data["minDepth"],
            max_depth=data["maxDepth"],
            has_root=data["hasRoot"],
            edge_count=data["edgeCount"],
            entity=data["entity"] and data["entity"]["id"],
            example=data["example"] and data["example"]["id"],
        )

    @property
    def node(self) -> LineageNode:
        """What stands for it in a picture."""
        label = self.label if self.count == 1 else f"{self.label} ({self.count:,})"
        kind = self.kind or "SEVERAL"
        return LineageNode(self.key, kind, label, self.min_depth, "", None, None)


@dataclass(frozen=True, slots=True)
class LineageGroupEdge:
    """So many edges lead from the entities of ``source`` to those of ``target``."""

    source: str
    """Key of a group."""
    target: str
    kind: str
    """USED_BY, LOGGED_BY, LINKED_TO"""
    role: str | None
    count: int


@dataclass(frozen=True)
class LineageSummary:
    """What a lineage holds, as of one moment, without its entities.

    If ``complete`` is true, nothing is missing from the counts; else ``incomplete_because`` says
    why (DEPTH, TIMEOUT, PERMISSION). Where it was asked for as groups, it is a picture of these in
    a notebook, and printed a tree.
    """

    seq: int
    """Place in the order of writes; nothing later is in the answer."""
    at: datetime
    complete: bool
    incomplete_because: tuple[str, ...]
    node_count: int
    counts: dict[int, dict[str, int]] = field(hash=False)
    """How many entities there are at each depth, by kind."""
    edge_counts: dict[tuple[str, str | None], int] = field(hash=False)
    """How many edges there are between them, by kind and role."""
    groups: tuple[LineageGroup, ...]
    """The nearest first; none unless asked for."""
    edges: tuple[LineageGroupEdge, ...]
    """Between two groups."""
    drawn: Lineage
    """The groups as the nodes of a lineage, with what is hidden between them."""

    def __str__(self) -> str:
        return str(self.drawn)

    def _repr_mimebundle_(self, **more: object) -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        return self.drawn._repr_mimebundle_(**more)  # pyright: ignore[reportPrivateUsage]


def summary(
    api: Api,
    roots: Sequence[str],
    direction: str,
    *,
    depth: int | None,
    where: Mapping[str, Any] | None,
    as_of: AsOf | None,
    shared: bool,
    collapse_by: CollapseBy | None,
) -> LineageSummary:
    """Ask once, then read all pages of groups as of the same moment."""
    variables: dict[str, Any] = {
        "roots": list(roots),
        "direction": direction,
        "depth": depth,
        "where": where,
        "asOf": said(as_of),
        "shared": shared,
        "collapseBy": collapse_by,
        "first": PAGE,
    }
    first = api.execute(_QUERY, variables)["lineageSummary"]
    because: set[str] = set(first["incompleteBecause"])
    groups, page = list[LineageGroup](), first["groups"]
    while page:
        groups += map(LineageGroup.of, page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        more = {"asOf": first["asOf"]["seq"], "after": page["pageInfo"]["endCursor"]}
        answer = api.execute(_QUERY, variables | more)["lineageSummary"]
        because.update(answer["incompleteBecause"])
        page = answer["groups"]
    edges = [LineageGroupEdge(**edge) for edge in first["groupEdges"]]
    counts: dict[int, dict[str, int]] = {}
    for it in first["counts"]:
        counts.setdefault(it["depth"], {})[it["kind"]] = it["count"]
    seq, at = int(first["asOf"]["seq"]), datetime.fromisoformat(first["asOf"]["at"])
    nodes = [group.node for group in groups] + [*map(LineageNode.hidden, first["hidden"])]
    flows = [
        LineageEdge(edge.source, edge.target, edge.kind, edge.role, reused=False, via=None)
        for edge in edges
    ]
    flows += [edge for region in first["hidden"] for edge in LineageEdge.around(region)]
    drawn = Lineage(
        roots=tuple(group.key for group in groups if group.has_root),
        direction=direction,
        seq=seq,
        at=at,
        complete=not because,
        incomplete_because=tuple(sorted(because)),
        omitted={},
        nodes=tuple(sorted(nodes, key=lambda node: node.depth)),
        edges=tuple(flows),
    )
    return LineageSummary(
        seq=seq,
        at=at,
        complete=drawn.complete,
        incomplete_because=drawn.incomplete_because,
        node_count=first["nodeCount"],
        counts=counts,
        edge_counts={(it["kind"], it["role"]): it["count"] for it in first["edgeCounts"]},
        groups=tuple(groups),
        edges=tuple(edges),
        drawn=drawn,
    )
