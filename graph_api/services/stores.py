"""Where everything is kept: what most services take first."""

from dataclasses import dataclass, field

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.services.api_key import Ends
from graph_api.services.artifact.zip import Zips
from graph_api.services.changes import Changes
from graph_api.services.lineage import Kept
from graph_api.services.notice import Closures
from graph_api.services.upload import Completions


@dataclass(frozen=True)
class Stores:
    """The stores of one process, and what it does beside requests."""

    graph: Graph
    blobs: BlobStore
    zips: Zips
    completions: Completions
    changes: Changes
    ends: Ends
    kept: Kept = field(default_factory=Kept)
    closures: Closures = field(default_factory=Closures)

    @classmethod
    def of(cls, graph: Graph, blobs: BlobStore) -> "Stores":
        """What a process needs of these two."""
        beside = Zips(graph, blobs), Completions(graph, blobs), Changes(graph), Ends(graph)
        return cls(graph, blobs, *beside)

    async def close(self) -> None:
        """End what goes on beside requests."""
        await self.zips.close()
        await self.completions.close()
        await self.changes.close()
        await self.ends.close()
