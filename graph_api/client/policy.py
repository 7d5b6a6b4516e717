"""Policies: what a project asks of versions that are promoted in it, and of all they came of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from graph_api.client.api import PAGE
from graph_api.client.errors import NotFound

if TYPE_CHECKING:
    from graph_api.client.artifact import Artifact
    from graph_api.client.client import Client

_FIELDS = (
    "policy { allowedLicenses forbiddenTags { tag barriers { project experiment } } "
    "requiredApprovals { name by } greatestAge hidden }"
)
_READ = f"query ($name: String!) {{ project(name: $name) {{ {_FIELDS} }} }}"
_CHECK = """\
query ($id: ID!, $project: String!, $first: Int, $after: String) {
  artifact(id: $id) { policyCheck(project: $project) { passes incompleteBecause
    violations(first: $first, after: $after) {
      nodes { rule value entity { id label } path message } pageInfo { hasNextPage endCursor }
    } } } }"""


@dataclass(frozen=True)
class Policy:
    """The rules of a project; those that are left out ask nothing."""

    allowed_licenses: Sequence[str] | None = None
    """SPDX identifiers: each version says one of these in its metadata, as ``license``, or came of
    others and says none."""
    forbidden_tags: Mapping[str, Sequence[tuple[str, str]]] = field(
        default_factory=dict[str, Sequence[tuple[str, str]]]
    )
    """Tags that nothing may have; with each its barriers, as names of a project and an experiment:
    the tag ends on each way that leads through one of its runs."""
    required_approvals: Mapping[str, Sequence[str] | None] = field(
        default_factory=dict[str, Sequence[str] | None]
    )
    """Approvals of the version itself, each by somebody else, who did not create it. With each the
    users who may give it; None for whoever may write to the version's project."""
    greatest_age: timedelta | None = None
    """Since the commit of each version that came of no other; in whole seconds."""
    hidden: Literal["REFUSE", "ALLOW"] = "REFUSE"
    """What becomes of a version that came of what whoever promotes it may not see."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Policy":
        licenses, age = data["allowedLicenses"], data["greatestAge"]
        return cls(
            allowed_licenses=None if licenses is None else tuple(licenses),
            forbidden_tags={
                it["tag"]: tuple((bar["project"], bar["experiment"]) for bar in it["barriers"])
                for it in data["forbiddenTags"]
            },
            required_approvals={
                it["name"]: None if it["by"] is None else tuple(it["by"])
                for it in data["requiredApprovals"]
            },
            greatest_age=None if age is None else timedelta(seconds=int(age)),
            hidden=data["hidden"],
        )

    def asked(self) -> dict[str, Any]:
        """The same as GraphQL takes it."""
        age = self.greatest_age
        return {
            "allowedLicenses": self.allowed_licenses,
            "forbiddenTags": [
                {
                    "tag": tag,
                    "barriers": [
                        {"project": project, "experiment": experiment}
                        for project, experiment in barriers
                    ],
                }
                for tag, barriers in self.forbidden_tags.items()
            ],
            "requiredApprovals": [
                {"name": name, "by": by} for name, by in self.required_approvals.items()
            ],
            "greatestAge": None if age is None else age // timedelta(seconds=1),
            "hidden": self.hidden,
        }


@dataclass(frozen=True)
class Violation:
    """A rule that something breaks; printed it is a sentence."""

    rule: str
    """LICENSE, TAG, APPROVAL or AGE."""
    value: str | None
    """The license, None where it is unknown; the tag; the approval; or the age in seconds."""
    id: str
    label: str
    path: tuple[str, ...]
    """Ids, from there to the version; ``(hidden)`` stands for what you may not see."""
    message: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Violation":
        return cls(
            rule=data["rule"],
            value=data["value"],
            id=data["entity"]["id"],
            label=data["entity"]["label"],
            path=tuple(data["path"]),
            message=data["message"],
        )

    def __str__(self) -> str:
        return f"{self.label}: {self.message}"


@dataclass(frozen=True)
class PolicyCheck:
    """How a version stands by a policy, as far as you see what it came of."""

    passes: bool
    """Whether it may be promoted."""
    incomplete_because: tuple[str, ...]
    """PERMISSION, TIMEOUT: why there may be other violations; empty where all was judged."""
    violations: tuple[Violation, ...]

    @property
    def complete(self) -> bool:
        """Whether all was judged."""
        return not self.incomplete_because


class Policies:
    """The policy of the client's project, or of another one."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def get(self, *, project: str | None = None) -> Policy | None:
        """The policy; None where there is none, NotFound where there is no such project."""
        name = self._client.named_project(project)
        found = self._client.execute(_READ, {"name": name})["project"]
        if found is None:
            raise NotFound(f"The service has no project {name!r}.")
        return found["policy"] and Policy.of(found["policy"])

    def set(self, policy: Policy | None, *, project: str | None = None) -> Policy | None:
        """Replace the policy, all of it; it takes the right to administer the project."""
        name = self._client.named_project(project)
        input = {"project": name, "policy": policy and policy.asked()}
        selection = f"project {{ {_FIELDS} }}"
        answer = self._client.api.mutate("setPolicy", "PolicyPayload", selection, input)
        found = answer["project"]["policy"]
        return found and Policy.of(found)

    def check(self, artifact: "str | Artifact", *, project: str | None = None) -> PolicyCheck:
        """Whether a version could be promoted in the project, and what stands against it."""
        variables = {
            "id": self._client.resolve(artifact),
            "project": self._client.named_project(project),
        }
        violations: list[Violation] = []
        page: dict[str, Any] = {"endCursor": None, "hasNextPage": True}
        check: dict[str, Any] = {}
        while page["hasNextPage"]:
            more = {"first": PAGE, "after": page["endCursor"]}
            found = self._client.execute(_CHECK, variables | more)["artifact"]
            if found is None:
                raise NotFound(f"The service has no artifact {variables['id']!r}.")
            check = found["policyCheck"]
            violations += [*map(Violation.of, check["violations"]["nodes"])]
            page = check["violations"]["pageInfo"]
        return PolicyCheck(check["passes"], tuple(check["incompleteBecause"]), tuple(violations))
