"""Gates that ask Neo4j: how it would run a statement, and what its constraints see."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from neo4j import Session

from graph_api.graph import Query
from tests.structure.source import Statement

_SORTS = {"Sort", "Top", "PartialSort", "PartialTop"}


def faults(session: Session, query: Query[Any], **parameters: Any) -> list[str]:
    """What is wrong with how Neo4j would run a statement: warnings, scans, sorts of lists.

    A header with ``scan:`` says why scans and sorts are right where they are.
    """
    statement = Statement(query.name, query.text)
    summary = session.run("EXPLAIN " + query.text, {**statement.announced, **parameters}).consume()
    found = [
        f"{query.name}: {status.status_description}"
        for status in summary.gql_status_objects
        if status.is_notification
    ]
    if re.search(r"^scan: \w", statement.header, re.M):
        return found
    plan = cast("dict[str, Any]", summary.plan)  # pyright: ignore[reportUnknownMemberType]  # untyped
    forbidden = {
        name
        for name in _operators(plan)
        if name.endswith("Scan")
        or name == "CartesianProduct"
        or (name in _SORTS and _lists(statement))
    }
    return found + [f"{query.name}: {name}" for name in sorted(forbidden)]


def indexed(session: Session, query: Query[Any], **parameters: Any) -> set[str]:
    """The keys by whose ranges a statement looks into indexes."""
    summary = session.run("EXPLAIN " + query.text, parameters).consume()
    plan = cast("dict[str, Any]", summary.plan)  # pyright: ignore[reportUnknownMemberType]  # untyped
    return {
        f"{variable}.{key}"
        for operator, details in _detailed(plan)
        if operator == "NodeIndexSeekByRange"
        for variable, key in re.findall(r"INDEX (\w+):\w+\((\w+)\)", details)
    }


def _detailed(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield plan["operatorType"].partition("@")[0], str(plan["args"].get("Details"))
    for child in plan.get("children", []):
        yield from _detailed(child)


def _lists(statement: Statement) -> bool:
    return statement.name.partition("/")[2].startswith("list") or "first" in statement.parameters


def _operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", []):
        yield from _operators(child)


def composites(root: Path) -> list[tuple[str, list[str]]]:
    """The label and the properties of every uniqueness constraint over more than one."""
    text = "\n".join(path.read_text() for path in sorted((root / "cypher/constraints").iterdir()))
    return [
        (label, re.findall(r"n\.(\w+)", parts))
        for label, parts in re.findall(r"FOR \(n:(\w+)\)\s+REQUIRE \(([^)]+)\) IS UNIQUE", text)
    ]


def gaps(session: Session, label: str, keys: list[str]) -> list[str]:
    """Properties that a node of the label lacks: a constraint over them does not hold for it."""
    record = session.run(
        """
        MATCH (n) WHERE $label IN labels(n)
        RETURN count(n) AS nodes, collect([key IN $keys WHERE n[key] IS NULL]) AS missing
        """,
        label=label,
        keys=keys,
    ).single(strict=True)
    if not record["nodes"]:
        return [f"There is no {label} to look at."]
    missing = {key for keys in record["missing"] for key in keys}
    return [f"A {label} can lack {key}." for key in sorted(missing)]
