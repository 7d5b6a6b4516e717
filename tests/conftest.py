"""What every test can ask for: a real graph, a byte store, a viewer of an empty organization."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from pydantic import SecretStr

from graph_api.graph import Graph, Nothing, Query, connect
from graph_api.models.viewer import Viewer
from graph_api.services import organization
from graph_api.settings import Settings
from graph_api.supervisor.neo4j import running
from tests.planning import PLANNED_ONCE

pytest_plugins = [
    "tests.environment",
    "tests.minio.fixtures",
    "tests.blobs.fixtures",
    "tests.service",
    "tests.client.references",
]

WIPE = Query("tests/wipe", "MATCH (n) DETACH DELETE n", Nothing)


@pytest.fixture(scope="session")
def neo4j(tmp_path_factory: pytest.TempPathFactory) -> Generator[Settings]:
    """Settings that name a real Neo4j, alive for the whole session."""
    settings = Settings()
    folder: Path = tmp_path_factory.mktemp("neo4j")
    with running(folder, heap="512m", cache=settings.cache, more=PLANNED_ONCE) as server:
        yield settings.model_copy(
            update={
                "neo4j_uri": server.uri,
                "neo4j_user": server.user,
                "neo4j_password": SecretStr(server.password),
            }
        )


@pytest.fixture(scope="session")
async def connected(neo4j: Settings) -> AsyncGenerator[Graph]:
    """The graph with its constraints, full of what earlier tests left."""
    async with connect(neo4j) as graph:
        await graph.apply_constraints()
        yield graph


@pytest.fixture
async def graph(connected: Graph) -> Graph:
    """The graph, empty."""
    await connected.write(WIPE)
    return connected


@pytest.fixture
async def viewer(graph: Graph) -> Viewer:
    """Someone who sees all of a new organization."""
    default = await organization.ensure_default(graph)
    return Viewer(user="ada", organization_id=default.id)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What touches bytes runs on both byte stores; a module marked ``no_bytes`` on the folder."""
    if metafunc.definition.get_closest_marker("no_bytes"):
        for fixture in {"byte_store", "service"}.intersection(metafunc.fixturenames):
            metafunc.definition.add_marker(
                pytest.mark.parametrize(fixture, ["folder"], indirect=True)
            )
