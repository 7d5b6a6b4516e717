"""The bound: one statement for an operation, one record, and no GraphQL.

``uvicorn bench.peers.raw:app``, with the Neo4j of the service's own settings.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import LiteralString, TypedDict

import orjson
from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.statement import statement
from graph_api.settings import Settings

STATEMENTS: dict[str, LiteralString] = {
    name: statement(name) for name in ("by_id", "nested", "list")
}


class State(TypedDict):
    """What every request finds in ``request.state``."""

    driver: AsyncDriver


async def answer(request: Request) -> Response:
    """The answer of the statement that is asked for."""
    asked = orjson.loads(await request.body())
    driver: AsyncDriver = request.state.driver
    async with driver.session(database="neo4j", default_access_mode=READ_ACCESS) as session:  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        result = await session.run(STATEMENTS[asked["statement"]], asked["parameters"])
        record = await result.single(strict=True)
    body = orjson.dumps({"data": {"answer": record["answer"]}})
    return Response(body, media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[State]:
    """Connected to Neo4j."""
    settings = Settings()
    driver = AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]  # untyped **config
        settings.neo4j_uri or "",
        auth=(settings.neo4j_user, settings.neo4j_password.get_secret_value()),
        notifications_min_severity="OFF",
    )
    async with driver:
        yield {"driver": driver}


app = Starlette(routes=[Route("/", answer, methods=["POST"])], lifespan=lifespan)
