"""Why one version or run is not what an earlier one is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Literal, Self, TypeVar

from graph_api.client.api import PAGE, Api
from graph_api.client.as_of import AsOf, said
from graph_api.client.difference import DIFF, Difference
from graph_api.client.lineage.nodes import NODE, RUN_NODE, LineageNode
from graph_api.client.records import moment

_VALUES = "path change before after"
_ENTITIES = f"change before {{ {NODE} }} after {{ {NODE} }}"
_ASKED = "$earlier: ID!, $later: ID!, $asOf: AsOf"
_FIELD = "lineageDiff(before: $earlier, after: $later, asOf: $asOf)"

_QUERY = f"""\
query Difference({_ASKED}) {{
  {_FIELD} {{
    asOf {{ seq at }} complete incompleteBecause before {{ {NODE} }} after {{ {NODE} }}
    metadata {{ {_VALUES} }}
    run {{
      before {{ {RUN_NODE} }} after {{ {RUN_NODE} }}
      parameters {{ {_VALUES} }} metrics {{ {_VALUES} }}
      metadata {{ {_VALUES} }} systemMetadata {{ {_VALUES} }}
    }}
  }}
}}"""

Kind = Literal["ADDED", "CHANGED", "REMOVED"]
_SIGNS: dict[Kind, str] = {"ADDED": "+", "CHANGED": "~", "REMOVED": "-"}
_FEW = 10

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """A value that differs; None for none, and for a null."""

    path: str
    """The keys that lead to it, with dots between."""
    change: Kind
    before: Any
    after: Any

    def __str__(self) -> str:
        """As ``~ optimizer.rate: 0.1 → 0.01``."""
        ends = {"ADDED": [self.after], "REMOVED": [self.before]}
        values = ends.get(self.change, [self.before, self.after])
        return f"{_SIGNS[self.change]} {self.path}: {' → '.join(map(repr, values))}"


@dataclass(frozen=True, slots=True)
class EntityDifference:
    """Something that one has and the other has not, beside its counterpart."""

    change: Kind
    before: LineageNode | None
    after: LineageNode | None

    def __str__(self) -> str:
        """As ``~ scans:v3 → scans:v4``."""
        ends = (node.label for node in (self.before, self.after) if node)
        return f"{_SIGNS[self.change]} {' → '.join(ends)}"

    @classmethod
    def of(cls, data: Mapping[str, Any], **more: Any) -> Self:
        before, after = (data[end] and LineageNode.of(data[end], 0, ()) for end in _ENDS)
        return cls(data["change"], before, after, **more)


_ENDS = "before", "after"


@dataclass(frozen=True, slots=True)
class AncestorDifference(EntityDifference):
    """Something that only one of the two came of, beside its counterpart."""

    depth: int
    """Edges from the later of the two, or from the earlier where only that came of it."""
    begins: bool
    """Whether nothing that flowed into it differs, or is hidden: the difference begins here."""


@dataclass(frozen=True)
class LineageDiff:
    """Why one version or run is not what an earlier one is, as of one moment.

    If ``complete`` is true, ``inputs`` and ``ancestors`` are all that differs; PERMISSION says that
    some of it is what you may not see. Printed, it is a summary.
    """

    seq: int
    """Number of the newest change that it can show."""
    at: datetime
    """When that change was made, in UTC."""
    complete: bool
    incomplete_because: tuple[str, ...]
    before: LineageNode
    after: LineageNode
    metadata: tuple[ValueDifference, ...]
    """Of the two versions, or runs."""
    runs: tuple[LineageNode | None, LineageNode | None]
    """That made them, or that they are; None where you see none."""
    parameters: tuple[ValueDifference, ...]
    """Of the runs, as are the following."""
    metrics: tuple[ValueDifference, ...]
    run_metadata: tuple[ValueDifference, ...]
    run_system_metadata: tuple[ValueDifference, ...]
    code: tuple[EntityDifference, ...]
    """Versions of type ``code`` that they used or logged."""
    inputs: tuple[EntityDifference, ...]
    """What flowed directly into the two, or into their runs."""
    ancestors: tuple[AncestorDifference, ...]
    """All that flowed into the two, where the difference begins first."""
    _api: Api = field(repr=False, compare=False)

    def files(self) -> Iterator[Difference]:
        """The files in which two versions differ, read as you go; none of runs."""
        before, after = self.before.id, self.after.id
        if self.after.kind == "ARTIFACT":
            for page in self._api.pages(DIFF, {"id": after, "since": before}, "artifact", "diff"):
                yield from (Difference.of(node, before, after) for node in page["nodes"])

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON has it; of the files their paths."""
        values = {
            "metadata": self.metadata,
            "parameters": self.parameters,
            "metrics": self.metrics,
            "runMetadata": self.run_metadata,
            "runSystemMetadata": self.run_system_metadata,
        }
        ends = {
            name: [
                {"change": it.change, "before": _label(it.before), "after": _label(it.after)}
                for it in getattr(self, name)
            ]
            for name in ("code", "inputs", "ancestors")
        }
        for shown, it in zip(ends["ancestors"], self.ancestors, strict=True):
            shown |= {"depth": it.depth, "begins": it.begins}
        return {
            "asOf": {"seq": self.seq, "at": self.at.isoformat()},
            "complete": self.complete,
            "incompleteBecause": [*self.incomplete_because],
            "before": self.before.label,
            "after": self.after.label,
            "runs": [*map(_label, self.runs)],
            **{name: [asdict(it) for it in found] for name, found in values.items()},
            **ends,
            "files": [{"change": it.change, "path": it.path} for it in self.files()],
        }

    def __str__(self) -> str:
        """What differs, a line each; of what is many, the first ten."""
        begins = [it for it in self.ancestors if it.begins]
        told: list[tuple[str, list[Any]]] = [
            ("begins with", begins),
            ("parameters", [*self.parameters]),
            ("code", [*self.code]),
            ("inputs", [*self.inputs]),
            ("run notes", [*self.run_metadata, *self.run_system_metadata]),
            ("metrics", [*self.metrics]),
            ("metadata", [*self.metadata]),
            ("files", [f"{_SIGNS[it.change]} {it.path}" for it in islice(self.files(), _FEW + 1)]),
        ]
        lines = [f"{self.after.label} differs from {self.before.label}:"]
        for title, items in told:
            if items:
                lines.append(f"  {title}")
                lines += [f"    {item}" for item in items[:_FEW]]
            if len(items) > _FEW:
                lines.append("    …")
        if len(lines) == 1:
            lines = [f"{self.after.label} does not differ from {self.before.label}."]
        if not self.complete:
            lines.append(f"  not all of it: {', '.join(self.incomplete_because)}")
        return "\n".join(lines)


def difference(api: Api, before: str, after: str, as_of: AsOf | None) -> LineageDiff:
    """Why the later of two versions or runs is not what the earlier is."""
    asked: dict[str, Any] = {"earlier": before, "later": after, "asOf": said(as_of)}
    data = api.execute(_QUERY, asked)["lineageDiff"]
    asked["asOf"] = data["asOf"]["seq"]
    because = dict.fromkeys(data["incompleteBecause"])

    def listed(
        name: str, selection: str, of: Callable[[Mapping[str, Any]], Item]
    ) -> tuple[Item, ...]:
        found: list[Item] = []
        page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
        while page["hasNextPage"]:
            more = {"first": PAGE, "after": page["endCursor"]}
            answer = api.execute(_page(name, selection), asked | more)["lineageDiff"]
            # Each page is an answer of its own, of the same moment.
            because.update(dict.fromkeys(answer["incompleteBecause"]))
            found += map(of, answer["listed"]["nodes"])
            page = answer["listed"]["pageInfo"]
        return tuple(found)

    code = listed("code", _ENTITIES, EntityDifference.of)
    inputs = listed("inputs", _ENTITIES, EntityDifference.of)
    ancestors = listed("ancestors", f"{_ENTITIES} depth begins", _ancestor)

    run = data["run"]
    earlier, later = (run[end] and LineageNode.of(run[end], 0, ()) for end in _ENDS)
    return LineageDiff(
        seq=data["asOf"]["seq"],
        at=moment(data["asOf"]["at"]),
        complete=not because,
        incomplete_because=tuple(because),
        before=LineageNode.of(data["before"], 0, ()),
        after=LineageNode.of(data["after"], 0, ()),
        metadata=_values(data["metadata"]),
        runs=(earlier, later),
        parameters=_values(run["parameters"]),
        metrics=_values(run["metrics"]),
        run_metadata=_values(run["metadata"]),
        run_system_metadata=_values(run["systemMetadata"]),
        code=code,
        inputs=inputs,
        ancestors=ancestors,
        _api=api,
    )


def _label(node: LineageNode | None) -> str | None:
    return node and node.label


def _page(name: str, selection: str) -> str:
    return (
        f"query ({_ASKED}, $first: Int, $after: String) {{ {_FIELD} {{ incompleteBecause "
        f"listed: {name}(first: $first, after: $after) {{ nodes {{ {selection} }} "
        "pageInfo { hasNextPage endCursor } } } }"
    )


def _values(rows: list[dict[str, Any]]) -> tuple[ValueDifference, ...]:
    return tuple(ValueDifference(**row) for row in rows)


def _ancestor(data: Mapping[str, Any]) -> AncestorDifference:
    return AncestorDifference.of(data, depth=data["depth"], begins=data["begins"])
