"""Where things came from and what was made from them, as a value or row by row."""

from graph_api.client.lineage.difference import (
    AncestorDifference,
    EntityDifference,
    LineageDiff,
    ValueDifference,
    difference,
)
from graph_api.client.lineage.lineage import (
    PAGE_OF_IT,
    Frames,
    Lineage,
    LineageEdge,
    LineageNode,
    fetch,
    read,
)
from graph_api.client.lineage.paths import LineagePath, LineageStep, paths
from graph_api.client.lineage.stream import LineageStream
from graph_api.client.lineage.summary import (
    CollapseBy,
    LineageGroup,
    LineageGroupEdge,
    LineageSummary,
    summary,
)

__all__ = [
    "PAGE_OF_IT",
    "AncestorDifference",
    "CollapseBy",
    "EntityDifference",
    "Frames",
    "Lineage",
    "LineageDiff",
    "LineageEdge",
    "LineageGroup",
    "LineageGroupEdge",
    "LineageNode",
    "LineagePath",
    "LineageStep",
    "LineageStream",
    "LineageSummary",
    "ValueDifference",
    "difference",
    "fetch",
    "paths",
    "read",
    "summary",
]
