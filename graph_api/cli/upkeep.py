"""Commands that look after a service's data: on the machine of the service, with its settings."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from graph_api.cli.reported import fail, reported

if TYPE_CHECKING:
    from graph_api.graph import Graph
    from graph_api.models.viewer import Viewer
    from graph_api.settings import Settings

Result = TypeVar("Result")


@reported
def sweep() -> None:
    """Take what nothing needs any more, as the service does by itself once a minute."""
    from graph_api import sweeper

    swept = _run(sweeper.once)
    print(
        f"Put {swept.expired} expired versions into the trash. Took {swept.drafts} abandoned "
        f"drafts, {swept.objects} uploads that nothing needs, {swept.versions} deleted versions, "
        f"{swept.pages} manifest pages and {swept.blobs} contents. Encrypted {swept.resealed} "
        f"stored secrets with a newer key. Forgot {swept.jobs} jobs that ended a month ago."
    )


@reported
def doctor(
    read: Annotated[
        bool, typer.Option("--read", help="Read and hash the bytes of every file, too.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """Find every place where graph, byte store and ledger disagree, and say what to do.

    It changes nothing, and ends with exit code 1 where it finds something.
    """
    from graph_api import sweeper

    async def examine(settings: "Settings") -> int:
        found = 0
        async for finding in sweeper.examine(settings, read=read):
            found += 1
            if json:
                print(finding.model_dump_json())
            else:
                print(f"{finding.trouble}  {finding.subject}\n  {finding.says}")
        return found

    found = _run(examine)
    if not json:
        print(f"{found} findings." if found else "Nothing is wrong.")
    raise typer.Exit(1 if found else 0)


def on_stores(
    work: Callable[["Graph", "Viewer", "Settings"], Coroutine[Any, Any, Result]],
) -> Result:
    """Do the work on the graph of this machine's settings, as whoever runs the service."""
    from graph_api.graph import connect
    from graph_api.models.viewer import Viewer
    from graph_api.services import organization

    async def connected(settings: "Settings") -> Result:
        async with connect(settings) as graph:
            await graph.apply_constraints()
            default = await organization.ensure_default(graph)
            viewer = Viewer(user="graph-api", organization_id=default.id)
            return await work(graph, viewer, settings)

    return _run(connected)


def _run(work: Callable[["Settings"], Coroutine[Any, Any, Result]]) -> Result:
    """Do the work on the stores of this machine's settings."""
    from graph_api.errors import GraphApiError
    from graph_api.settings import chosen
    from graph_api.supervisor.reach import reach

    try:
        with reach(chosen()) as settings:
            return asyncio.run(work(settings))
    except (GraphApiError, ValueError) as error:
        fail(str(error), error)
