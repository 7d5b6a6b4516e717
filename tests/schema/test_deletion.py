"""Deletion over GraphQL: the plan, the refusal, the trash and the way back."""

from typing import Any

from tests.schema.conftest import Api
from tests.schema.test_mutations import started
from tests.schema.test_queries import logged

ARTIFACT = "id state version aliases deletedBy deletedAt purgeAt"
DELETED = f"""... on DeletePayload {{ plan {{ bytes freedBytes blockerCount
  blockers {{ reason aliases path entity {{ id label }} }} artifacts {{ {ARTIFACT} }} }} }}
  ... on NeededError {{ path }}"""
RESTORED = f"... on RestorePayload {{ artifacts {{ {ARTIFACT} }} }}"
PLAN = """query ($ids: [ID!]!) { deletePlan(artifacts: $ids) {
  bytes freedBytes blockerCount downstream { complete nodeCount }
  blockers { reason aliases path entity { __typename id label } } } }"""


async def listed(api: Api, arguments: str = "") -> list[str]:
    found = await api.data(
        f'{{ artifacts(project: "digits"{arguments}) {{ totalCount nodes {{ label }} }} }}'
    )
    nodes = [node["label"] for node in found["artifacts"]["nodes"]]
    assert found["artifacts"]["totalCount"] == len(nodes)
    return nodes


async def test_what_something_needs_is_refused_with_the_path_until_it_is_forced(api: Api) -> None:
    data = await logged(api, "data", "MTIzNDU=", aliases=["gold"])
    other = await logged(api, "data", "Ng==")

    plan = (await api.data(PLAN, ids=[data["id"], other["id"]]))["deletePlan"]
    assert plan["blockers"] == [
        {
            "reason": "ALIAS",
            "aliases": ["gold"],
            "path": [data["id"]],
            "entity": {"__typename": "Artifact", "id": data["id"], "label": "data:v0"},
        }
    ]
    assert (plan["bytes"], plan["blockerCount"]) == (6, 1)
    assert plan["freedBytes"] > 6
    assert plan["downstream"] == {"complete": True, "nodeCount": 2}
    refused = await api.mutate("deleteArtifacts", DELETED, artifacts=[data["id"]])
    assert (refused["__typename"], refused["code"]) == ("NeededError", "NEEDED")
    assert refused["path"] == [data["id"]]
    assert await listed(api) == ["data:v0", "data:v1"]

    done = await api.mutate("deleteArtifacts", DELETED, artifacts=[data["id"]], force=True)

    assert done["plan"]["blockerCount"] == 1
    (artifact,) = done["plan"]["artifacts"]
    assert (artifact["id"], artifact["state"], artifact["aliases"]) == (data["id"], "DELETED", [])
    assert artifact["deletedAt"] < artifact["purgeAt"]
    assert await listed(api) == ["data:v1"]
    assert await listed(api, ", deleted: true") == ["data:v0", "data:v1"]
    assert await listed(api, ', collection: "data"') == ["data:v1"]
    assert await listed(api, ', collection: "data", deleted: true') == ["data:v0", "data:v1"]


async def test_a_deleted_version_is_named_but_not_read_and_comes_back(api: Api) -> None:
    data = await logged(api, "data", "MQ==", aliases=["gold"])
    await api.mutate("deleteArtifacts", DELETED, artifacts=[data["id"]], force=True)
    named = '{ artifact(project: "digits", name: "data", version: "%s") { id state } }'

    assert await api.data(named % "v0") == {"artifact": {"id": data["id"], "state": "DELETED"}}
    assert await api.data(named % "gold") == {"artifact": None}
    assert await api.data(named % "latest") == {"artifact": None}
    files = "query ($id: ID!) { artifact(id: $id) { files { nodes { path } } } }"
    ((code, message),) = await api.errors(files, id=data["id"])
    assert code == "DELETED"
    assert message.startswith(f"Artifact '{data['id']}' was deleted; restore it before 20")

    back = await api.mutate("restoreArtifacts", RESTORED, artifacts=[data["id"]])

    (artifact,) = back["artifacts"]
    assert (artifact["state"], artifact["aliases"]) == ("COMMITTED", ["gold", "latest"])
    assert (artifact["deletedBy"], artifact["deletedAt"], artifact["purgeAt"]) == (None,) * 3
    assert await api.data(named % "gold") == {"artifact": {"id": data["id"], "state": "COMMITTED"}}


async def test_a_plan_takes_no_more_statements_for_more_that_needs_it(api: Api) -> None:
    counts: list[int] = []
    for number in (1, 20):
        data = await logged(api, f"data-{number}", "MQ==")
        for _ in range(number):
            await api.mutate(
                "startRun", "... on RunPayload { created }", project="p", used=[data["id"]]
            )
        with api.statements() as names:
            plan = (await api.data(PLAN, ids=[data["id"]]))["deletePlan"]
        assert {blocker["reason"] for blocker in plan["blockers"]} == {"RUNNING"}
        assert plan["blockerCount"] == number
        counts.append(len(names))
    assert counts[0] == counts[1]


async def test_bad_input_is_told_and_changes_nothing(api: Api) -> None:
    data = await logged(api, "data", "MQ==")
    unknown = "artifact_01jd0000000000000000000000"
    cases: list[tuple[list[str], str, str]] = [
        ([], "InvalidInputError", "BAD_USER_INPUT"),
        ([data["id"], unknown], "NotFoundError", "NOT_FOUND"),
        ([data["id"], "run_01jd0000000000000000000000"], "InvalidInputError", "WRONG_KIND"),
    ]
    for ids, typename, code in cases:
        answer: Any = await api.mutate("deleteArtifacts", DELETED, artifacts=ids)
        assert (answer["__typename"], answer["code"]) == (typename, code)
        ((told, _),) = await api.errors(PLAN, ids=ids)
        assert told == code
    assert await listed(api) == ["data:v0"]


async def test_a_later_page_of_a_plan_is_of_the_same_moment_or_refused(api: Api) -> None:
    data = await logged(api, "data")
    await started(api, name="first", used=[data["id"]])
    query = """query ($ids: [ID!]!, $after: String) { deletePlan(artifacts: $ids) { downstream {
      nodes(first: 1, after: $after) { nodes { label } pageInfo { endCursor } } } } }"""
    plan = (await api.data(query, ids=[data["id"]]))["deletePlan"]["downstream"]["nodes"]
    after = plan["pageInfo"]["endCursor"]
    next_page = await api.data(query, ids=[data["id"]], after=after)
    await started(api, name="later", used=[data["id"]])

    nodes = next_page["deletePlan"]["downstream"]["nodes"]["nodes"]
    assert [node["label"] for node in nodes] == ["first"]
    ((code, _),) = await api.errors(query, ids=[data["id"]], after=after)
    assert code == "CURSOR_OF_ANOTHER_LIST"
