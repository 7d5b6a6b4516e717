"""Nodes and edges of a lineage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_OF_ALL = "__typename id kind label createdAt project { name }"
NODE = f"""\
{_OF_ALL}
... on Artifact {{ type version state }}
... on Run {{ status }}"""
RUN_NODE = f"{_OF_ALL} status"
EDGE = "source target kind role reused via"
REGION = "number depth sources targets"

HIDDEN = "HIDDEN"


@dataclass(frozen=True, slots=True)
class LineageNode:
    """An entity, ``depth`` edges away from the nearest root.

    Or, of kind HIDDEN, entities that are connected and that you may not see, drawn together to one:
    its id counts from ``hidden:1`` and holds in this answer only.
    """

    id: str
    kind: str
    """ARTIFACT, RUN, MODEL, DATASET, EXPERIMENT, PROJECT, …, HIDDEN"""
    label: str
    depth: int
    detail: str
    """The type of an artifact, the status of a run; else empty."""
    project: str | None
    created_at: datetime | None
    """None for what is hidden."""
    roots: tuple[str, ...] = field(default=(), compare=False)
    """Ids of the roots from which the walk comes to it; a stream does not tell them."""

    @classmethod
    def of(cls, data: Mapping[str, Any], depth: int, roots: Iterable[str]) -> "LineageNode":
        project = data["project"]
        return cls(
            id=data["id"],
            kind=data["kind"],
            label=data["label"],
            depth=depth,
            detail=data.get("type") or data.get("status") or "",
            project=None if project is None else project["name"],
            created_at=datetime.fromisoformat(data["createdAt"]),
            roots=tuple(roots),
        )

    @classmethod
    def told(cls, row: Mapping[str, Any]) -> "LineageNode":
        """One as a stream tells it."""
        return cls(
            id=row["id"],
            kind=row["kind"],
            label=row["label"],
            depth=row["depth"],
            detail=row["type"] or row["status"] or "",
            project=row["project"],
            created_at=datetime.fromisoformat(row["createdAt"]),
        )

    @classmethod
    def hidden(cls, region: Mapping[str, Any]) -> "LineageNode":
        """What stands for a hidden region."""
        return cls(_id(region), HIDDEN, "(hidden)", region["depth"], "", None, None)


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """Data flowed from ``source`` to ``target``."""

    source: str
    target: str
    kind: str
    """USED_BY (into a run), LOGGED_BY (out of a run), LINKED_TO, or HIDDEN where an end is."""
    role: str | None
    """What a link makes of the source, like "training dataset"."""
    reused: bool
    """The run logged content that was there already."""
    via: str | None
    """Id of the model or dataset through which a run used the version."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "LineageEdge":
        return cls(
            source=data["source"],
            target=data["target"],
            kind=data["kind"],
            role=data["role"],
            reused=data["reused"],
            via=data["via"],
        )

    @classmethod
    def around(cls, region: Mapping[str, Any]) -> "list[LineageEdge]":
        """The edges into a hidden region and out of it."""
        id = _id(region)
        ends = [(source, id) for source in region["sources"]]
        ends += [(id, target) for target in region["targets"]]
        return [
            cls(source, target, HIDDEN, role=None, reused=False, via=None)
            for source, target in ends
        ]


def _id(region: Mapping[str, Any]) -> str:
    return f"hidden:{region['number']}"
