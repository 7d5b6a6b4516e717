"""Writes without end, as a process with a driver of its own: ``python -m tests.services.writer``.

``grow`` appends runs, artifacts and edges through the services, and closes some edges;
``bulk`` creates thousands of runs per transaction. The settings come by the environment.
"""

import asyncio
import random
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress

from graph_api.errors import WouldCloseCycle
from graph_api.graph import Graph, Nothing, Query, Transaction, connect
from graph_api.models.entity import kind_of
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import edge, entity, ledger, run
from graph_api.settings import Settings, child_environment
from tests.services.world import LIMITS

BULK = 1_500
HUBS = 40

DRAW = Query(
    "tests/draw_bulk",
    """
    UNWIND range(0, $count - 1) AS i
    CREATE (n:Entity:Run {id: 'run_' + toString($seq) + 'x' + toString(i), since: $seq})
    WITH n, i WHERE i < $hubs
    MATCH (x:Entity {id: $hub + toString(i)})
    CREATE (x)-[:USED_BY {since: $seq}]->(n)
    """,
    Nothing,
)
CLOSE = Query(
    "tests/close_edge",
    """
    MATCH (:Entity {id: $id})-[e:USED_BY|LOGGED_BY|LINKED_TO]->()
    WHERE e.until IS NULL
    WITH e LIMIT 1
    SET e.until = $seq
    """,
    Nothing,
)


@contextmanager
def writing(settings: Settings, count: int, *arguments: str) -> Generator[None]:
    """So many such processes, killed at the end in whatever they do."""
    assert settings.neo4j_uri
    environment = child_environment(
        GRAPH_API_NEO4J_URI=settings.neo4j_uri,
        GRAPH_API_NEO4J_USER=settings.neo4j_user,
        GRAPH_API_NEO4J_PASSWORD=settings.neo4j_password.get_secret_value(),
    )
    command = [sys.executable, "-m", "tests.services.writer", *arguments]
    processes = [
        subprocess.Popen([*command, str(number)], env=environment) for number in range(count)
    ]
    try:
        yield
        assert [process.poll() for process in processes] == [None] * count
    finally:
        for process in processes:
            process.kill()
            process.wait()


async def grow(graph: Graph, viewer: Viewer, root: str, chance: random.Random) -> None:
    """One thing after the other, each on what others have just written."""
    while True:
        moment = await ledger.now(graph, viewer)
        changes = await ledger.changes(graph, viewer, max(0, moment.seq - 20), 20)
        known = [root, *(id for change in changes for id in change.subjects)]
        known = [id for id in known if kind_of(id) in ("Artifact", "Run")]
        runs = [id for id in known if kind_of(id) == "Run"]
        action = chance.choice(("run", "run", "log", "log", "use", "link", "close"))
        if action == "run" or not runs:
            new = NewRun(project="digits", used=tuple({root, *chance.choices(known, k=2)}))
            await run.start(graph, viewer, LIMITS, new)
        elif action == "log":
            await _log(graph, viewer, chance.choice(runs), chance.randint(1, 20))
        elif action == "use":
            await run.use(graph, viewer, chance.choice(runs), [chance.choice(known)])
        elif action == "close":
            await _close(graph, viewer, chance.choice(known))
        else:
            source, target = chance.choices(known, k=2)
            with suppress(WouldCloseCycle):
                await edge.link(graph, viewer, LIMITS, source, target, "teacher")
        await asyncio.sleep(0.005)


async def _log(graph: Graph, viewer: Viewer, run_id: str, count: int) -> None:
    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        ids = [
            await entity.create(tx, viewer, drawn, "Artifact", "project_digits")
            for _ in range(count)
        ]
        await edge.log(tx, drawn, ids, run_id)
        await ledger.record(tx, viewer, drawn, "Test", [run_id, *ids])

    await graph.in_transaction(work)


async def _close(graph: Graph, viewer: Viewer, id: str) -> None:
    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        await tx.write(CLOSE, id=id, seq=drawn.seq)
        await ledger.record(tx, viewer, drawn, "Test", [id])

    await graph.in_transaction(work)


async def bulk(graph: Graph, viewer: Viewer, hub: str) -> None:
    """Many runs at a time, ``run_<seq>x<i>``; the first used what was there before."""

    async def work(tx: Transaction) -> None:
        drawn = await ledger.draw(tx, viewer)
        await tx.write(DRAW, hub=hub, hubs=HUBS, count=BULK, seq=drawn.seq)
        await ledger.record(tx, viewer, drawn, "Test", [])

    while True:
        await graph.in_transaction(work)
        await asyncio.sleep(0.005)


async def main(what: str, organization_id: str, start: str, number: str) -> None:
    """Write until killed."""
    viewer = Viewer(user=f"writer {number}", organization_id=organization_id)
    async with connect(Settings()) as graph:
        if what == "bulk":
            await bulk(graph, viewer, start)
        else:
            await grow(graph, viewer, start, random.Random(number))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
