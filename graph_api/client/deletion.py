"""Deleting versions: the plan, the deletion, and the way back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from graph_api.client.artifact import Artifact
from graph_api.client.records import ARTIFACT

if TYPE_CHECKING:
    from graph_api.client.client import Client

_PLAN = f"""\
bytes freedBytes blockerCount
artifacts {{ {ARTIFACT} }}
blockers {{ reason aliases path entity {{ id kind label }} }}"""

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that needs a version that is to be deleted."""

    reason: str
    """ALIAS, MEMBER (of a model or dataset), LINK, RUNNING, REFERENCE (to one of its files), or
    HIDDEN."""
    id: str | None
    """None, as kind and label are, for what the caller may not see."""
    kind: str | None
    """ARTIFACT, RUN, MODEL, …"""
    label: str | None
    """What to call it, like ``digits:v0``."""
    aliases: tuple[str, ...]
    """The names that point at it, where they are the reason."""
    path: tuple[str, ...]
    """Ids along which data flows, from the version to this; ``(hidden)`` for what is hidden."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Blocker":
        entity: Mapping[str, str] = data["entity"] or {}
        return cls(
            reason=data["reason"],
            id=entity.get("id"),
            kind=entity.get("kind"),
            label=entity.get("label"),
            aliases=tuple(data["aliases"]),
            path=tuple(data["path"]),
        )

    def __str__(self) -> str:
        said = [self.reason, self.label or "(hidden)"]
        if self.aliases:
            said.append(f"({', '.join(self.aliases)})")
        if len(self.path) > 2:
            said.append(f"{len(self.path) - 1} steps away")
        return " ".join(said)


@dataclass(frozen=True, slots=True, repr=False)
class DeletePlan:
    """What it means to delete some versions; shown or printed it is a sentence and a list."""

    artifacts: tuple[Artifact, ...]
    """Those whose bytes have not gone, by id."""
    blockers: tuple[Blocker, ...]
    """What needs them, the nearest first: at most 100."""
    blocker_count: int
    bytes: int
    """Of all their files."""
    freed_bytes: int
    """That go from the store, manifests and kept zips included; what others contain stays."""

    @classmethod
    def of(cls, client: "Client", data: Mapping[str, Any]) -> "DeletePlan":
        return cls(
            artifacts=tuple(Artifact.of(client, artifact) for artifact in data["artifacts"]),
            blockers=tuple(map(Blocker.of, data["blockers"])),
            blocker_count=data["blockerCount"],
            bytes=int(data["bytes"]),
            freed_bytes=int(data["freedBytes"]),
        )

    def __str__(self) -> str:
        names = ", ".join(_first(self.artifacts, len(self.artifacts))) or "nothing"
        sizes = f"{self.bytes:,} B of files; {self.freed_bytes:,} B go from the store"
        needed = f"needed by {self.blocker_count:,}:" if self.blocker_count else "needed by nothing"
        blockers = _first(self.blockers, self.blocker_count)
        return "\n  ".join([f"{names}: {sizes}; {needed}", *blockers])

    __repr__ = __str__


def plan(client: "Client", ids: Iterable[str]) -> DeletePlan:
    """What it would mean to delete these versions."""
    document = f"query ($ids: [ID!]!) {{ deletePlan(artifacts: $ids) {{ {_PLAN} }} }}"
    return DeletePlan.of(client, client.execute(document, {"ids": list(ids)})["deletePlan"])


def delete(client: "Client", ids: Iterable[str], *, force: bool) -> DeletePlan:
    """Delete these versions; the plan that was carried out."""
    answer = client.api.mutate(
        "deleteArtifacts",
        "DeletePayload",
        f"plan {{ {_PLAN} }}",
        {"artifacts": list(ids), "force": force},
        "... on NeededError { path }",
    )
    return DeletePlan.of(client, answer["plan"])


def restore(client: "Client", ids: Iterable[str]) -> list[Artifact]:
    """Take these versions back; they come in the order given."""
    selection = f"artifacts {{ {ARTIFACT} }}"
    input = {"artifacts": list(ids)}
    answer = client.api.mutate("restoreArtifacts", "RestorePayload", selection, input)
    return [Artifact.of(client, artifact) for artifact in answer["artifacts"]]


def _first(things: Iterable[object], count: int) -> list[str]:
    """The first of so many things as texts, and how many more there are."""
    shown = [str(thing) for thing in islice(things, _SHOWN)]
    return [*shown, f"… and {count - len(shown):,} more"] if count > len(shown) else shown
