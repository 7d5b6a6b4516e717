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

__all__ = [
    "PAGE_OF_IT",
    "AncestorDifference",
    "EntityDifference",
    "Frames",
    "Lineage",
    "LineageDiff",
    "LineageEdge",
    "LineageNode",
    "LineagePath",
    "LineageStep",
    "LineageStream",
    "ValueDifference",
    "difference",
    "fetch",
    "paths",
    "read",
]
