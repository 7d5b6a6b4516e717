"""The sweeper, whose two duties do not wait for each other."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from graph_api import sweeper
from graph_api.graph import Graph
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import run
from graph_api.settings import Limits, Settings
from tests.minio.server import free_port


async def test_silent_runs_crash_also_while_no_sweep_succeeds(
    graph: Graph,
    viewer: Viewer,
    neo4j: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = neo4j.model_copy(
        update={
            "data": tmp_path,
            "sweep_seconds": 0.05,
            "heartbeat_seconds": 0.5,
            # Nobody listens there.
            "s3_endpoint": f"http://127.0.0.1:{free_port()}",
            "s3_access_key": "nobody",
            "s3_secret_key": SecretStr("nothing"),
        }
    )
    new = NewRun(project="digits", heartbeats=True)
    id = (await run.start(graph, viewer, Limits(), new)).id

    sweeping = asyncio.create_task(sweeper.forever(settings))
    try:
        async with asyncio.timeout(30):
            while (await run.checked(graph, viewer, id)).status != "CRASHED":
                await asyncio.sleep(0.05)
            while "No sweep: The byte store does not answer" not in caplog.text:
                await asyncio.sleep(0.05)
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping

    assert f"Runs that crashed: {id}" in caplog.text
