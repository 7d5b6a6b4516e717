"""Lineage: walks over the whole graph, whatever the kind of node.

A walk is a breadth-first search over distinct entities, hop by hop:

1. Take the newest ``seq`` of the ledger; nothing written later is seen.
2. Ask for all edges of the frontier at once, in batches, ids only.
3. Entities not seen before are the next frontier. Cycles end there, however they arose.
4. What the viewer may not see is walked through: an edge between two hidden entities counts
   nothing, so that no depth tells how many there are. In the answer the hidden entities that are
   connected are one region (docs/lineage.md).

Each statement is a read of its own through the Graph, never of one long transaction: see ledger.now
for what makes all that was written up to the ``seq`` visible.
"""

from graph_api.services.lineage.ancestry import Found, ancestry
from graph_api.services.lineage.answer import lineage
from graph_api.services.lineage.beginning import Reading, beginning
from graph_api.services.lineage.between import between
from graph_api.services.lineage.impact import impact
from graph_api.services.lineage.kept import Kept
from graph_api.services.lineage.models import models
from graph_api.services.lineage.path import HIDDEN, path
from graph_api.services.lineage.paths import Paths, cuts
from graph_api.services.lineage.stream import stream
from graph_api.services.lineage.summary import summary

__all__ = [
    "HIDDEN",
    "Found",
    "Kept",
    "Paths",
    "Reading",
    "ancestry",
    "beginning",
    "between",
    "cuts",
    "impact",
    "lineage",
    "models",
    "path",
    "stream",
    "summary",
]
