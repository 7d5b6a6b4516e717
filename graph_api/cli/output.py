"""What the commands print: tables, trees and JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from graph_api.client.artifact import Artifact
from graph_api.client.deletion import DeletePlan
from graph_api.client.lineage import Lineage
from graph_api.client.run import Run

# A pipe has no width; lines in it are not cut.
_WIDE = 10_000


def artifact_fields(artifact: Artifact) -> dict[str, Any]:
    record = artifact.record
    return {
        "id": record.id,
        "project": record.project,
        "name": record.name,
        "type": record.type,
        "version": record.version,
        "state": record.state,
        "digest": record.digest,
        "size": record.size,
        "fileCount": record.file_count,
        "description": record.description,
        "metadata": record.metadata,
        "aliases": record.aliases,
        "tags": record.tags,
        "committedAt": _iso(record.committed_at),
        "purgeAt": _iso(record.purge_at),
        "expiresAt": _iso(record.expires_at),
    }


def run_fields(run: Run) -> dict[str, Any]:
    record = run.record
    return {
        "id": record.id,
        "project": record.project,
        "key": record.key,
        "number": record.number,
        "name": record.name,
        "experiment": record.experiment,
        "status": record.status,
        "reason": record.reason,
        "parameters": record.parameters,
        "startedAt": _iso(record.started_at),
        "endedAt": _iso(record.ended_at),
    }


def plan_fields(plan: DeletePlan) -> dict[str, Any]:
    return {
        "artifacts": [artifact_fields(artifact) for artifact in plan.artifacts],
        "blockers": [asdict(blocker) for blocker in plan.blockers],
        "blockerCount": plan.blocker_count,
        "bytes": plan.bytes,
        "freedBytes": plan.freed_bytes,
    }


def _iso(at: datetime | None) -> str | None:
    return at and at.isoformat()


def clock(at: datetime | None) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else ""


def took(run: Run) -> str:
    ended = run.record.ended_at
    return f"{(ended - run.record.started_at).total_seconds():.1f} s" if ended else ""


def print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(
    columns: Iterable[str], rows: Iterable[tuple[str, ...]], *, more: bool = False
) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)
    if more:
        console.print("… and more: see --limit", style="dim")


def print_tree(lineage: Lineage) -> None:
    """The lineage as a tree; what is wider than the terminal is wrapped by it."""
    Console(width=_WIDE).print(lineage.tree())
