"""The paths between two things."""

from collections.abc import Iterator
from dataclasses import dataclass

from graph_api.client.api import Api
from graph_api.client.lineage.nodes import EDGE, NODE, LineageEdge, LineageNode

_QUERY = f"""\
query Paths($from: ID!, $to: ID!, $after: String) {{
  lineagePaths(from: $from, to: $to) {{ paths(first: 20, after: $after) {{
    nodes {{ length nodes {{ {NODE} }} steps {{ source target hidden edges {{ {EDGE} }} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }} }}
}}"""


@dataclass(frozen=True, slots=True)
class LineageStep:
    """From one node of a path to the next."""

    source: str
    target: str
    edges: tuple[LineageEdge, ...]
    """The edges between the two; none where the way leads through what you may not see."""


@dataclass(frozen=True, slots=True)
class LineagePath:
    """A way along which data flowed, on which nothing comes twice."""

    length: int
    """Its edges; a step through what you may not see counts as two."""
    nodes: tuple[LineageNode, ...]
    """What you may see on it, in order; ``depth`` counts from the first."""
    steps: tuple[LineageStep, ...]

    def __str__(self) -> str:
        """The names on it, with arrows between."""
        text = self.nodes[0].label
        for node, step in zip(self.nodes[1:], self.steps, strict=True):
            text += f" → {node.label}" if step.edges else f" → (hidden) → {node.label}"
        return text


def paths(api: Api, source: str, target: str) -> Iterator[LineagePath]:
    """The paths from one to the other, the shortest first, page by page as you go."""
    asked = {"from": source, "to": target}
    for page in api.pages(_QUERY, asked, "lineagePaths", "paths"):
        for path in page["nodes"]:
            steps = tuple(
                LineageStep(it["source"], it["target"], tuple(map(LineageEdge.of, it["edges"])))
                for it in path["steps"]
            )
            depth, nodes = 0, [LineageNode.of(path["nodes"][0], 0, ())]
            for node, step in zip(path["nodes"][1:], steps, strict=True):
                depth += 1 if step.edges else 2
                nodes.append(LineageNode.of(node, depth, ()))
            yield LineagePath(path["length"], tuple(nodes), steps)
