"""The command that asks a policy, as a pipeline does before it promotes."""

from dataclasses import asdict
from typing import Annotated

import typer

from graph_api.cli.data import AsJson, Project, Ref, Url
from graph_api.cli.output import print_json
from graph_api.cli.reported import reported
from graph_api.client.client import Client


@reported
def check(
    artifact: Ref,
    within: Annotated[
        str | None,
        typer.Option(
            "--in",
            metavar="PROJECT",
            help="Where it is to be promoted; the project of the command unless given.",
            show_default=False,
        ),
    ] = None,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Tell what a project's policy has against a version; ends with 1 if it could not be promoted.

    What your key does not see is unknown, and refused unless the policy allows it.
    """
    with Client(url, project=project) as client:
        found = client.artifact(artifact)
        verdict = client.policies.check(found, project=within)
    if as_json:
        told = {"passes": verdict.passes, "complete": verdict.complete}
        told |= {"incompleteBecause": verdict.incomplete_because}
        print_json(told | {"violations": [*map(asdict, verdict.violations)]})
    else:
        for violation in verdict.violations:
            print(violation)
        unknown = f" (unknown: {', '.join(verdict.incomplete_because)})"
        says = "could be promoted" if verdict.passes else "could not be promoted"
        print(f"{found} {says}{'' if verdict.complete else unknown}")
    if not verdict.passes:
        raise typer.Exit(1)
