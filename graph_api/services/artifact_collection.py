"""Artifact collections: names with versions."""

from typing import Any

from graph_api.graph import Graph, cypher
from graph_api.models import names
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.idempotency import Call
from graph_api.models.viewer import Viewer
from graph_api.services.named import NamedInProject
from graph_api.settings import Limits

BY_NAME = cypher("artifact_collection/by_name", ArtifactCollection)

_collections = NamedInProject("artifact collection", BY_NAME)
by_name = _collections.by_name
named = _collections.named
checked = _collections.checked
page = _collections.page
update = _collections.update


async def create(
    graph: Graph,
    viewer: Viewer,
    limits: Limits,
    within: str,
    name: str,
    type: str,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
    exists_ok: bool = False,
    call: Call | None = None,
) -> str:
    """Create an artifact collection, as entities with a name of their own are; its id.

    With ``exists_ok`` one of this name is the answer as it is, of whatever type.
    """
    type = names.name("artifact type", type, limits.name_length)
    return await _collections.create(
        graph, viewer, limits, within, name, description, metadata, exists_ok, call, type=type
    )
