"""The ledger in the schema: all of it for who sees all, and nothing of it for others."""

from pathlib import Path

import pytest

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models import instant
from graph_api.models.viewer import Viewer
from graph_api.services import ledger, project
from graph_api.services.stores import Stores
from graph_api.settings import Limits, Settings
from tests.schema.restricted import Asker

pytestmark = pytest.mark.no_bytes

CHANGES = """{ organization { changes { nodes { seq at by what subjects previous hash } } } }"""


@pytest.fixture
def asker(neo4j: Settings, tmp_path: Path, viewer: Viewer, graph: Graph) -> Asker:
    return Asker(neo4j, Stores.of(graph, FolderBlobs(tmp_path, b"secret")), viewer)


async def test_every_change_is_told_with_what_chains_it(
    asker: Asker, graph: Graph, viewer: Viewer
) -> None:
    for name in ("digits", "letters", "words"):
        await project.create(graph, viewer, Limits(), name)

    found = (await asker.data(CHANGES))["organization"]["changes"]["nodes"]

    assert found == [
        {**row.model_dump(), "at": instant.of(row.at).isoformat(), "subjects": [*row.subjects]}
        for row in await ledger.changes(graph, viewer, 0, 10)
    ]
    assert len(found) == 3


async def test_who_does_not_see_all_projects_is_refused_whatever_lies_in_them(
    asker: Asker, graph: Graph, viewer: Viewer
) -> None:
    id = await project.create(graph, viewer, Limits(), "digits")
    refused = (
        "This call takes the scope 'read' in the organization, where projects are made, which your "
        "key does not grant; ask whoever runs the service for one that does.",
        "FORBIDDEN",
    )

    for projects in ((), (id,)):
        asker.viewer = viewer.model_copy(update={"projects": projects})
        answer = await asker.ask(CHANGES)
        assert (answer["data"], answer["errors"]) == (None, [refused])
    # To see all is enough; to write is not asked for.
    asker.viewer = viewer.model_copy(update={"writable": ()})
    assert len((await asker.data(CHANGES))["organization"]["changes"]["nodes"]) == 1
