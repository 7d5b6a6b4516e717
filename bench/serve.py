"""``python -m bench.serve``: the service on the bench's world, to look at it closely.

It prints the body of one request of each operation, and serves until Ctrl-C.
"""

import tempfile
from pathlib import Path
from typing import Annotated

import orjson
import typer
from pydantic import SecretStr

from bench.operations import operations
from bench.stored import stored
from graph_api.settings import Settings
from graph_api.supervisor.serve import serve


def main(
    small: Annotated[bool, typer.Option("--small", help="A world of 10,000 nodes.")] = False,
    port: Annotated[int, typer.Option(help="Where it listens.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
) -> None:
    """Serve the bench's world."""
    with stored(small=small) as world, tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data=Path(folder),
            port=port,
            workers=workers,
            neo4j_uri=world.connection.uri,
            neo4j_user=world.connection.user,
            neo4j_password=SecretStr(world.connection.password),
        )

        def ready(url: str) -> None:
            print(f"{url}/graphql")
            for operation in operations(world.landmarks):
                print(f"\n{operation.name}:\n{orjson.dumps(operation.ours()[0]).decode()}")
            for name, root in world.landmarks.roots.items():
                print(f"\n{name} downstream of {root}")

        serve(settings, ready)


if __name__ == "__main__":
    typer.run(main)
