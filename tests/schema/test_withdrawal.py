"""Withdrawals over HTTP."""

import pytest

from tests.schema.conftest import Api
from tests.schema.test_lineage import chain

pytestmark = pytest.mark.no_bytes

WITHDRAW = """mutation ($id: ID!, $reason: String!) {
  withdraw(input: {entity: $id, reason: $reason}) { __typename
    ... on WithdrawalPayload { entity { withdrawal { reason by entity { id } } } }
    ... on Error { code message } } }"""
REGISTER = """mutation ($id: ID!, $stage: String!) {
  registerModel(input: {project: "digits", model: "svm", artifact: $id, stage: $stage}) {
    __typename ... on ConflictError { code message path } } }"""
CLEAR = """mutation ($bad: ID!, $id: ID!) {
  clear(input: {withdrawn: $bad, entity: $id, reason: "Looked at."}) { __typename } }"""
TOLD = """query ($id: ID!) { withdrawals { nodes { reason entity { id }
    clearances { entityId reason }
    tainted { complete nodes(first: 3) { nodes { label } pageInfo { hasNextPage endCursor } } } } }
  artifact(id: $id) { taints { path withdrawal { reason } } } }"""


async def test_a_withdrawal_is_told_with_all_that_came_of_it_and_stops_its_promotion(
    api: Api,
) -> None:
    ids = await chain(api)
    way = [ids[label] for label in ("raw", "cleaning", "clean", "training", "model")]

    withdrawn = (await api.data(WITHDRAW, id=ids["raw"], reason="Wrong."))["withdraw"]
    refused = (await api.data(REGISTER, id=ids["model"], stage="PRODUCTION"))["registerModel"]
    told = await api.data(TOLD, id=ids["model"])

    assert withdrawn["entity"]["withdrawal"]["reason"] == "Wrong."
    assert withdrawn["entity"]["withdrawal"]["entity"] == {"id": ids["raw"]}
    assert (refused["code"], refused["path"]) == ("TAINTED", way)
    assert "Wrong." in refused["message"]
    (standing,) = told["withdrawals"]["nodes"]
    assert standing["tainted"]["complete"]
    assert [it["label"] for it in standing["tainted"]["nodes"]["nodes"]] == [
        "raw:v0",
        "cleaning",
        "clean:v0",
    ]
    assert standing["tainted"]["nodes"]["pageInfo"]["hasNextPage"]
    assert told["artifact"]["taints"] == [{"path": way, "withdrawal": {"reason": "Wrong."}}]

    await api.data(CLEAR, bad=ids["raw"], id=ids["clean"])
    told = await api.data(TOLD, id=ids["model"])
    (standing,) = told["withdrawals"]["nodes"]
    assert standing["clearances"] == [{"entityId": ids["clean"], "reason": "Looked at."}]
    assert [it["label"] for it in standing["tainted"]["nodes"]["nodes"]] == ["raw:v0", "cleaning"]
    assert told["artifact"]["taints"] == []
    done = (await api.data(REGISTER, id=ids["model"], stage="PRODUCTION"))["registerModel"]
    assert done["__typename"] == "ModelVersionPayload"


async def test_a_later_page_of_what_is_tainted_knows_no_later_clearance(api: Api) -> None:
    ids = await chain(api)
    await api.data(WITHDRAW, id=ids["raw"], reason="Wrong.")
    page = """query ($id: ID!, $after: String) { artifact(id: $id) { withdrawal { tainted {
      nodes(first: 2, after: $after) { nodes { label } pageInfo { endCursor } } } } } }"""

    first = (await api.data(page, id=ids["raw"]))["artifact"]["withdrawal"]["tainted"]["nodes"]
    await api.data(CLEAR, bad=ids["raw"], id=ids["clean"])
    after = first["pageInfo"]["endCursor"]
    second = await api.data(page, id=ids["raw"], after=after)
    nodes = second["artifact"]["withdrawal"]["tainted"]["nodes"]["nodes"]

    assert [node["label"] for node in nodes] == ["clean:v0", "training"]


async def test_withdrawals_of_many_entities_are_one_statement(api: Api) -> None:
    ids = await chain(api)
    for label in ("raw", "clean", "model"):
        await api.data(WITHDRAW, id=ids[label], reason=label)
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
      ... on Entity { withdrawal { reason } } } }"""

    with api.statements() as statements:
        told = await api.data(query, ids=[*ids.values()])

    assert [it["withdrawal"] and it["withdrawal"]["reason"] for it in told["nodes"]] == [
        "raw",
        None,
        "clean",
        None,
        "model",
    ]
    assert sorted(statements) == ["entity/by_ids", "withdrawal/standing"]
