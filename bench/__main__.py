"""``python -m bench``: measures every part, or those that are named; keeps ``results.md``."""

from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from bench import attacks, closures, lineage, report, requests, start, streams, transfers
from bench.measure import Effort
from bench.report import Table

Part = Callable[[Effort], Iterable[Table]]

# Each measures one thing, and says by what it is bound.
PARTS: dict[str, Part] = {
    "requests": requests.run,
    "closures": closures.run,
    "streams": streams.run,
    "lineage": lineage.run,
    "attacks": attacks.run,
    "transfers": transfers.run,
    "start": start.run,
}


def main(
    parts: Annotated[list[str] | None, typer.Argument(help="All unless named.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each side is measured.")] = 3,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each time.")] = 5,
    small: Annotated[bool, typer.Option("--small", help="Try it; results.md stays.")] = False,
) -> None:
    """Measure the service beside its peers."""
    effort = Effort(rounds, seconds, small)
    for name in parts or PARTS:
        if name not in PARTS:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(PARTS)}.")
        tables: list[Table] = []
        for table in PARTS[name](effort):
            print(f"\n{table.markdown()}", flush=True)
            tables.append(table)
        if not small:
            report.keep(name, tables)


if __name__ == "__main__":
    typer.run(main)
