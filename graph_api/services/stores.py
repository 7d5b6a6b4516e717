"""Where everything is kept: what most services take first."""

from dataclasses import dataclass

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.services.artifact.zip import Zips
from graph_api.services.upload import Completions


@dataclass(frozen=True)
class Stores:
    """The stores of one process."""

    graph: Graph
    blobs: BlobStore
    zips: Zips
    completions: Completions
