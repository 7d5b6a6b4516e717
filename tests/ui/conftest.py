"""A served GraphiQL page, and a Chromium to open it with."""

import socket
import threading
import time
from collections.abc import AsyncGenerator, Generator

import pytest
import strawberry
import uvicorn
from playwright.async_api import Browser, async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from strawberry.asgi import GraphQL

from graph_api.routes import graphiql
from tests.ui.chromium import ARGUMENTS, chromium


@strawberry.type
class Query:
    """A world of one field, until the page is served by the whole service."""

    hello: str = "world"


async def get(request: Request) -> Response:
    return graphiql.page(request)


@pytest.fixture(scope="session")
def server_url() -> Generator[str]:
    """Where the page is served, without a slash at the end."""
    app = Starlette(
        routes=[
            *graphiql.assets,
            Route("/graphql", get, methods=["GET"]),
            Mount("/", GraphQL[None, None](strawberry.Schema(Query), graphql_ide=None)),
        ]
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(app, ws="none", log_level="warning", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    executable = chromium()
    expect.set_options(timeout=30_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS, chromium_sandbox=False
        )
        yield browser
        await browser.close()
