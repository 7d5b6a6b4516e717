"""Where things came from and what was made from them, as a value or row by row."""

from graph_api.client.lineage.lineage import Frames, Lineage, LineageEdge, LineageNode, fetch
from graph_api.client.lineage.stream import LineageStream

__all__ = ["Frames", "Lineage", "LineageEdge", "LineageNode", "LineageStream", "fetch"]
