"""Reading versions: by id, by name and version, in lists."""

from graph_api.errors import Deleted, NotCommitted, UnknownVersion
from graph_api.graph import Graph, Keys, Reader, cypher
from graph_api.models import names
from graph_api.models.artifact import Artifact, Id, VersionOf
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.columns import Fields
from graph_api.models.ledger import PRESENT
from graph_api.models.page import Counted, Window
from graph_api.models.viewer import Viewer
from graph_api.models.where import Order, Where
from graph_api.services import entity, reading

LATEST = cypher("artifact/latest", VersionOf)
PREVIOUS = cypher("artifact/previous", VersionOf)
RESOLVE = cypher("artifact/resolve", Id)
RESOLVE_THEN = cypher("artifact/resolve_then", Id)

# The versions of a collection have one name, so they lie by index in either order.
_VERSIONS = Keys(created="collection_key", name="collection_key")


async def checked(graph: Reader, viewer: Viewer, id: str) -> Artifact:
    """The version of this id, or UnknownId."""
    return await entity.checked(graph, viewer, Artifact, id)


async def committed(graph: Reader, viewer: Viewer, id: str) -> Artifact:
    """The version of this id, whose content can be read; NotCommitted or Deleted where not."""
    found = await checked(graph, viewer, id)
    if found.state == "DELETED":
        raise Deleted(id, found.purge_at)
    if found.state != "COMMITTED":
        raise NotCommitted(id, found.state)
    return found


async def latest(
    graph: Reader, viewer: Viewer, collections: list[str], seq: int = PRESENT
) -> list[str | None]:
    """The id of each collection's version of the highest index of those committed as of a seq."""
    rows = await graph.fetch(LATEST, collections=collections, seq=seq)
    found = {row.of: row.id for row in rows}
    return [found.get(id) for id in collections]


async def previous(graph: Reader, viewer: Viewer, ids: list[str]) -> list[str | None]:
    """The id of the committed version before each in its collection, None for none."""
    found = {row.of: row.id for row in await graph.fetch(PREVIOUS, ids=ids)}
    return [found.get(id) for id in ids]


async def by_version(
    graph: Reader, viewer: Viewer, collection: ArtifactCollection, version: str
) -> Artifact:
    """The version that a version, an alias or ``latest`` names now; UnknownVersion for none."""
    found = await find(graph, viewer, collection, version)
    if found is None:
        raise UnknownVersion(collection.name, version)
    return found


async def find(
    graph: Reader,
    viewer: Viewer,
    collection: ArtifactCollection,
    version: str,
    seq: int = PRESENT,
) -> Artifact | None:
    """As :func:`by_version`, but the one that was meant as of a seq, and None for none."""
    version = names.normalized(version)
    named = {"collection_id": collection.id, "version": version}
    if version == names.LATEST:
        (id,) = await latest(graph, viewer, [collection.id], seq)
    else:
        # Where an alias was is not looked at for the present: that can be much.
        now = seq == PRESENT
        row = await (
            graph.fetch_one(RESOLVE, **named)
            if now
            else graph.fetch_one(RESOLVE_THEN, **named, seq=seq)
        )
        id = row and row.id
    return await checked(graph, viewer, id) if id else None


async def page(
    graph: Graph,
    viewer: Viewer,
    project_id: str,
    window: Window,
    order: Order | None = None,
    where: Where | None = None,
    fields: Fields = None,
    *,
    deleted: bool = False,
) -> Counted[Artifact]:
    """A project's committed versions, in the order of their commits unless ordered otherwise.

    ``deleted`` ones are among them only where that is asked for.
    """
    return await reading.page(
        graph, viewer, Artifact, project_id, window, order, where, fields, deleted=deleted
    )


async def versions(
    graph: Graph,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    order: Order | None = None,
    where: Where | None = None,
    fields: Fields = None,
    *,
    deleted: bool = False,
) -> Counted[Artifact]:
    """A collection's committed versions, oldest first unless ordered otherwise.

    ``deleted`` ones are among them only where that is asked for.
    """
    return await reading.page(
        graph,
        viewer,
        Artifact,
        collection_id,
        window,
        order,
        where,
        fields,
        _VERSIONS,
        deleted=deleted,
    )
