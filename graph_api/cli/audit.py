"""Commands for the ledger of the organization: who changed what, provably in this order."""

import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from graph_api.cli.data import AsJson, Url
from graph_api.cli.output import print_json
from graph_api.cli.reported import fail, reported
from graph_api.client import ledger
from graph_api.client.client import Client

app = typer.Typer(
    name="audit",
    help="Export the ledger of all changes, and verify an export without the service.",
    no_args_is_help=True,
)

_STREAM = Path("-")


@app.command()
@reported
def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write to; - is the standard output.")
    ],
    url: Url = None,
) -> None:
    """Write every change of the organization, a line each, the oldest first.

    It takes a key that sees all projects. A file that is there is replaced once the new one is
    whole.
    """
    with Client(url) as client:
        if file == _STREAM:
            last = _write(client, sys.stdout.buffer)
        else:
            part = file.with_name(f"{file.name}.part")
            try:
                with part.open("wb") as output:
                    last = _write(client, output)
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)
    count = last.seq if last else 0
    typer.echo(f"Exported {count} changes.", err=True)
    if last:
        typer.echo(
            "An export that is cut off at its end looks whole. Note elsewhere what to verify it "
            f"with: --seq {last.seq} --head {last.hash}",
            err=True,
        )


@app.command()
@reported
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The export; - is the standard input.")
    ],
    seq: Annotated[
        int | None, typer.Option(help="Number of a change that was noted.", show_default=False)
    ] = None,
    head: Annotated[
        str | None, typer.Option(help="Hash of a change that was noted.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify an export, without the service: that nothing was altered, left out or put in.

    It ends with exit code 1 at the first fault. What is missing at the end is only noticed with
    what was noted of a later change (--seq, --head).
    """
    try:
        from graph_api.models import instant
        from graph_api.models.audit import verified
    except ModuleNotFoundError as error:
        fail(f"The server is not installed ({error.name} is missing); run: pip install '.[server]'")
    if file == _STREAM:
        found = verified(sys.stdin.buffer, seq, head)
    else:
        with file.open("rb") as lines:
            found = verified(lines, seq, head)
    ends = [
        {"seq": it.seq, "at": instant.of(it.at).isoformat(), "hash": it.hash}
        for it in (found.first, found.last)
        if it
    ]
    if as_json:
        first, last = ends or (None, None)
        print_json({"first": first, "last": last, "fault": found.fault})
        raise typer.Exit(1 if found.fault else 0)
    if found.fault:
        fail(found.fault)
    for end in ends:
        print(f"{end['seq']}  {end['at']}  {end['hash']}")
    print(f"{found.last.seq if found.last else 0} changes, and nothing is wrong.")


def _write(client: Client, output: IO[bytes]) -> ledger.LedgerChange | None:
    """Every change; the last one."""
    last = None
    for last in ledger.changes(client.api):
        output.write(last.line())
    output.flush()
    return last
