"""Where things came from and what was made from them, as a value."""

from graph_api.client.lineage.lineage import Frames, Lineage, LineageEdge, LineageNode, fetch

__all__ = ["Frames", "Lineage", "LineageEdge", "LineageNode", "fetch"]
