"""Commands that delete versions and take them back."""

from typing import Annotated

import typer

from graph_api.cli.data import AsJson, Project, Url
from graph_api.cli.output import artifact_fields, plan_fields, print_json
from graph_api.cli.reported import reported
from graph_api.client.client import Client

Refs = Annotated[
    list[str],
    typer.Argument(
        metavar="ARTIFACT...",
        help="name:version, name:alias, name (its latest), project/name:version, or an id.",
        show_default=False,
    ),
]


@reported
def delete(
    artifacts: Refs,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say what needs them and what would go.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Delete them although something needs them.")
    ] = False,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Delete versions, all or none of them; `restore` takes them back until their bytes go."""
    with Client(url, project=project) as client:
        made = client.delete_plan(*artifacts) if plan else client.delete(*artifacts, force=force)
    if as_json:
        print_json(plan_fields(made))
    else:
        print(made)


@reported
def restore(
    artifacts: Refs, url: Url = None, project: Project = None, as_json: AsJson = False
) -> None:
    """Take deleted versions back, with those of their aliases that nothing else has by now."""
    with Client(url, project=project) as client:
        restored = client.restore(*artifacts)
    if as_json:
        print_json([artifact_fields(artifact) for artifact in restored])
    else:
        print(*restored, sep="\n")
