"""The sweeper beside committers, in real processes: it never takes what is needed, and all else.

Versions are purged while others are made of the same contents, so that contents and pages go and
come back all the time.
"""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from graph_api.blobs import blob_store
from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from graph_api.services import doctor
from graph_api.services.sweep import sweep
from graph_api.settings import Settings, child_environment
from tests.environment import environment
from tests.proof.stores import chosen
from tests.services.purge import purge
from tests.services.test_sweep import NOTHING, later

TRIALS = 1000 if environment.deep else 12
SWEEPS = 6
COMMITTERS = 3


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

    async def start(what: str, seed: int) -> Process:
        command = [sys.executable, "-m", "tests.proof.sweeping", what, str(seed)]
        return await asyncio.create_subprocess_exec(
            *command, env=child_environment(**variables), stdin=PIPE, stdout=PIPE
        )

    chance, said, kept, taken = random.Random(7), list[str](), list[str](), list[int]()

    async def count(sweeper: Process) -> None:
        assert sweeper.stdout
        async for line in sweeper.stdout:
            taken.append(int(line))

    async def commit(process: Process) -> int:
        assert process.stdin
        assert process.stdout
        # Trials go on until the sweeper, too, has had its share of them, in several sweeps.
        while len(said) < TRIALS or sum(taken) < TRIALS // 8 or len(taken) < SWEEPS:
            process.stdin.write(b"\n")
            line = (await process.stdout.readline()).decode()
            assert line, "the committer ended"
            said.append(line)
            if line.startswith("committed"):
                kept.append(line.split()[1])
                # Few are left, so that what they are made of is needed and not needed in turn.
                while len(kept) > chance.randrange(1, 6):
                    await purge(graph, blobs, viewer, kept.pop(chance.randrange(len(kept))))
        process.stdin.close()
        return await process.wait()

    sweeper = await start("sweep", 0)
    committers = [await start("commit", 1 + number) for number in range(COMMITTERS)]
    counting = asyncio.create_task(count(sweeper))
    try:
        ended = await asyncio.gather(*map(commit, committers))
    finally:
        for one in [sweeper, *committers]:
            if one.returncode is None:
                one.kill()
        await counting

    assert ended == [0] * COMMITTERS
    assert [finding async for finding in doctor.examine(graph, blobs, later(), read=True)] == []

    for id in kept:
        await purge(graph, blobs, viewer, id)
    await sweep(graph, blobs, later(hours=3))
    assert await blobs.sizes("") == {}
    assert await sweep(graph, blobs, later(hours=3)) == NOTHING
