"""Tables in Markdown, and the file that keeps those of every part."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson

from graph_api.supervisor import jars

RESULTS = Path(__file__).with_name("results.md")

_TITLE = "# What `make bench` measured last\n"
_PACKAGES = ("neo4j", "strawberry-graphql", "uvicorn", "uvloop")
_NPM = Path(__file__).parent / "peers" / "neo4j_graphql" / "package-lock.json"
_NPM_PACKAGES = ("@neo4j/graphql", "@apollo/server", "neo4j-driver", "autocannon")


@dataclass(frozen=True)
class Table:
    """Rows under a title; what is to be known to read them stands below."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        """The first column is words, the others are numbers."""
        lines = [self.columns, ["---", *(["--:"] * (len(self.columns) - 1))], *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return "\n\n".join(part for part in (f"### {self.title}", table, self.note) if part)


def conditions() -> str:
    """Where and when this is, on what versions."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    day = datetime.now(UTC).date().isoformat()
    locked = orjson.loads(_NPM.read_bytes())["packages"]
    versions = [
        f"Neo4j {jars.VERSION}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in _PACKAGES),
        *(f"{name} {locked[f'node_modules/{name}']['version']}" for name in _NPM_PACKAGES),
    ]
    return f"{day}; {machine}; {', '.join(versions)}."


def keep(part: str, tables: Sequence[Table]) -> None:
    """Put the tables of a part in the place of those before; the other parts stay.

    With them stands where and when they were measured, since each part has its own day.
    """
    made = "\n\n".join([f"## {part}", conditions(), *(table.markdown() for table in tables)])
    known = RESULTS.read_text("utf-8") if RESULTS.exists() else _TITLE
    first, *sections = re.split(r"^(?=## )", known, flags=re.M)
    others = [it.strip() for it in sections if not it.startswith(f"## {part}\n")]
    RESULTS.write_text("\n\n".join([first.strip(), *sorted([*others, made])]) + "\n", "utf-8")
