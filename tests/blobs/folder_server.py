"""The service's blob routes alone, on a real server: ``python -m tests.blobs.folder_server``."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from graph_api.blobs import FolderBlobs
from graph_api.routes import blobs
from graph_api.routes.safety import Safe


def app(store: FolderBlobs) -> Starlette:
    """The blob routes over this store."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[dict[str, FolderBlobs]]:
        await store.check()
        yield {"blobs": store}

    return Starlette(routes=blobs.routes, lifespan=lifespan, middleware=[Middleware(Safe)])


if __name__ == "__main__":
    root, secret, port = sys.argv[1:]
    store = FolderBlobs(Path(root), bytes.fromhex(secret))
    uvicorn.run(app(store), host="127.0.0.1", port=int(port), loop="uvloop", log_level="warning")
