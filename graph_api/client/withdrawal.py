"""Withdrawals: what must not be relied on, and the report of what came of it."""

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

from graph_api.client.api import Api
from graph_api.client.errors import NotFound, Refused
from graph_api.client.lineage import PAGE_OF_IT, Lineage, read
from graph_api.client.records import moment

TAINT = "path withdrawal { reason at by }"

_RECALL = f"""\
query Recall($id: ID!, $first: Int, $after: String, $whole: Boolean!) {{
  node(id: $id) {{ ... on Entity {{ withdrawal {{
    reason at by
    clearances @include(if: $whole) {{ entityId reason at by }}
    tainted {{ {PAGE_OF_IT} }}
  }} }} }}
}}"""


@dataclass(frozen=True)
class Taint:
    """A withdrawal that something came of, and a shortest way along which it did."""

    path: tuple[str, ...]
    """Ids, from what was withdrawn on; ``(hidden)`` stands for what you may not see."""
    reason: str | None
    """Why it was withdrawn; None where you may not see it."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Taint":
        withdrawal = data["withdrawal"]
        return cls(tuple(data["path"]), withdrawal and withdrawal["reason"])


@dataclass(frozen=True)
class Clearance:
    """Somebody's word that something may be relied on in spite of a withdrawal."""

    id: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Recalled:
    """Something that came of what was withdrawn, and a shortest way along which it did."""

    id: str
    kind: str
    label: str
    project: str | None
    depth: int
    path: tuple[str, ...]


@dataclass(frozen=True)
class Recall:
    """The report of a withdrawal: all that must not be relied on, as of one moment.

    If ``complete`` is true, nothing is missing; PERMISSION says that some of it came through, or
    is, what you may not see.
    """

    id: str
    reason: str
    at: datetime
    by: str
    clearances: tuple[Clearance, ...]
    lineage: Lineage
    """The same as a graph."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.lineage.complete

    @property
    def tainted(self) -> tuple[Recalled, ...]:
        """All that came of it, the nearest first; what was withdrawn itself is not among it."""
        ways = _ways(self.lineage, self.id)
        return tuple(
            Recalled(node.id, node.kind, node.label, node.project, node.depth, ways[node.id])
            for node in self.lineage.nodes
            if node.id in ways and node.id != self.id and node.kind != "HIDDEN"
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "withdrawn": self.id,
            "reason": self.reason,
            "at": self.at.isoformat(),
            "by": self.by,
            "asOf": {"seq": self.lineage.seq, "at": self.lineage.at.isoformat()},
            "complete": self.complete,
            "incompleteBecause": list(self.lineage.incomplete_because),
            "clearances": [asdict(it) | {"at": it.at.isoformat()} for it in self.clearances],
            "tainted": [asdict(it) for it in self.tainted],
        }

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the report as JSON; the path."""
        target = Path(path)
        target.write_text(json.dumps(self.to_dict(), indent=2) + "\n", encoding="utf-8")
        return target


def recall(api: Api, id: str) -> Recall:
    """The report of a withdrawal that stands."""
    said: dict[str, Any] = {}

    def ask(more: Mapping[str, Any]) -> dict[str, Any]:
        node = api.execute(_RECALL, {"id": id, **more})["node"]
        if node is None:
            raise NotFound(f"There is no {id!r}.")
        if node["withdrawal"] is None:
            raise Refused(f"{id!r} is not withdrawn.", "NOT_WITHDRAWN")
        said.update(node["withdrawal"])
        return node["withdrawal"]["tainted"]

    found = read(ask, [id], "DOWNSTREAM")
    return Recall(
        id=id,
        reason=said["reason"],
        at=moment(said["at"]),
        by=said["by"],
        clearances=tuple(
            Clearance(it["entityId"], it["reason"], moment(it["at"]), it["by"])
            for it in said["clearances"]
        ),
        lineage=found,
    )


def _ways(lineage: Lineage, root: str) -> dict[str, tuple[str, ...]]:
    """A shortest way to each node."""
    onward = defaultdict[str, list[str]](list)
    for edge in lineage.edges:
        onward[edge.source].append(edge.target)
    hidden = {node.id for node in lineage.nodes if node.kind == "HIDDEN"}
    ways: dict[str, tuple[str, ...]] = {root: (root,)}
    waiting = deque([root])
    while waiting:
        near = waiting.popleft()
        for far in sorted(onward[near]):
            if far not in ways:
                ways[far] = (*ways[near], "(hidden)" if far in hidden else far)
                waiting.append(far)
    return ways
