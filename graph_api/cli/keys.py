"""Commands for the keys that let requests in: on the machine of the service, with its settings."""

from datetime import timedelta
from typing import Annotated

import typer

from graph_api.cli.output import clock, print_table
from graph_api.cli.reported import fail, reported
from graph_api.cli.upkeep import on_stores

app = typer.Typer(
    name="keys",
    help="Make, list and revoke the API keys that let requests in, where GRAPH_API_KEYS is true.",
    no_args_is_help=True,
)


@app.command()
@reported
def create(
    user: Annotated[str, typer.Argument(help="Whom its writes are attributed to.")],
    read: Annotated[
        list[str] | None, typer.Option(metavar="PROJECT", help="A project to read.")
    ] = None,
    write: Annotated[
        list[str] | None,
        typer.Option(metavar="PROJECT", help="A project to read and write; made if missing."),
    ] = None,
    admin: Annotated[
        list[str] | None,
        typer.Option(metavar="PROJECT", help="A project to rename, too; made if missing."),
    ] = None,
    everywhere: Annotated[
        str | None,
        typer.Option(
            metavar="SCOPE", help="read, write or admin: in every project, also those to come."
        ),
    ] = None,
    days: Annotated[
        float | None, typer.Option(help="How long it is good; without end unless given.")
    ] = None,
) -> None:
    """Make a key, and print its secret: now, and never again.

    The options for projects can be repeated. Give the secret to clients as GRAPH_API_KEY, or as the
    header `Authorization: Bearer SECRET`.
    """
    from graph_api.models.viewer import Scope
    from graph_api.services import api_key

    scopes: dict[str, Scope] = {"read": "read", "write": "write", "admin": "admin"}
    if everywhere is not None and everywhere not in scopes:
        fail(f"--everywhere is {everywhere!r}; a scope is read, write or admin.")
    named: list[tuple[list[str] | None, Scope]] = [
        (read, "read"),
        (write, "write"),
        (admin, "admin"),
    ]
    made = on_stores(
        lambda graph, viewer, settings: api_key.create(
            graph,
            viewer,
            settings,
            user,
            everywhere=scopes[everywhere] if everywhere else None,
            projects={project: scope for projects, scope in named for project in projects or ()},
            lifetime=None if days is None else timedelta(days=days),
        )
    )
    typer.echo(f"Made {made.id} for {user}. This is its secret; it is shown only now:", err=True)
    print(made.secret)


@app.command(name="list")
@reported
def every() -> None:
    """All keys, the oldest first, and what they grant; never their secrets."""
    from graph_api.services import api_key

    found = on_stores(lambda graph, viewer, _: api_key.every(graph, viewer))
    print_table(
        ("ID", "USER", "GRANTS", "CREATED", "EXPIRES", "REVOKED"),
        [
            (
                key.id,
                key.user,
                key.says(),
                clock(key.created_at),
                clock(key.expires_at) or "never",
                clock(key.revoked_at),
            )
            for key in found
        ],
    )


@app.command()
@reported
def revoke(id: Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")]) -> None:
    """End a key: the next request that brings it is refused, on every worker."""
    from graph_api.services import api_key

    on_stores(lambda graph, viewer, _: api_key.revoke(graph, viewer, id))
    print(f"Revoked {id}. URLs for bytes that it was given are good until they expire.")
