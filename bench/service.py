"""Our own service, started as its users start it."""

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.server import Server, serving
from tests.minio.server import free_port


@contextmanager
def service(folder: Path, variables: Mapping[str, str]) -> Generator[Server]:
    """``graph-api serve`` with its data in ``folder``, which is there."""
    port = free_port()
    chosen = {"HOST": "127.0.0.1", "PORT": str(port), "DATA": str(folder / "data")}
    with serving(
        "supervisor",
        [str(Path(sys.executable).with_name("graph-api")), "serve"],
        {f"GRAPH_API_{name}": value for name, value in chosen.items()} | dict(variables),
        folder / "serve.log",
        url=(url := f"http://127.0.0.1:{port}"),
        ready=lambda client: client.get(f"{url}/readyz"),
    ) as server:
        yield server
