"""What is refused over HTTP, by a code, and never as an internal error."""

from typing import Any

import pytest

from tests.schema.conftest import Api
from tests.schema.test_mutations import RUN, started
from tests.schema.test_queries import logged

pytestmark = pytest.mark.no_bytes


@pytest.mark.parametrize("body", ["null", "7", '"x"', "{", "[" * 100_000, "\xff"])
async def test_a_body_that_is_no_json_object_is_refused(api: Api, body: str) -> None:
    headers = {"content-type": "application/json"}

    response = await api.http.post("/graphql", content=body.encode("latin-1"), headers=headers)

    assert response.status_code == 400


@pytest.mark.parametrize("content", ["*!", "abc", "====", "aGVsbG8"])
async def test_damaged_base64_is_refused(api: Api, content: str) -> None:
    response = await api.post(
        'mutation ($f: [ContentInput!]!) { logArtifact(input: {project: "p", name: "n", '
        'type: "t", files: $f}) { __typename } }',
        f=[{"path": "a", "content": content}],
    )
    (error,) = response.json()["errors"]

    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert (await api.data("{ projects { nodes { id } } }"))["projects"]["nodes"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ nope }", "BAD_USER_INPUT"),
        ("{ organization", "BAD_USER_INPUT"),
        ("query ($n: Int!) { organization { name } }", "BAD_USER_INPUT"),
        ("{ lineage(roots: []) { nodeCount } }", "BAD_USER_INPUT"),
        ('{ lineage(roots: ["x"], asOf: "99999999999999999999") { nodeCount } }', "BAD_USER_INPUT"),
        ('{ artifact(project: "p") { id } }', "BAD_USER_INPUT"),
        ("{ projects(first: -1) { nodes { id } } }", "BAD_USER_INPUT"),
        ('{ projects(after: "////") { nodes { id } } }', "BAD_USER_INPUT"),
    ],
)
async def test_a_bad_query_has_a_code_that_is_not_internal(api: Api, query: str, code: str) -> None:
    assert [error[0] for error in await api.errors(query)] == [code]


async def test_a_cursor_of_members_is_a_place_that_was_given_out(api: Api) -> None:
    made = await api.mutate(
        "createModel", "... on ModelPayload { model { id } }", project="p", name="m"
    )
    query = """query ($id: ID!, $a: String) { model(id: $id) {
      versions(after: $a) { nodes { index } } } }"""

    for cursor in ("OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "Kg", "wrI"):
        errors = await api.errors(query, id=made["model"]["id"], a=cursor)
        assert [code for code, _ in errors] == ["BAD_USER_INPUT"]


POINTS: list[tuple[dict[str, Any], str]] = [
    ({"key": "k", "value": 1, "at": "0001-01-01T00:00:00+14:00"}, "no time between the years"),
    ({"key": "", "value": 1}, "is empty"),
]


@pytest.mark.parametrize(("point", "message"), POINTS)
async def test_a_bad_point_is_refused_and_none_is_logged(
    api: Api, point: dict[str, Any], message: str
) -> None:
    run = await started(api)
    payload = "... on RunPayload { run { metrics { count } } }"

    result = await api.mutate("logMetrics", payload, run=run["id"], points=[point])

    assert result["__typename"] == "InvalidInputError"
    assert message in result["message"]
    found = await api.data("query ($id: ID!) { run(id: $id) { metrics { key } } }", id=run["id"])
    assert found["run"]["metrics"] == []


async def test_a_time_without_an_offset_is_utc(api: Api) -> None:
    run = await started(api)
    payload = "... on RunPayload { run { metrics { points { at } } } }"
    point = {"key": "k", "value": 1, "at": "2026-01-01T12:00:00"}

    result = await api.mutate("logMetrics", payload, run=run["id"], points=[point])

    (metric,) = result["run"]["metrics"]
    assert metric["points"] == [{"at": "2026-01-01T12:00:00+00:00"}]


async def test_an_infinity_written_as_a_number_is_kept_by_its_name(api: Api) -> None:
    run = await started(api)
    query = """mutation ($run: ID!) { logMetrics(input: {run: $run, points: [
      {key: "k", value: 1e999}]}) { ... on RunPayload { run { metrics { last min } } } } }"""

    data = await api.data(query, run=run["id"])

    assert data["logMetrics"]["run"]["metrics"] == [{"last": "Infinity", "min": None}]


async def test_an_idempotency_key_has_200_characters_at_most(api: Api) -> None:
    run = await started(api)
    points = [{"key": "k", "value": 1}]

    result = await api.mutate(
        "logMetrics", RUN, run=run["id"], points=points, idempotencyKey="x" * 10_000
    )

    assert (result["__typename"], result["code"]) == ("InvalidInputError", "BAD_NAME")


async def test_an_empty_name_is_refused_by_an_update(api: Api) -> None:
    payload = "... on ModelPayload { model { id } }"
    made = await api.mutate("createModel", payload, project="p", name="m")

    result = await api.mutate("updateModel", payload, id=made["model"]["id"], name="")

    assert (result["__typename"], result["code"]) == ("InvalidInputError", "BAD_NAME")


async def test_what_is_named_twice_is_used_once(api: Api) -> None:
    data = await logged(api, "data")
    run = await started(api, used=[data["id"], data["id"]])
    await api.mutate("use", RUN, run=run["id"], entities=[data["id"], data["id"]])
    await api.mutate("log", RUN, run=run["id"], entities=[data["id"], data["id"]])

    found = await api.data(
        """query ($id: ID!) { artifact(id: $id) { loggedBy { id }
        usedBy { nodes { id } } producers { nodes { id } } } }""",
        id=data["id"],
    )

    run_ = {"id": run["id"]}
    assert found["artifact"] == {
        "loggedBy": run_,
        "usedBy": {"nodes": [run_]},
        "producers": {"nodes": [run_]},
    }


async def test_links_of_two_roles_are_two_places_in_a_list(api: Api) -> None:
    one, two = await logged(api, "one"), await logged(api, "two", content="dHdv")
    for role in ("input", "licence"):
        await api.mutate(
            "link",
            "... on LinkPayload { link { role } }",
            source=one["id"],
            target=two["id"],
            role=role,
        )
    query = """query ($id: ID!, $after: String) { artifact(id: $id) {
      links(first: 1, after: $after) { nodes { role } pageInfo { hasNextPage endCursor } } } }"""
    first = (await api.data(query, id=one["id"]))["artifact"]["links"]
    after = first["pageInfo"]["endCursor"]
    second = (await api.data(query, id=one["id"], after=after))["artifact"]["links"]

    assert [first["nodes"], second["nodes"]] == [[{"role": "input"}], [{"role": "licence"}]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]


async def test_resuming_takes_parameters_and_burns_no_number(api: Api) -> None:
    await started(api, key="k", parameters={"a": 1, "b": 2})
    again = {"key": "k", "resume": True, "parameters": {"b": None, "c": 3}}
    await started(api, **again)
    resumed = await started(api, **again)
    following = await started(api)

    assert resumed["parameters"] == {"a": 1, "b": None, "c": 3}
    assert following["number"] == 2


async def test_a_run_cannot_be_said_to_have_crashed_at_no_time(api: Api) -> None:
    run = await started(api)

    result = await api.mutate("finishRun", RUN, run=run["id"], status="CRASHED")

    assert (result["__typename"], result["code"]) == ("InvalidInputError", "BAD_USER_INPUT")


async def test_a_later_mutation_of_a_document_shows_what_an_earlier_one_did(api: Api) -> None:
    weights = await logged(api, "weights")
    payload = "... on ModelPayload { model { id } }"
    id = (await api.mutate("createModel", payload, project="p", name="m"))["model"]["id"]
    shown = "... on ModelPayload { model { versions { nodes { index } } } }"

    data = await api.data(
        f"""mutation ($id: ID!, $a: ID!) {{
        one: updateModel(input: {{id: $id, description: "1"}}) {{ {shown} }}
        two: registerModel(input: {{project: "p", model: "m", artifact: $a}}) {{ __typename }}
        three: updateModel(input: {{id: $id, description: "2"}}) {{ {shown} }} }}""",
        id=id,
        a=weights["id"],
    )

    assert data["one"]["model"]["versions"]["nodes"] == []
    assert data["three"]["model"]["versions"]["nodes"] == [{"index": 0}]
