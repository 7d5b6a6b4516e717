"""A Neo4j for a command that runs beside the service, or without it."""

import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from pydantic import SecretStr

from graph_api.settings import Settings
from graph_api.supervisor.errors import AlreadyRunning
from graph_api.supervisor.neo4j import Connection, running


@contextmanager
def reach(settings: Settings) -> Generator[Settings]:
    """Settings that name a Neo4j which answers.

    That is the one they name already, or the managed one of the data folder: as the service that
    runs on it has started it, or started for as long as the context lasts.
    """
    if settings.neo4j_uri is not None:
        yield settings
        return
    data = settings.data.resolve()
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(
                running(data, settings.neo4j_heap, settings.cache, settings.maven_mirror)
            )
        except AlreadyRunning:
            connection = Connection(**json.loads((data / "neo4j" / "connection").read_text()))
        yield _named(settings, connection)


def _named(settings: Settings, connection: Connection) -> Settings:
    """The settings, but for the Neo4j."""
    return settings.model_copy(
        update={
            "neo4j_uri": connection.uri,
            "neo4j_user": connection.user,
            "neo4j_password": SecretStr(connection.password),
        }
    )
