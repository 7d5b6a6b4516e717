"""The sweeper: its two duties do not wait for each other, and a new key takes over."""

import asyncio
import base64
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import SecretStr

from graph_api import sweeper
from graph_api.graph import Graph
from graph_api.models.integration import Options
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import integration, run
from graph_api.services.keyring import Keyring
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


async def test_a_key_can_go_once_a_sweep_has_been_with_a_newer_one(
    graph: Graph, viewer: Viewer, neo4j: Settings, tmp_path: Path
) -> None:
    def keys(*given: bytes) -> Settings:
        texts = tuple(SecretStr(base64.b64encode(key * 32).decode()) for key in given)
        return neo4j.model_copy(update={"data": tmp_path, "encryption_keys": texts})

    async def unreadable(settings: Settings) -> list[str]:
        findings = [finding async for finding in sweeper.examine(settings, read=False)]
        return [finding.subject for finding in findings if finding.trouble == "UNREADABLE"]

    options = Options.checked("lake", "", None, "us-east-1", "access", "secret")
    old = Keyring.of(keys(b"o"))
    id = await integration.create(graph, old, viewer, Limits(), "digits", "lake", options)
    assert await unreadable(keys(b"n")) == [id]

    swept = [(await sweeper.once(keys(b"n", b"o"))).resealed for _ in range(2)]

    assert swept == [1, 0]
    assert await unreadable(keys(b"n")) == []
    assert await unreadable(keys(b"o")) == [id]
