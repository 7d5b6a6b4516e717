"""A world for every test of the services."""

import httpx
import pytest

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from tests.services.world import World


@pytest.fixture
async def world(graph: Graph, blobs: BlobStore, viewer: Viewer, wire: httpx.AsyncClient) -> World:
    """An empty organization, on each byte store."""
    return World(graph, blobs, viewer, wire)
