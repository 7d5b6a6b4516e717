"""Lists over HTTP: filters, orders, totals, and what they refuse."""

from typing import Any

import pytest

from tests.schema.conftest import Api

pytestmark = pytest.mark.no_bytes

LOGGED = "... on CommitPayload { artifact { id collection { id } } }"
RUN = "... on RunPayload { run { id experiment { id } project { id } } }"


async def logged(api: Api, name: str, number: int, **input: Any) -> Any:
    """A version of a name, of a reference."""
    files = [{"path": "a", "reference": f"s3://bucket/{name}/{number}", "size": number}]
    result = await api.mutate(
        "logArtifact",
        LOGGED,
        **{"project": "digits", "name": name, "type": "dataset", "files": files, **input},
    )
    return result["artifact"]


async def filled(api: Api) -> dict[str, str]:
    """Two of everything, b before a; ids by kind."""
    made: dict[str, str] = {}
    for name in ("b", "a"):
        for kind in ("Experiment", "Model", "Dataset"):
            field = kind.lower()
            created = await api.mutate(
                f"create{kind}",
                f"... on {kind}Payload {{ {field} {{ id }} }}",
                project="digits",
                name=name,
                metadata={"from": {"us": name}},
                existsOk=True,
            )
            made[field] = created[field]["id"]
        run = (await api.mutate("startRun", RUN, project="digits", experiment="a", name=name))[
            "run"
        ]
        version = await logged(api, name, 1, run=run["id"], tags=[name, "all"])
        await api.mutate("createProject", "... on ProjectPayload { project { id } }", name=name)
        made |= {
            "run": run["id"],
            "experiment": run["experiment"]["id"],
            "project": run["project"]["id"],
            "artifact": version["id"],
            "artifactCollection": version["collection"]["id"],
        }
    return made


ANSWER = "(first: 1, orderBy: {field: NAME}, where: $where) { totalCount nodes { name } }"
LISTS = [
    ("ProjectWhere", "projects%s", ["projects"]),
    *(
        (f"{kind[0].upper()}{kind[1:]}Where", query, path)
        for kind in ("artifactCollection", "artifact", "experiment", "run", "model", "dataset")
        for query, path in [
            (f'{kind}s(project: "digits", %s', [f"{kind}s"]),
            (f"project(id: $project) {{ {kind}s%s }}", ["project", f"{kind}s"]),
        ]
    ),
    ("ProjectWhere", "organization { projects%s }", ["organization", "projects"]),
    ("RunWhere", "experiment(id: $experiment) { runs%s }", ["experiment", "runs"]),
    ("RunWhere", 'runs(project: "digits", experiment: "a", %s', ["runs"]),
]


async def test_every_list_takes_a_filter_and_an_order_and_counts_what_it_holds(api: Api) -> None:
    ids = await filled(api)
    for type, query, path in LISTS:
        answer = ANSWER.removeprefix("(") if query.endswith(", %s") else ANSWER
        document = (
            f"query ($where: {type}, $project: ID, $experiment: ID) {{ {query % answer} "
            "a: project(id: $project) { id } b: experiment(id: $experiment) { id } }"
        )
        asked: list[tuple[Any, int, str | None]] = [
            (None, 2 + (type == "ProjectWhere"), "a"),
            ({"name": {"gte": "b"}}, 1 + (type == "ProjectWhere"), "b"),
            ({"not": {"name": {"ne": "b"}}}, 1, "b"),
            ({"or": []}, 0, None),
        ]
        for where, total, first in asked:
            found = await api.data(
                document, where=where, project=ids["project"], experiment=ids["experiment"]
            )
            for key in path:
                found = found[key]
            nodes = [] if first is None else [{"name": first}]
            assert found == {"totalCount": total, "nodes": nodes}, (query, where)


async def test_versions_of_a_collection_list_by_index(api: Api) -> None:
    for number in (1, 2, 3):
        version = await logged(api, "data", number)
    document = """query ($id: ID, $field: ListOrder!) { artifactCollection(id: $id) { artifacts(
      where: {size: {gt: 1}, index: {in: [0, 1, 2]}}, orderBy: {field: $field, direction: DESC}
    ) { totalCount nodes { version size } } } }"""

    for field in ("CREATED", "NAME"):
        data = await api.data(document, id=version["collection"]["id"], field=field)
        assert data["artifactCollection"]["artifacts"] == {
            "totalCount": 2,
            "nodes": [{"version": "v2", "size": 3}, {"version": "v1", "size": 2}],
        }


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("{}", ["b", "a"]),
        ("{and: []}", ["b", "a"]),
        ("{or: []}", []),
        ("{not: {}}", []),
        ("{name: {}}", ["b", "a"]),
        ("{name: {in: []}}", []),
        ('{tags: {has: "a"}}', ["a"]),
        ('{tags: {hasAny: ["a", "b"]}}', ["b", "a"]),
        ('{tags: {hasAll: ["a", "all"]}}', ["a"]),
        ('{not: {tags: {has: "a"}}}', ["b"]),
        ('{or: [{tags: {has: "a"}}, {name: {startsWith: "b"}}]}', ["b", "a"]),
        ('{and: [{tags: {has: "a"}}, {name: {startsWith: "b"}}]}', []),
        ("{description: {exists: false}}", ["b", "a"]),
        ('{description: {ne: "x"}}', ["b", "a"]),
        ('{type: {eq: "dataset"}, version: {eq: "v0"}, fileCount: {lte: 1}}', ["b", "a"]),
        ('{committedAt: {gt: "2020-01-01T00:00:00Z", lt: "2100-01-01T00:00:00"}}', ["b", "a"]),
        ('{size: {eq: "1"}, digest: {exists: true}}', ["b", "a"]),
        ('{metadata: [{path: "x", exists: true}]}', []),
        ("{size: {lt: 9223372036854775807}}", ["b", "a"]),
        ('{metadata: [{path: "x", gt: 1e300}, {path: "x", lt: 99999999999999999999}]}', []),
    ],
)
async def test_what_a_filter_of_artifacts_means(api: Api, where: str, names: list[str]) -> None:
    await filled(api)

    data = await api.data(
        f'{{ artifacts(project: "digits", where: {where}) {{ totalCount nodes {{ name }} }} }}'
    )

    assert [node["name"] for node in data["artifacts"]["nodes"]] == names
    assert data["artifacts"]["totalCount"] == len(names)


NESTED = "{not: " * 11 + "{}" + "}" * 11


@pytest.mark.parametrize(
    ("where", "code", "message"),
    [
        ("{name: null}", "BAD_FILTER", "`name` is null; leave it out, or ask for what has no"),
        ("{createdAt: {gt: null}}", "BAD_FILTER", "`gt` is null"),
        ('{metadata: [{path: "a\\\\b", eq: 1}]}', "BAD_FILTER", "has a backslash before neither"),
        ('{metadata: [{path: "a", eq: {b: 1}}]}', "BAD_FILTER", "is no text, number or"),
        ('{metadata: [{path: "a", eq: [1]}]}', "BAD_FILTER", "[1] is no text, number or"),
        (NESTED, "BAD_FILTER", "nested too deep"),
        (
            "{or: [" + "{name: {eq: 1}}" + "]}",
            "BAD_USER_INPUT",
            "String cannot represent a non string value: 1",
        ),
        (
            "{and: [" + '{name: {eq: "x", ne: "y"}} ' * 51 + "]}",
            "BAD_FILTER",
            "it has 102 conditions; at most 100 are taken",
        ),
        (
            "{name: {in: [" + '"x" ' * 1001 + "]}}",
            "BAD_FILTER",
            "`in` has 1,001 values; at most 1,000 are taken",
        ),
        ('{status: {eq: "FAILED"}}', "BAD_USER_INPUT", "not to include unknown field 'status'"),
        ('{usedBy: "run_unknown"}', "NOT_FOUND", "No Run has the id 'run_unknown'"),
        ('{upstreamOf: "run_unknown"}', "NOT_FOUND", "No Run has the id 'run_unknown'"),
        ('{loggedBy: "model_x"}', "WRONG_KIND", "this takes one of kind Run"),
    ],
)
async def test_what_no_filter_can_mean_is_refused(
    api: Api, where: str, code: str, message: str
) -> None:
    await filled(api)

    (error,) = await api.errors(
        f'{{ artifacts(project: "digits", where: {where}) {{ totalCount }} }}'
    )

    assert error[0] == code
    assert message in error[1]


async def test_runs_are_found_by_status_parameters_and_metrics(api: Api) -> None:
    for number in range(3):
        run = (
            await api.mutate(
                "startRun", RUN, project="digits", name=f"r{number}", parameters={"lr": number}
            )
        )["run"]
        points = [{"key": "loss", "value": value} for value in (number, 5, number / 2)]
        note = {"key": "note", "value": "NaN"}
        await api.mutate(
            "logMetrics", "... on RunPayload { run { id } }", run=run["id"], points=[*points, note]
        )
        if number == 2:
            await api.mutate("finishRun", RUN, run=run["id"], status="FAILED")

    async def names(where: str) -> list[str]:
        data = await api.data(
            f'{{ runs(project: "digits", where: {where}) {{ nodes {{ name }} }} }}'
        )
        return [node["name"] for node in data["runs"]["nodes"]]

    assert await names("{status: {eq: FAILED}}") == ["r2"]
    assert await names("{status: {in: [RUNNING, KILLED]}, endedAt: {exists: false}}") == [
        "r0",
        "r1",
    ]
    assert await names('{parameters: [{path: "lr", gt: 0, lt: 2}]}') == ["r1"]
    assert await names('{metrics: [{key: "loss", last: {gte: 0.5}, max: {eq: 5}}]}') == ["r1", "r2"]
    assert await names('{metrics: [{key: "loss", min: {lt: 0.5}}]}') == ["r0"]
    assert await names('{metrics: [{key: "note", last: {exists: true}}]}') == []
    assert await names('{metrics: [{key: "gain", last: {ne: 0}}]}') == ["r0", "r1", "r2"]
    assert await names("{number: {gte: 2}, startedAt: {exists: true}}") == ["r1", "r2"]


async def test_a_page_is_one_statement_and_its_total_one_more_where_it_is_asked_for(
    api: Api,
) -> None:
    await filled(api)
    begin = ["project/scope", "entity/list"]

    for selection, statements in [
        ("nodes { name }", begin),
        ("totalCount", [*begin, "entity/list#count"]),
        ("nodes { name } edges { cursor } totalCount", [*begin, "entity/list#count"]),
    ]:
        with api.statements() as names:
            await api.data(
                '{ runs(project: "digits", orderBy: {field: NAME}, where: {metadata: '
                f'[{{path: "k", exists: false}}]}}) {{ {selection} }} }}'
            )
        assert names == statements


async def test_a_cursor_is_good_for_its_own_list_and_order_only(api: Api) -> None:
    await filled(api)
    document = """query ($after: String, $order: OrderBy) {
      runs(project: "digits", first: 1, after: $after, orderBy: $order) {
        nodes { name } pageInfo { endCursor hasNextPage hasPreviousPage } } }"""
    by_name = {"field": "NAME", "direction": "DESC"}
    first = (await api.data(document, order=by_name))["runs"]
    cursor = first["pageInfo"]["endCursor"]

    rest = (await api.data(document, order=by_name, after=cursor))["runs"]
    assert [first["nodes"], rest["nodes"]] == [[{"name": "b"}], [{"name": "a"}]]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    for order in (None, {"field": "NAME"}, {"direction": "DESC"}):
        (error,) = await api.errors(document, order=order, after=cursor)
        assert error[0] == "CURSOR_OF_ANOTHER_LIST"
        assert "is of another list or another order" in error[1]
    other = """query ($after: String) { models(project: "digits", after: $after,
      orderBy: {field: NAME, direction: DESC}) { nodes { id } } }"""
    assert (await api.errors(other, after=cursor))[0][0] == "CURSOR_OF_ANOTHER_LIST"
    for forged in ("x", "é", "bnVsbA", "WzEsMiwzXQ"):
        (error,) = await api.errors(document, after=forged)
        assert error[0] == "BAD_USER_INPUT"
        assert error[1].endswith("is no cursor; take one from pageInfo or an edge.")


@pytest.mark.parametrize(
    ("depth", "code"), [(12, "BAD_FILTER"), (150, "BAD_FILTER"), (900, "BAD_USER_INPUT")]
)
async def test_a_filter_of_any_depth_is_an_error_of_the_caller(
    api: Api, depth: int, code: str
) -> None:
    await filled(api)
    document = (
        'query ($where: RunWhere) { runs(project: \\"digits\\", where: $where) { totalCount } }'
    )
    where = '{"not": ' * depth + "{}" + "}" * depth

    response = await api.http.post(
        "/graphql",
        content=f'{{"query": "{document}", "variables": {{"where": {where}}}}}',
        headers={"content-type": "application/json"},
    )

    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == code, response.text
    assert "nested too deep" in error["message"]
