"""The command ``graph-api``."""

from collections.abc import Callable

import typer

from graph_api.cli import (
    audit,
    data,
    deletion,
    difference,
    history,
    keys,
    offline,
    policy,
    service,
    upkeep,
)

app = typer.Typer(
    name="graph-api",
    help="Keep track of machine-learning artifacts: which bytes exactly, where they came from, "
    "and what was made from them. Begin with `graph-api demo`.",
    epilog="The service's address is --url or GRAPH_API_URL (default http://localhost:8000); "
    "the project is --project or GRAPH_API_PROJECT.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_COMMANDS: tuple[Callable[..., None], ...] = (
    service.serve,
    service.demo,
    data.log,
    data.get,
    data.verify,
    data.lineage,
    difference.diff,
    data.runs,
    data.artifacts,
    data.search,
    deletion.delete,
    deletion.restore,
    history.history,
    history.rollback,
    policy.check,
    offline.sync,
    upkeep.sweep,
    upkeep.doctor,
)
for command in _COMMANDS:
    app.command()(command)
app.add_typer(audit.app)
app.add_typer(keys.app)
