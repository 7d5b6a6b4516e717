"""Nodes and edges of a lineage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

NODE = """\
__typename id kind label createdAt project { name }
... on Artifact { type version state }
... on Run { status }"""
EDGE = "source target kind role reused via"


@dataclass(frozen=True, slots=True)
class LineageNode:
    """An entity, ``depth`` edges away from the nearest root."""

    id: str
    kind: str
    """ARTIFACT, RUN, MODEL, DATASET, EXPERIMENT, PROJECT, …"""
    label: str
    depth: int
    detail: str
    """The type of an artifact, the status of a run; else empty."""
    project: str | None
    created_at: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any], depth: int) -> "LineageNode":
        project = data["project"]
        return cls(
            id=data["id"],
            kind=data["kind"],
            label=data["label"],
            depth=depth,
            detail=data.get("type") or data.get("status") or "",
            project=None if project is None else project["name"],
            created_at=datetime.fromisoformat(data["createdAt"]),
        )


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """Data flowed from ``source`` to ``target``."""

    source: str
    target: str
    kind: str
    """USED_BY (into a run), LOGGED_BY (out of a run) or LINKED_TO."""
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
