"""Approvals: somebody's word that a version is in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_api.client.entity import Entity
from graph_api.client.records import moment

_FIELDS = "approvals { name note at by }"


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's word that a version is in order, which stands until it is revoked."""

    name: str
    """As what it is approved, such as ``legal``."""
    note: str
    at: datetime
    by: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Approval":
        return cls(data["name"], data["note"], moment(data["at"]), data["by"])


class Approvable(Entity):
    """A version that people approve; a project's policy says which approvals a promotion needs."""

    def approve(self, name: str, note: str = "") -> list[Approval]:
        """Say that this is in order, as ``legal``, say; the approvals that stand then.

        Of several by you under one name the last counts.
        """
        input = {"artifact": self.id, "as": name, "note": note}
        return self._approved("approve", input)

    def revoke_approval(self, name: str, by: str | None = None) -> list[Approval]:
        """Take your approval back, or another user's if you administer the project."""
        input = {"artifact": self.id, "as": name, "by": by}
        return self._approved("revokeApproval", input)

    def approvals(self) -> list[Approval]:
        """The approvals of this that stand, the oldest first."""
        document = f"query ($id: ID!) {{ artifact(id: $id) {{ {_FIELDS} }} }}"
        found = self.client.execute(document, {"id": self.id})["artifact"]
        return [*map(Approval.of, found["approvals"])]

    def _approved(self, verb: str, input: Mapping[str, Any]) -> list[Approval]:
        selection = f"artifact {{ {_FIELDS} }}"
        answer = self.client.api.mutate(verb, "ApprovalPayload", selection, input)
        return [*map(Approval.of, answer["artifact"]["approvals"])]
