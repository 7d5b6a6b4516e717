"""The command that sends what was logged offline."""

from pathlib import Path
from typing import Annotated

import typer

from graph_api.cli.data import AsJson, Url
from graph_api.cli.output import print_json
from graph_api.cli.reported import fail, reported
from graph_api.client import settings
from graph_api.client.client import Client
from graph_api.client.errors import BadArgument


@reported
def sync(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER...",
            help="Folders of bundles, or single bundles; GRAPH_API_CLIENT_OFFLINE if left out.",
            show_default=False,
        ),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove the bundles that are synced.")
    ] = False,
    skip: Annotated[
        int | None,
        typer.Option(help="Leave out the operation that the one bundle stopped at.", min=1),
    ] = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Send what was logged offline to the service, each thing once, however often this is called.

    A bundle that cannot be sent whole stays, and goes on where it was when this is called again.
    """
    named = folders or [folder for folder in [settings.from_environment().offline] if folder]
    if not named:
        raise BadArgument(
            "No folder is named.", "Name one: graph-api sync FOLDER, or GRAPH_API_CLIENT_OFFLINE."
        )
    with Client(url, offline=False) as client:
        outcomes = [it for folder in named for it in client.sync(folder, remove=remove, skip=skip)]
    if as_json:
        print_json(
            [
                {
                    "bundle": str(it.bundle),
                    "operations": it.operations,
                    "error": it.error and {"code": it.error.code, "message": str(it.error)},
                    "at": it.at and {"number": it.at.number, "verb": it.at.verb},
                }
                for it in outcomes
            ]
        )
    else:
        for it in outcomes:
            sent = f"{it.operations:,} operation{'' if it.operations == 1 else 's'} sent"
            at = f" at operation {it.at.number:,} ({it.at.verb})" if it.at else ""
            print(f"{it.bundle}: {sent}{f'; stopped{at}: {it.error}' if it.error else ''}")
    failed = sum(it.error is not None for it in outcomes)
    if failed:
        fail(f"{failed:,} of {len(outcomes):,} bundles could not be sent whole.")
