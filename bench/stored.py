"""A world in a Neo4j of its own, which stays in the cache for the next time."""

import asyncio
import shutil
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from neo4j import Driver, GraphDatabase, ManagedTransaction
from pydantic import BaseModel, SecretStr
from rich.progress import track

from bench import rows
from bench.statement import statement
from bench.world import FULL, SMALL, Plan, World, id_of, since
from graph_api.graph import connect
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.viewer import Viewer
from graph_api.services import artifact_collection, organization
from graph_api.settings import Limits, Settings
from graph_api.supervisor.neo4j import Connection, running

HEAP = "2g"
PROJECT = "bench"
TYPES = ("dataset", "features", "model", "report")
# How many random artifacts are asked for in turns.
_SOME = 1_000


class Landmarks(BaseModel, frozen=True):
    """The ids that the bench asks for."""

    nodes: int
    project_id: str
    some: list[str]
    """Random artifacts."""
    some_used: list[str]
    """Random artifacts that some run used."""
    apart: list[str] = []
    """The first artifacts, in no closure of an exact size."""
    hub: str
    roots: dict[str, str]
    """Artifacts, by what lies downstream of each."""


@dataclass(frozen=True)
class Stored:
    """A world that can be asked."""

    connection: Connection
    landmarks: Landmarks


@contextmanager
def stored(*, small: bool, full: Plan = FULL) -> Generator[Stored]:
    """The world, written into its Neo4j before if it is not there yet: that takes minutes."""
    cache = Settings().cache
    plan = SMALL if small else full
    folder = cache / "bench" / plan.key
    file = folder / "landmarks.json"
    if not file.exists():
        shutil.rmtree(folder, ignore_errors=True)
    with running(folder, heap=HEAP, cache=cache) as connection:
        if not file.exists():
            file.write_text(_write(plan, connection).model_dump_json(), "utf-8")
        yield Stored(connection, Landmarks.model_validate_json(file.read_text("utf-8")))


@contextmanager
def driven(connection: Connection) -> Generator[Driver]:
    """The plain driver."""
    driver = GraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        connection.uri,
        auth=(connection.user, connection.password),
        notifications_min_severity="OFF",
    )
    with driver:
        driver.verify_connectivity()  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        yield driver


def _write(plan: Plan, connection: Connection) -> Landmarks:
    world = World(plan)
    collections = asyncio.run(_prepared(connection, plan.collections))
    written = track(
        rows.batches(world, collections),
        f"Writing {plan.nodes:,} nodes",
        total=-(-plan.nodes // rows.BATCH),
    )
    with driven(connection) as driver, ThreadPoolExecutor(1) as writer:
        writing = None
        for batch in written:
            # The next batch is made while one is written.
            if writing:
                writing.result()
            writing = writer.submit(_put, driver, batch)
        assert writing
        writing.result()
        seq = since(len(world.makers))
        driver.execute_query(statement("ledger"), seq=seq, database_="neo4j")
    return Landmarks(
        nodes=len(world.makers),
        project_id=collections[0].project_id,
        some=[id_of("artifact", number) for number in world.some(_SOME)],
        some_used=[id_of("artifact", number) for number in world.some_used(_SOME)],
        apart=[id_of("artifact", number) for number in world.early(20 * _SOME)],
        hub=id_of("artifact", world.hub),
        roots={name: id_of("artifact", root) for name, root in world.roots.items()},
    )


def _put(driver: Driver, batch: rows.Batch) -> None:
    def work(tx: ManagedTransaction) -> None:
        tx.run(statement("runs"), rows=batch.runs).consume()
        tx.run(statement("artifacts"), rows=batch.artifacts).consume()
        tx.run(statement("uses"), rows=batch.uses).consume()

    with driver.session(database="neo4j") as session:  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        session.execute_write(work)


async def _prepared(connection: Connection, count: int) -> list[ArtifactCollection]:
    """What the service itself writes before there is a version: this many collections."""
    settings = Settings(
        neo4j_uri=connection.uri,
        neo4j_user=connection.user,
        neo4j_password=SecretStr(connection.password),
    )
    async with connect(settings) as graph:
        await graph.apply_constraints()
        default = await organization.ensure_default(graph)
        viewer = Viewer(user=rows.BY, organization_id=default.id)
        ids = [
            await artifact_collection.create(
                graph, viewer, Limits(), PROJECT, f"features-{number:04}", TYPES[number % 4]
            )
            for number in range(count)
        ]
        return [await artifact_collection.checked(graph, viewer, id) for id in ids]
