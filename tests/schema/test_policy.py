"""Policies and approvals over HTTP."""

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.test_lineage import chain

pytestmark = pytest.mark.no_bytes

SET = """mutation ($policy: PolicyInput) {
  setPolicy(input: {project: "digits", policy: $policy}) { __typename
    ... on PolicyPayload { project { policy { allowedLicenses forbiddenTags { tag
      barriers { project experiment } } requiredApprovals { name by } greatestAge hidden } } }
    ... on Error { code message } } }"""
CHECK = """query ($id: ID!, $first: Int, $after: String) { artifact(id: $id) {
  policyCheck(project: "digits") { passes complete incompleteBecause
    violations(first: $first, after: $after) {
      nodes { rule value entity { id } path message } pageInfo { hasNextPage endCursor } } } } }"""
REGISTER = """mutation ($id: ID!) {
  registerModel(input: {project: "digits", model: "svm", artifact: $id, stage: "PRODUCTION"}) {
    __typename ... on ConflictError { code message path } } }"""
APPROVE = """mutation ($id: ID!, $note: String! = "") {
  approve(input: {artifact: $id, as: "legal", note: $note}) {
    ... on ApprovalPayload { artifact { approvals { name note by } } } } }"""
REVOKE = """mutation ($id: ID!) { revokeApproval(input: {artifact: $id, as: "legal"}) {
    ... on ApprovalPayload { artifact { approvals { name } } } } }"""
POLICY: dict[str, Any] = {
    "allowedLicenses": ["MIT"],
    "forbiddenTags": [
        {"tag": "pii", "barriers": [{"project": "digits", "experiment": "anonymise"}]},
        {"tag": "secret"},
    ],
    "requiredApprovals": [{"name": "legal", "by": ["grace"]}, {"name": "safe"}],
    "greatestAge": 86_400,
}


async def test_a_policy_is_told_as_it_was_set_until_there_is_none(api: Api) -> None:
    await chain(api)

    told = (await api.data(SET, policy=POLICY))["setPolicy"]["project"]["policy"]
    again = await api.data(
        '{ project(name: "digits") { policy { hidden requiredApprovals { by } } } }'
    )
    ended = (await api.data(SET, policy=None))["setPolicy"]["project"]["policy"]

    tags: list[Any] = [POLICY["forbiddenTags"][0], {"tag": "secret", "barriers": []}]
    people = [{"name": "legal", "by": ["grace"]}, {"name": "safe", "by": None}]
    shown: dict[str, Any] = {"forbiddenTags": tags, "requiredApprovals": people, "hidden": "REFUSE"}
    assert told == POLICY | shown
    assert again["project"]["policy"] == {
        "hidden": "REFUSE",
        "requiredApprovals": [{"by": ["grace"]}, {"by": None}],
    }
    assert ended is None


async def test_a_check_lists_what_a_promotion_is_refused_for_page_by_page(api: Api) -> None:
    ids = await chain(api)
    tagged = (
        'mutation ($id: ID!) { updateArtifact(input: {id: $id, addTags: ["pii"]}) { __typename } }'
    )
    for label in ("raw", "clean"):
        await api.data(tagged, id=ids[label])
    rules = {"forbiddenTags": POLICY["forbiddenTags"], "requiredApprovals": [{"name": "legal"}]}
    await api.data(SET, policy=rules)
    way = [ids[label] for label in ("raw", "cleaning", "clean", "training", "model")]

    refused = (await api.data(REGISTER, id=ids["model"]))["registerModel"]
    first = (await api.data(CHECK, id=ids["model"], first=2))["artifact"]["policyCheck"]
    after = first["violations"]["pageInfo"]["endCursor"]
    rest = (await api.data(CHECK, id=ids["model"], after=after))["artifact"]["policyCheck"]

    nodes = first["violations"]["nodes"] + rest["violations"]["nodes"]
    assert [(it["rule"], it["value"], it["entity"]["id"]) for it in nodes] == [
        ("TAG", "pii", ids["clean"]),
        ("TAG", "pii", ids["raw"]),
        ("APPROVAL", "legal", ids["model"]),
    ]
    assert [it["path"] for it in nodes] == [way[2:], way, way[4:]]
    assert nodes[1]["message"] == f"'{ids['raw']}' has the tag 'pii', which is forbidden"
    assert (first["passes"], first["complete"], first["incompleteBecause"]) == (False, True, [])
    assert (refused["code"], refused["path"]) == ("POLICY_VIOLATED", way[2:])
    assert "policyCheck lists 2 more." in refused["message"]

    await api.data(SET, policy=None)
    found = (await api.data(CHECK, id=ids["model"]))["artifact"]["policyCheck"]
    assert (found["passes"], found["violations"]["nodes"]) == (True, [])
    done = (await api.data(REGISTER, id=ids["model"]))["registerModel"]
    assert done["__typename"] == "ModelVersionPayload"


async def test_approvals_are_listed_at_the_version_until_they_are_revoked(api: Api) -> None:
    id = (await chain(api))["model"]

    given = (await api.data(APPROVE, id=id, note="Read."))["approve"]["artifact"]["approvals"]
    history = "query ($id: ID!) { artifact(id: $id) { history { nodes { change { what } } } } }"
    left = (await api.data(REVOKE, id=id))["revokeApproval"]["artifact"]["approvals"]
    told = (await api.data(history, id=id))["artifact"]["history"]["nodes"]

    assert [(it["name"], it["note"]) for it in given] == [("legal", "Read.")]
    assert left == []
    assert [it["change"]["what"] for it in told][-2:] == [
        "Approved as legal",
        "Approval as legal revoked",
    ]


async def test_approvals_of_many_versions_are_one_statement(api: Api) -> None:
    ids = await chain(api)
    await api.data(APPROVE, id=ids["raw"])
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Artifact { approvals { name } } } }"

    with api.statements() as statements:
        told = await api.data(query, ids=[ids[label] for label in ("raw", "clean", "model")])

    assert [it["approvals"] for it in told["nodes"]] == [[{"name": "legal"}], [], []]
    assert sorted(statements) == ["approval/standing", "entity/by_ids"]


async def test_a_policy_that_cannot_be_says_why(api: Api) -> None:
    await chain(api)

    refused = (await api.data(SET, policy={"allowedLicenses": []}))["setPolicy"]

    assert refused["code"] == "BAD_USER_INPUT"
    assert "leave it out to allow every license" in refused["message"]
