"""Verdicts: what is judged of a case that is known, without a graph."""

import tracemalloc
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from graph_api.models import instant
from graph_api.models.approval import Approval
from graph_api.models.lineage import Hop
from graph_api.models.policy import (
    Barrier,
    ForbiddenTag,
    Policy,
    RequiredApproval,
    Unknown,
    Version,
    Work,
)
from graph_api.services.lineage import Found
from graph_api.services.policy.judge import Case, judged

USERS = ("ada", "grace", "joan", "mary")
NAMES = ("fair", "legal", "safe")
EPOCH = instant.of(0)


@given(
    st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(USERS))),
    st.dictionaries(
        st.sampled_from(NAMES), st.none() | st.sets(st.sampled_from(USERS), min_size=1)
    ),
)
def test_approvals_suffice_where_each_can_be_given_by_somebody_else(
    given_by: set[tuple[str, str]], required: dict[str, set[str] | None]
) -> None:
    asked = Policy(
        required_approvals=tuple(
            RequiredApproval(name=name, by=None if by is None else tuple(sorted(by)))
            for name, by in required.items()
        )
    )
    version = Version(id="v", license=None, tags=(), committed_at=EPOCH, created_by="ada")
    approvals = [
        Approval(artifact_id="v", name=name, note="", at=EPOCH, by=user, since=1)
        for name, user in sorted(given_by)
    ]
    case = Case(version, Found(depths={"v": 0}), {"v": version}, (), approvals, 0)

    verdict = judged(asked, case)

    def counts(name: str, user: str) -> bool:
        by = required[name]
        return (name, user) in given_by and user != "ada" and (by is None or user in by)

    # Each order in which people could stand beside the names.
    most = max(
        sum(counts(*one) for one in zip(required, order, strict=False))
        for order in permutations(USERS, len(required))
    )
    lacking = [it.value for it in verdict.violations]
    assert len(lacking) == len(required) - most
    assert set(lacking) <= set(required)
    assert verdict.passes == (not lacking)


def chain(length: int, runs: tuple[Work, ...] | None = ()) -> Case:
    """The case of the last of versions that came of each other, all with the tag ``pii``."""
    ids = [f"artifact_{number}" for number in range(length)]
    versions = {
        id: Version(id=id, license=None, tags=("pii",), committed_at=EPOCH, created_by="ada")
        for id in ids[::-1]
    }
    found = Found(depths={id: depth for depth, id in enumerate(versions)})
    found.edges = [
        Hop(source=source, target=target, kind="LINKED_TO", project_id="p")
        for source, target in pairwise(ids)
    ]
    return Case(versions[ids[-1]], found, versions, runs, (), 0)


PII = Policy(forbidden_tags=(ForbiddenTag(tag="pii"),))


def test_a_long_chain_of_violations_keeps_no_path_of_each() -> None:
    # Half as many ids as its square would take 36 MB.
    case = chain(3_000)

    tracemalloc.start()
    try:
        verdict = judged(PII, case)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 16_000_000
    assert [it.distance for it in verdict.violations] == [*range(3_000)]
    assert verdict.violations[-1].path == tuple(f"artifact_{number}" for number in range(3_000))


def test_a_barrier_that_was_not_read_in_time_makes_no_violation() -> None:
    barriers = (Barrier(project="digits", experiment="wash"),)
    rules = Policy(forbidden_tags=(ForbiddenTag(tag="pii", barriers=barriers),))

    known, unknown = (judged(rules, chain(2, runs=runs)) for runs in ((), None))

    assert [it.entity_id for it in known.violations] == ["artifact_1", "artifact_0"]
    assert unknown.violations == ()


def test_what_is_hidden_is_unknown_though_no_way_leads_from_it() -> None:
    case = chain(2)
    # As where something was moved out of sight after it had been met.
    case.found.reasons["PERMISSION"] = None

    verdict = judged(Policy(greatest_age=60), case)

    assert (verdict.passes, verdict.unknown) == (False, Unknown("PERMISSION"))


def version(license: list[object]) -> Version:
    row = {"id": "v", "tags": (), "committed_at": EPOCH, "created_by": "ada"}
    return Version.model_validate(row | {"license": license})


def test_a_license_is_whatever_the_metadata_say_but_null_and_blank_texts() -> None:
    def told(property: object, metadata: str | None = None) -> tuple[str, bool] | None:
        license = version([property, metadata]).license
        return license and (license.told, license.is_text)

    deep = "[" * 300 + "]" * 300
    assert told(None, f'{{"license":{deep}}}') == ("[" * 200, False)
    assert told(None, '{"license":[]}') == ("[]", False)
    assert told(None, '{"license":{"id":"MIT"}}') == ('{"id":"MIT"}', False)
    assert (told(5), told(property=False)) == (("5", False), ("false", False))
    assert told(" MIT ") == told(None, '{"license":"MIT"}') == ("MIT", True)
    for nothing in ('{"license":null}', '{"license":" "}', '{"of":{"license":"MIT"}}', None):
        assert told(None, nothing) is None
    assert told(" ") is None


def test_a_license_that_is_no_text_is_never_allowed() -> None:
    for said, passes in ((5, False), ("5", True)):
        it = version([said, None])
        case = Case(it, Found(depths={"v": 0}), {"v": it}, (), (), 0)
        assert judged(Policy(allowed_licenses=("5",)), case).passes == passes
