"""The command that tells why one version is not what another is."""

from typing import Annotated

import typer

from graph_api.cli.data import AsJson, Project, Url
from graph_api.cli.output import print_json
from graph_api.cli.reported import reported
from graph_api.client.client import Client

_End = Annotated[
    str,
    typer.Argument(metavar="ARTIFACT|ID", help="name:version, or the id of a version or a run."),
]


@reported
def diff(
    before: _End,
    after: _End,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Tell why a version is not what an earlier one is, or a run.

    Where the difference begins, parameters, code, inputs, notes, metrics and files.
    """
    with Client(url, project=project) as client:
        found = client.lineage_diff(before, after)
        if as_json:
            print_json(found.to_dict())
        else:
            print(found)
