"""The answer to a lineage question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.tree import Tree

from graph_api.client.api import PAGE, Api
from graph_api.client.as_of import AsOf, said
from graph_api.client.errors import PackageMissing
from graph_api.client.lineage.nodes import EDGE, NODE, REGION, LineageEdge, LineageNode
from graph_api.client.lineage.picture import picture
from graph_api.client.lineage.tree import as_tree

if TYPE_CHECKING:
    import networkx
    import pandas  # pyright: ignore[reportMissingTypeStubs]

PAGE_OF_IT = f"""\
asOf {{ seq at }} complete incompleteBecause
omitted @include(if: $whole) {{ kind count }}
edges @include(if: $whole) {{ {EDGE} }}
hidden @include(if: $whole) {{ {REGION} }}
nodes(first: $first, after: $after) {{
  edges {{ depth roots node {{ {NODE} }} }} pageInfo {{ hasNextPage endCursor }}
}}"""
"""What is asked of an answer: all of it where ``$whole``, else one page of its nodes."""

_QUERY = f"""\
query Lineage(
  $roots: [ID!]!, $direction: Direction!, $depth: Int, $where: LineageWhere, $limit: Int,
  $asOf: AsOf, $shared: Boolean!, $first: Int, $after: String, $whole: Boolean!
) {{
  lineage(
    roots: $roots, direction: $direction, depth: $depth, where: $where, limit: $limit, asOf: $asOf,
    shared: $shared
  ) {{ {PAGE_OF_IT} }}
}}"""


class Frames(NamedTuple):
    """Two pandas frames: a row per node (index: id), a row per edge."""

    nodes: "pandas.DataFrame"
    edges: "pandas.DataFrame"


class Tables(NamedTuple):
    """Two ``pyarrow.Table`` (whose package has no types): a row per node, a row per edge."""

    nodes: Any
    edges: Any


@dataclass(frozen=True)
class Lineage:
    """Nodes and edges around the roots, as of one moment.

    If ``complete`` is true, nothing is missing; else ``incomplete_because`` says why (DEPTH,
    NODE_LIMIT, TIMEOUT, PERMISSION) and ``omitted`` counts, by kind, what was seen and left out.
    In a notebook it is a picture, and printed it is a tree.
    """

    roots: tuple[str, ...]
    direction: str
    """UPSTREAM, DOWNSTREAM or BOTH."""
    seq: int
    """Place in the order of writes; nothing later is in the answer."""
    at: datetime
    complete: bool
    incomplete_because: tuple[str, ...]
    omitted: dict[str, int] = field(hash=False)
    nodes: tuple[LineageNode, ...]
    """By depth, the roots first; what is hidden comes last of its depth."""
    edges: tuple[LineageEdge, ...]
    """From source to target as data flowed."""

    def tree(self) -> Tree:
        """A tree for ``rich.print``; a node met again is marked "↑ see above"."""
        return as_tree(self)

    def to_networkx(self) -> "networkx.MultiDiGraph[str]":
        """A directed graph of ids, with the fields as attributes.

        It is a multigraph, as an artifact may be both used by and linked to the same thing.
        """
        try:
            import networkx
        except ImportError as error:
            raise PackageMissing("networkx", "to_networkx()") from error
        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for node in self.nodes:
            graph.add_node(node.id, **_fields(node, _NODE_FIELDS))
        for edge in self.edges:
            graph.add_edge(edge.source, edge.target, **_fields(edge, _EDGE_FIELDS[2:]))
        return graph

    def to_pandas(self) -> Frames:
        """Two frames: ``nodes, edges = lineage.to_pandas()``."""
        try:
            import pandas  # pyright: ignore[reportMissingTypeStubs]
        except ImportError as error:
            raise PackageMissing("pandas", "to_pandas()") from error
        nodes = [_fields(node, _NODE_FIELDS) for node in self.nodes]
        ids = pandas.Index([node.id for node in self.nodes], name="id")
        edges = [_fields(edge, _EDGE_FIELDS) for edge in self.edges]
        return Frames(
            pandas.DataFrame(nodes, index=ids, columns=list(_NODE_FIELDS)),
            pandas.DataFrame(edges, columns=list(_EDGE_FIELDS)),
        )

    def to_arrow(self) -> Tables:
        """Two tables: ``nodes, edges = lineage.to_arrow()``."""
        try:
            arrow: Any = import_module("pyarrow")
        except ImportError as error:
            raise PackageMissing("pyarrow", "to_arrow()") from error
        text = arrow.string()
        types = {
            "depth": arrow.int32(),
            "reused": arrow.bool_(),
            "created_at": arrow.timestamp("us", tz="UTC"),
        }

        def table(rows: Sequence[object], names: Sequence[str]) -> Any:
            schema = arrow.schema([(name, types.get(name, text)) for name in names])
            return arrow.Table.from_pylist([_fields(row, names) for row in rows], schema=schema)

        return Tables(
            table(self.nodes, ("id", *_NODE_FIELDS)),
            table(self.edges, _EDGE_FIELDS),
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return {
            "roots": list(self.roots),
            "direction": self.direction,
            "asOf": {"seq": self.seq, "at": self.at.isoformat()},
            "complete": self.complete,
            "incompleteBecause": list(self.incomplete_because),
            "omitted": self.omitted,
            "nodes": [
                _fields(node, ("id", *_NODE_FIELDS))
                | {"created_at": node.created_at and node.created_at.isoformat()}
                for node in self.nodes
            ],
            "edges": [_fields(edge, _EDGE_FIELDS) for edge in self.edges],
        }

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.tree()

    def __str__(self) -> str:
        console = Console(width=10_000, no_color=True, highlight=False, markup=False)
        with console.capture() as capture:
            console.print(self.tree())
        return "\n".join(line.rstrip() for line in capture.get().splitlines())

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        return {"text/html": picture(self), "text/plain": str(self)}

    def _repr_html_(self) -> str:  # pyright: ignore[reportUnusedFunction]
        return picture(self)


_NODE_FIELDS = ("kind", "label", "depth", "detail", "project", "created_at")
_EDGE_FIELDS = ("source", "target", "kind", "role", "reused", "via")


def _fields(value: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def fetch(
    api: Api,
    roots: Sequence[str],
    direction: str,
    *,
    depth: int | None,
    where: Mapping[str, Any] | None,
    limit: int | None,
    as_of: AsOf | None = None,
    shared: bool = False,
) -> Lineage:
    """Ask once, then read all pages as of the same moment."""
    variables: Mapping[str, Any] = {
        "roots": list(roots),
        "direction": direction,
        "depth": depth,
        "where": where,
        "limit": limit,
        "shared": shared,
    }

    def ask(more: Mapping[str, Any]) -> dict[str, Any]:
        asked = {"asOf": said(as_of), **variables, **more}
        return api.execute(_QUERY, asked)["lineage"]

    return read(ask, roots, direction)


def read(
    ask: Callable[[Mapping[str, Any]], dict[str, Any]], roots: Sequence[str], direction: str
) -> Lineage:
    """All pages of an answer; ``ask`` asks for one by the variables of its document."""
    first = ask({"first": PAGE, "whole": True})
    nodes, page = _nodes(first), first["nodes"]["pageInfo"]
    because: set[str] = set(first["incompleteBecause"])
    while page["hasNextPage"]:
        seq, after = first["asOf"]["seq"], page["endCursor"]
        more = ask({"first": PAGE, "whole": False, "asOf": seq, "after": after})
        because.update(more["incompleteBecause"])
        nodes += _nodes(more)
        page = more["nodes"]["pageInfo"]
    hidden = first["hidden"]
    nodes += [LineageNode.hidden(region) for region in hidden]
    nodes.sort(key=lambda node: node.depth)
    flows = [LineageEdge.of(edge) for edge in first["edges"]]
    flows += [edge for region in hidden for edge in LineageEdge.around(region)]
    return Lineage(
        roots=tuple(roots),
        direction=direction,
        seq=int(first["asOf"]["seq"]),
        at=datetime.fromisoformat(first["asOf"]["at"]),
        complete=not because,
        incomplete_because=tuple(sorted(because)),
        omitted={entry["kind"]: entry["count"] for entry in first["omitted"]},
        nodes=tuple(nodes),
        edges=tuple(flows),
    )


def _nodes(answer: Mapping[str, Any]) -> list[LineageNode]:
    return [
        LineageNode.of(edge["node"], edge["depth"], edge["roots"])
        for edge in answer["nodes"]["edges"]
    ]
