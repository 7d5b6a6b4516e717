"""The sweeper beside committers, in real processes: it never takes what is needed, and all else.

A third of the versions is purged while the others are made of the same contents, so that contents
and pages go and come back all the time.
"""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from graph_api.blobs import blob_store
from graph_api.graph import Graph, Nothing, Query
from graph_api.models.viewer import Viewer
from graph_api.services import doctor
from graph_api.services.sweep import sweep
from graph_api.settings import Settings, child_environment
from tests.environment import environment
from tests.proof.stores import chosen
from tests.services.test_sweep import NOTHING, later

TRIALS = 1000 if environment.deep else 24
COMMITTERS = 3
# As a purge does it: under the locks of the pages, in the order of their digests.
PURGE = Query(
    "tests/purge",
    """
    MATCH (a:Entity {id: $id})-[:HAS_PAGE]->(p:ManifestPage)
    WITH a, p ORDER BY p.digest
    SET p.lock = $id, p.sweep_at = 0
    WITH DISTINCT a
    SET a.state = 'DELETED'
    WITH a
    MATCH (a)-[has:HAS_PAGE]->()
    DELETE has
    """,
    Nothing,
)


async def test_no_version_loses_bytes_and_all_garbage_goes(
    graph: Graph,
    viewer: Viewer,
    neo4j: Settings,
    byte_store: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    own = chosen(byte_store, tmp_path, request)
    blobs = blob_store(Settings.model_validate(own))
    variables = {f"GRAPH_API_{name.upper()}": value for name, value in own.items()} | {
        "GRAPH_API_NEO4J_URI": str(neo4j.neo4j_uri),
        "GRAPH_API_NEO4J_PASSWORD": neo4j.neo4j_password.get_secret_value(),
    }
    await blobs.check()

    def start(what: str, number: int, seed: int) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.proof.sweeping", what, str(number), str(seed)]
        return subprocess.Popen(
            command, env=child_environment(**variables), stdout=subprocess.PIPE, text=True
        )

    chance, kept = random.Random(7), list[str]()
    sweeper = start("sweep", 0, 0)
    committers = [start("commit", -(-TRIALS // COMMITTERS), 1 + n) for n in range(COMMITTERS)]
    try:
        lines = 0
        while running := [one for one in committers if one.poll() is None]:
            for one in running:
                assert one.stdout
                line = one.stdout.readline()
                lines += bool(line)
                if line.startswith("committed"):
                    id = line.split()[1]
                    if chance.random() < 1 / 3:
                        await graph.write(PURGE, id=id)
                    else:
                        kept.append(id)
        for one in committers:
            rest = one.communicate()[0].splitlines()
            kept += [line.split()[1] for line in rest if line.startswith("committed")]
            lines += len(rest)
    finally:
        for one in [sweeper, *committers]:
            one.kill()
        taken = (sweeper.communicate()[0]).split()

    assert [one.returncode for one in committers] == [0] * COMMITTERS
    assert lines == COMMITTERS * -(-TRIALS // COMMITTERS)
    # The sweeper was at work beside them, and not in vain.
    assert len(taken) > 5
    assert sum(map(int, taken[:-1])) > 5
    assert [finding async for finding in doctor.examine(graph, blobs, later(), read=True)] == []

    for id in kept:
        await graph.write(PURGE, id=id)
    await sweep(graph, blobs, later(hours=3))
    assert await blobs.sizes("") == {}
    assert await sweep(graph, blobs, later(hours=3)) == NOTHING
