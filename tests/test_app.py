"""The service as a whole: before its graph is there, while it is away, and after."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from graph_api.app import create
from graph_api.settings import Settings
from graph_api.supervisor.neo4j import Connection, running
from tests.minio.server import free_port

QUERY = {"query": '{ organization { name } project(name: "kept") { name } }'}
CREATE = {"query": 'mutation { createProject(input: {name: "kept"}) { __typename } }'}


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    """The service in this process."""
    app = create(settings)
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield http


def settings(folder: Path, neo4j: Connection) -> Settings:
    return Settings.model_validate(
        {
            "data": folder / "data",
            "neo4j_uri": neo4j.uri,
            "neo4j_user": neo4j.user,
            "neo4j_password": neo4j.password,
        }
    )


async def until_ready(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while (await http.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.1)


async def assert_unavailable(http: httpx.AsyncClient) -> None:
    begun = time.monotonic()
    response = await http.post("/graphql", json=QUERY)
    assert time.monotonic() - begun < 2
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    codes = [error["extensions"]["code"] for error in response.json()["errors"]]
    assert set(codes) == {"UNAVAILABLE"}
    ready = await http.get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "UNAVAILABLE")
    assert (await http.get("/healthz")).status_code == 200


async def test_without_a_graph_the_service_says_so_and_lives(tmp_path: Path) -> None:
    nowhere = Connection(f"bolt://127.0.0.1:{free_port()}", "neo4j", "none")

    async with serving(settings(tmp_path, nowhere)) as http:
        await assert_unavailable(http)


async def test_a_graph_that_goes_and_comes_back_is_used_again_without_a_restart(
    tmp_path: Path,
) -> None:
    cache = Settings().cache
    with running(tmp_path / "neo4j", heap="512m", cache=cache) as first:
        async with serving(settings(tmp_path, first)) as http:
            await until_ready(http)
            assert (await http.post("/graphql", json=CREATE)).status_code == 200
    async with serving(settings(tmp_path, first)) as http:
        await assert_unavailable(http)
        with running(tmp_path / "neo4j", heap="512m", cache=cache) as second:
            assert second == first
            await until_ready(http)
            response = await http.post("/graphql", json=QUERY)
            data = {"organization": {"name": "default"}, "project": {"name": "kept"}}
            assert (response.status_code, response.json()["data"]) == (200, data)
        await assert_unavailable(http)


async def test_a_byte_store_that_is_away_is_named(neo4j: Settings, tmp_path: Path) -> None:
    away = neo4j.model_copy(
        update={
            "data": tmp_path,
            "s3_endpoint": f"http://127.0.0.1:{free_port()}",
            "s3_access_key": "a",
            "s3_secret_key": SecretStr("b"),
        }
    )

    async with serving(away) as http:
        response = await http.get("/readyz")
        assert response.status_code == 503
        assert response.headers["retry-after"] == "1"


async def test_metrics_are_told_in_the_format_of_prometheus(
    neo4j: Settings, tmp_path: Path
) -> None:
    async with serving(neo4j.model_copy(update={"data": tmp_path})) as http:
        response = await http.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain; version=")
    assert "\npython_info{" in response.text
