"""Commands that log and read: ordinary uses of the client."""

import json
from dataclasses import asdict
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from graph_api.cli.output import (
    artifact_fields,
    clock,
    print_json,
    print_table,
    print_tree,
    run_fields,
    took,
)
from graph_api.cli.reported import reported
from graph_api.client.artifact import Artifact
from graph_api.client.client import Client
from graph_api.client.errors import BadArgument
from graph_api.client.lineage_questions import Direction as Way

Url = Annotated[str | None, typer.Option(help="Address of the service.", show_default=False)]
Project = Annotated[str | None, typer.Option(help="Name of the project.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option(min=1, help="Show at most so many, the oldest first.")]
Ref = Annotated[
    str,
    typer.Argument(
        metavar="ARTIFACT",
        help="name:version, name:alias, name (its latest), project/name:version, or an id.",
        show_default=False,
    ),
]


class Direction(StrEnum):
    """Which way to go from the artifact."""

    upstream = "upstream"
    downstream = "downstream"
    both = "both"


_WAYS: dict[Direction, Way] = {
    Direction.upstream: "UPSTREAM",
    Direction.downstream: "DOWNSTREAM",
    Direction.both: "BOTH",
}


@reported
def log(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders.", show_default=False)
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the artifact.", show_default=False)] = "",
    type: Annotated[str, typer.Option(help="What it is: dataset, model, …")] = "file",
    alias: Annotated[
        list[str] | None, typer.Option(help="A name for this version; may be repeated.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A label; may be repeated.")] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(help="URI of bytes that stay where they are; may be repeated."),
    ] = None,
    checksum: Annotated[
        bool, typer.Option(help="Ask for sizes and ETags of references, and list prefixes.")
    ] = True,
    version: Annotated[
        str | None, typer.Option(help="Name of the version, instead of v0, v1, …")
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it is, in Markdown.")] = None,
    metadata: Annotated[str, typer.Option(help="A JSON object.")] = "{}",
    run: Annotated[str | None, typer.Option(help="Key of the run that made it.")] = None,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Log files as the next version of an artifact.

    A folder's files keep their paths within it. Without --name, that of the only file is taken.
    """
    if not name:
        if len(paths or ()) != 1:
            raise BadArgument("The artifact has no name.", "Say --name NAME.")
        name = (paths or [])[0].resolve().name
    draft = Artifact(
        name, type, description=description, metadata=_object(metadata), version=version
    )
    for path in paths or ():
        draft.add(path)
    for uri in reference or ():
        draft.add_reference(uri, checksum=checksum)
    with Client(url, project=project) as client:
        if run is None:
            logged = client.log_artifact(draft, alias or (), tag or ())
        else:
            logged = client.run(run).log_artifact(draft, alias or (), tag or ())
    if as_json:
        print_json(artifact_fields(logged) | {"created": logged.created})
    else:
        print(f"{logged} (has this content already)" if logged.created is False else f"{logged}")


@reported
def get(
    artifact: Ref,
    root: Annotated[
        Path | None,
        typer.Argument(
            help="Folder to put the files into; ./artifacts/NAME:VERSION if left out.",
            show_default=False,
        ),
    ] = None,
    checkout: Annotated[
        bool, typer.Option("--checkout", help="Remove every other file from the folder.")
    ] = False,
    references: Annotated[
        bool, typer.Option(help="Fetch what references lead to, from where it is.")
    ] = True,
    zip: Annotated[
        Path | None, typer.Option(help="Write one zip file instead.", show_default=False)
    ] = None,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Download an artifact, verified; files that are right already are not fetched."""
    with Client(url, project=project) as client:
        found = client.artifact(artifact)
        if zip is not None:
            path = found.zip(zip)
        else:
            bring = found.checkout if checkout else found.download
            path = bring(root, references=references)
    if as_json:
        print_json(artifact_fields(found) | {"path": str(path)})
    else:
        print(path)


@reported
def verify(
    artifact: Ref,
    root: Annotated[Path, typer.Argument(help="The folder to look at.", show_default=False)],
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Check that a folder holds exactly the files of an artifact."""
    with Client(url, project=project) as client:
        found = client.artifact(artifact)
        found.verify(root)
    if as_json:
        print_json(artifact_fields(found) | {"path": str(root), "verified": True})
    else:
        count = found.record.file_count or 0
        print(f"{root} is {found}: {count:,} file{'' if count == 1 else 's'} verified")


@reported
def lineage(
    roots: Annotated[
        list[str],
        typer.Argument(
            metavar="ARTIFACT|ID...",
            help="Artifacts, like name:version, or ids of anything.",
            show_default=False,
        ),
    ],
    direction: Annotated[
        Direction, typer.Option(help="What it came from, what was made from it, or both.")
    ] = Direction.both,
    depth: Annotated[
        int | None, typer.Option(min=0, help="Follow at most so many steps.", show_default=False)
    ] = None,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """Show what something came from and what was made from it, as a tree."""
    with Client(url, project=project) as client:
        found = client.lineage(*roots, direction=_WAYS[direction], depth=depth)
    if as_json:
        print_json(found.to_dict())
    else:
        print_tree(found)


@reported
def runs(
    experiment: Annotated[
        str | None, typer.Option(help="Only those of this experiment.", show_default=False)
    ] = None,
    limit: Limit = 100,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """List the runs of a project."""
    with Client(url, project=project) as client:
        found = list(islice(client.runs(experiment), limit + 1))
    shown = found[:limit]
    if as_json:
        print_json([run_fields(run) for run in shown])
        return
    print_table(
        ("number", "name", "experiment", "status", "started", "took"),
        (
            (
                str(run.record.number),
                run.name,
                run.experiment or "",
                run.status,
                clock(run.record.started_at),
                took(run),
            )
            for run in shown
        ),
        more=len(found) > limit,
    )


@reported
def artifacts(
    name: Annotated[
        str | None, typer.Argument(help="Only the versions of this name.", show_default=False)
    ] = None,
    limit: Limit = 100,
    url: Url = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """List the artifacts of a project, or the versions of one."""
    with Client(url, project=project) as client:
        found = list(islice(client.artifacts(name), limit + 1))
    shown = found[:limit]
    if as_json:
        print_json([artifact_fields(artifact) for artifact in shown])
        return
    print_table(
        ("artifact", "type", "aliases", "files", "bytes", "logged"),
        (
            (
                str(artifact),
                artifact.type,
                ", ".join(artifact.aliases),
                f"{artifact.record.file_count or 0:,}",
                f"{artifact.size:,}",
                clock(artifact.record.committed_at),
            )
            for artifact in shown
        ),
        more=len(found) > limit,
    )


@reported
def search(
    words: Annotated[list[str], typer.Argument(help="Words, an id or a digest.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Only this kind: artifact, run, model, …; may be repeated."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many, the best first.")] = 20,
    url: Url = None,
    project: Annotated[
        str | None, typer.Option(help="Only in this project.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find things by words of their names, aliases, tags and descriptions, by id or digest."""
    kinds = [name.upper().replace("-", "_") for name in kind] if kind else None
    with Client(url) as client:
        hits = client.search(" ".join(words), kinds, project=project)
        found = list(islice(hits, limit + 1))
    shown = found[:limit]
    if as_json:
        print_json([asdict(hit) for hit in shown])
        return
    print_table(
        ("kind", "name", "project", "found in", "id"),
        (
            (
                hit.kind.lower().replace("_", "-"),
                hit.label,
                hit.project or "",
                ", ".join(field.lower() for field in hit.matched),
                hit.id,
            )
            for hit in shown
        ),
        more=len(found) > limit,
    )


def _object(text: str) -> dict[str, Any]:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadArgument(f"--metadata is no JSON object: {error}.") from error
