"""Judging: which rules of a policy a version breaks, by itself or by what it came of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph_api.models import instant
from graph_api.models.approval import Approval
from graph_api.models.policy import (
    ForbiddenTag,
    Policy,
    RequiredApproval,
    Rule,
    Unknown,
    Verdict,
    Version,
    Violation,
    Work,
)
from graph_api.services.lineage import Found
from graph_api.services.policy.ways import Onward, Ways


@dataclass(frozen=True)
class Case:
    """What is known of a version and all it came of, as far as the viewer sees it."""

    version: Version
    found: Found
    versions: Mapping[str, Version]
    runs: Sequence[Work] | None
    """None where not all were read: then nobody knows which ways lead through barriers."""
    approvals: Sequence[Approval]
    now: int
    """Microseconds since 1970 UTC."""


def judged(policy: Policy, case: Case) -> Verdict:
    """How a version stands by a policy."""
    judge = _Judge(policy, case)
    violations = [*judge.licenses(), *judge.tags(), *judge.approvals(), *judge.ages()]
    return Verdict(
        violations=tuple(sorted(violations, key=lambda it: it.place)),
        incomplete_because=tuple(case.found.reasons),
        unknown=judge.unknown(),
    )


class _Judge:
    def __init__(self, policy: Policy, case: Case) -> None:
        self._policy = policy
        self._case = case
        self._ways = Ways(case.found, case.version.id)
        self._onward = self._ways.onward()
        self._onwards = {frozenset[str](): self._onward}
        # Of what was not read to its end, nobody knows where it began.
        self._origins = [] if "TIMEOUT" in case.found.reasons else self._ways.origins()

    def licenses(self) -> Iterator[Violation]:
        if self._policy.allowed_licenses is None:
            return
        allowed = {it.casefold() for it in self._policy.allowed_licenses}
        for it in self._case.versions.values():
            license = it.license
            if license and not (license.is_text and license.told.casefold() in allowed):
                says = f"{it.id!r} has the license {license.told!r}, which is not allowed"
                yield self._violation("LICENSE", license.told, it.id, says)
        for origins in self._origins:
            if all(self._case.versions[id].license is None for id in origins):
                for id in origins:
                    says = f"the metadata of {id!r} says no license, nor did it come of another"
                    yield self._violation("LICENSE", None, id, says)

    def tags(self) -> Iterator[Violation]:
        for rule in self._policy.forbidden_tags:
            bearing = [it.id for it in self._case.versions.values() if rule.tag in it.tags]
            onward = self._unbarred(rule) if bearing else None
            for id in bearing:
                if onward and id in onward.steps:
                    says = f"{id!r} has the tag {rule.tag!r}, which is forbidden"
                    yield self._violation("TAG", rule.tag, id, says, onward)

    def _unbarred(self, rule: ForbiddenTag) -> Onward | None:
        """The ways that lead through no barrier of a rule; None where nobody knows them."""
        if not rule.barriers:
            return self._onward
        if self._case.runs is None:
            return None
        barriers = {(it.project, it.experiment) for it in rule.barriers}
        barred = frozenset(
            it.id for it in self._case.runs if (it.project, it.experiment) in barriers
        )
        # Rules mostly have the same barriers, and violations keep their ways.
        if barred not in self._onwards:
            self._onwards[barred] = self._ways.onward(barred)
        return self._onwards[barred]

    def approvals(self) -> Iterator[Violation]:
        version = self._case.version
        for it in self._lacking():
            says = (
                f"it lacks the approval {it.name!r} of somebody who neither created it nor gives "
                "another that is required"
            )
            yield self._violation("APPROVAL", it.name, version.id, says)

    def _lacking(self) -> list[RequiredApproval]:
        """The required approvals that remain where each of the others has a person of its own."""
        people = {
            it.name: [
                approval.by
                for approval in self._case.approvals
                if approval.name == it.name
                and approval.by != self._case.version.created_by
                and (it.by is None or approval.by in it.by)
            ]
            for it in self._policy.required_approvals
        }
        gives: dict[str, str] = {}

        def given(name: str, asked: set[str]) -> bool:
            """Whether somebody gives it, if need be by somebody else giving what they did."""
            for person in people[name]:
                if person in asked:
                    continue
                asked.add(person)
                if person not in gives or given(gives[person], asked):
                    gives[person] = name
                    return True
            return False

        return [it for it in self._policy.required_approvals if not given(it.name, set())]

    def ages(self) -> Iterator[Violation]:
        greatest = self._policy.greatest_age
        if greatest is None:
            return
        for id in (id for origins in self._origins for id in origins):
            committed = instant.microseconds(self._case.versions[id].committed_at)
            age = (self._case.now - committed) // instant.SECOND
            if age > greatest:
                says = f"{id!r} was committed {age:,} seconds ago; at most {greatest:,} are allowed"
                yield self._violation("AGE", str(age), id, says)

    def unknown(self) -> Unknown | None:
        """As :attr:`Verdict.unknown`."""
        found = self._case.found
        if "TIMEOUT" in found.reasons:
            return Unknown("TIMEOUT")
        if "PERMISSION" in found.reasons and self._policy.hidden == "REFUSE":
            # What is moved during the walk can have been shown before it was hidden.
            nearest = next((id for id in self._onward.steps if id in found.hidden), None)
            return Unknown("PERMISSION", self._onward.path(nearest) if nearest else ())
        return None

    def _violation(
        self, rule: Rule, value: str | None, id: str, says: str, onward: Onward | None = None
    ) -> Violation:
        along = onward or self._onward
        return Violation(rule, value, id, along.distances[id], says, along.path)
