"""Commands about aliases and stages that move: where they were, and back."""

from typing import Annotated, Any

import typer

from graph_api.cli.data import AsJson, Project, Url
from graph_api.cli.output import artifact_fields, clock, print_json, print_table
from graph_api.cli.reported import reported
from graph_api.client.client import Client
from graph_api.client.collection import Collection
from graph_api.client.errors import BadArgument
from graph_api.client.period import Period
from graph_api.client.reference import parse

Moving = Annotated[
    str,
    typer.Argument(
        metavar="NAME[:ALIAS]",
        help="name:alias of an artifact, or with --stage the name of a model.",
        show_default=False,
    ),
]
Stage = Annotated[
    str | None, typer.Option(help="The stage of the model, as PRODUCTION.", show_default=False)
]


@reported
def history(
    name: Moving,
    stage: Stage = None,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Tell which versions an alias pointed at, or were in a stage, from when to when."""
    with Client(url, project=project) as client:
        if stage is None:
            collection, alias = _named(client, name)
            periods = collection.history(alias)
        else:
            periods = client.model(name).stage_history(stage=stage)
    if as_json:
        print_json([_fields(period) for period in periods])
        return
    print_table(
        ("version", "from", "by", "until", "by"),
        [
            (
                str(period.artifact or "(hidden)"),
                clock(period.set_at),
                period.set_by,
                clock(period.ended_at) or "now",
                period.ended_by or "",
            )
            for period in periods
        ],
    )


@reported
def rollback(
    name: Moving,
    stage: Stage = None,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Put an alias, or the stage of a model, back on the version that had it before."""
    with Client(url, project=project) as client:
        if stage is None:
            collection, alias = _named(client, name)
            there = collection.roll_back(alias)
        else:
            there = client.model(name).roll_back(stage).artifact
    if as_json:
        print_json(artifact_fields(there))
    else:
        print(f"{name} is {there} now" if stage is None else f"{name} {stage} is {there} now")


def _named(client: Client, name: str) -> tuple[Collection, str]:
    """The collection and the alias in ``[project/]name:alias``."""
    reference = parse(name)
    if ":" not in name:
        raise BadArgument(
            f"{name!r} names no alias.", "Write name:alias, or a model's name with --stage."
        )
    return client.collection(reference.name, project=reference.project), reference.version


def _fields(period: Period) -> dict[str, Any]:
    return {
        "artifact": period.artifact and artifact_fields(period.artifact),
        "index": period.index,
        "stage": period.stage,
        "setAt": period.set_at.isoformat(),
        "setBy": period.set_by,
        "endedAt": period.ended_at and period.ended_at.isoformat(),
        "endedBy": period.ended_by,
    }
