"""What operations cost, and that those that cost too much are not executed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import (
    FragmentDefinitionNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
    get_operation_ast,
    is_required_argument,
    parse,
    validate,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.schema import cost, schema
from graph_api.schema.introspection import written
from graph_api.settings import Settings
from tests.schema.conftest import Api, served
from tests.schema.test_document import BOMB, END
from tests.schema.test_mutations import started
from tests.schema.test_queries import logged

pytestmark = pytest.mark.no_bytes

EXAMPLES = Path(__file__).parents[2] / "graph_api" / "ui" / "src" / "examples"
CORE: GraphQLSchema = schema._schema  # pyright: ignore[reportPrivateUsage]  # the core's own
FULL = get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True)


def cost_of(query: str, valid: bool = True, **variables: Any) -> int:
    """The cost of a document with one operation."""
    document = parse(query)
    assert not valid or validate(CORE, document) == []
    operation = get_operation_ast(document)
    assert operation
    found = [it for it in document.definitions if isinstance(it, FragmentDefinitionNode)]
    return cost.cost(CORE, operation, {it.name.value: it for it in found}, variables)


def fields_in(data: object) -> int:
    """How many fields were executed for an answer without arrays of JSON."""
    if isinstance(data, Mapping):
        mapping = cast("Mapping[str, object]", data)
        return sum(1 + fields_in(value) for value in mapping.values())
    return sum(map(fields_in, cast("list[object]", data))) if isinstance(data, list) else 0


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{ organization { id name } }", {}, 3),
        ("{ __typename a: __typename }", {}, 2),
        ('{ runs(project: "p") { nodes { id name } } }', {}, 2 + 50 * 2),
        ('{ runs(project: "p", first: 3) { nodes { id name } } }', {}, 2 + 3 * 2),
        ('{ runs(project: "p", last: 3) { nodes { id name } } }', {}, 2 + 3 * 2),
        ('{ runs(project: "p", first: 0) { nodes { id } pageInfo { endCursor } } }', {}, 4),
        ('{ runs(project: "p", first: 9999) { nodes { id } } }', {}, 2 + 1000),
        ('{ runs(project: "p", first: -1) { nodes { id } } }', {}, 2),
        ('{ runs(project: "p", first: 2) { edges { cursor node { id } } } }', {}, 2 + 2 * 3),
        ('{ runs(project: "p", first: 2, where: {}) { totalCount } }', {}, 1 + 10 + 11),
        ('{ search(text: "a", first: 2) { nodes { __typename } } }', {}, 11 + 1 + 2),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 1 + 3),
        ('{ nodes(ids: "a") { id } }', {}, 1 + 1),
        ("query ($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a", "b"]}, 1 + 2),
        ('query ($n: Int) { runs(project: "p", first: $n) { nodes { id } } }', {"n": 7}, 2 + 7),
        ('query ($n: Int) { runs(project: "p", first: $n) { nodes { id } } }', {}, 2 + 50),
        ('query ($n: Int = 4) { runs(project: "p", first: $n) { nodes { id } } }', {}, 2 + 4),
        (
            'query ($n: Int) { runs(project: "p", first: $n) { nodes { id } } }',
            {"n": "seven"},
            2 + 50,
        ),
        (
            '{ lineage(roots: ["a", "b"]) { complete edges { kind } nodes(first: 5) { nodes { id '
            "} } } }",
            {},
            (101 + 2) + 1 + (1 + 1000) + (1 + 1 + 5),
        ),
        (
            '{ lineageSummary(roots: ["a", "b"]) { counts { depth kind } edgeCounts { kind } '
            "groups(first: 5) { nodes { key example { id } } } groupEdges { count } } }",
            {},
            (1001 + 2) + (1 + 2 * 1000) + (1 + 100) + (1 + 1 + 5 * 3) + (1 + 1000),
        ),
        (
            '{ run(id: "r") { metrics { key points { step } } } }',
            {},
            1 + 1 + 10 * (1 + 1 + 1000),
        ),
        (
            '{ run(id: "r") { metric(key: "k", maxPoints: 20) { points { step value } } } }',
            {},
            1 + 1 + 1 + 20 * 2,
        ),
        (
            '{ artifact(id: "a") { usedBy(first: 10) { nodes { logged(first: 5) { nodes { entity '
            "{ id } } } } } } }",
            {},
            1 + 1 + 1 + 10 * (1 + 1 + 5 * 2),
        ),
        (
            'query ($yes: Boolean!) { runs(project: "p") { totalCount @skip(if: $yes) nodes '
            "@include(if: $yes) { id } } }",
            {"yes": False},
            1 + 11,
        ),
        (
            "{ a: runs(project: \"p\", first: 2) { ...F } b: runs(project: \"p\", first: 3) { ...F "
            "} } fragment F on RunCountedConnection { totalCount nodes { ...G } } fragment G on "
            "Run { id key }",
            {},
            (1 + 11 + 1 + 2 * 2) + (1 + 11 + 1 + 3 * 2),
        ),
        (
            '{ containing(digest: "d", first: 5) { downstream { models(first: 2) { nodes { model '
            "{ id } } } } } }",
            {},
            1 + (101 + 5) + 101 + 1 + 2 * 2,
        ),
        ('{ models(project: "p", first: 2) { nodes { id } } }', {}, 2 + 2),
        ('{ __type(name: "Node") { name fields { name } } }', {}, 1 + 1 + 1 + 1),
        ('{ __type(name: "Nothing") { name } }', {}, 1),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_an_operation_costs_its_fields_as_often_as_they_can_be_executed(
    query: str, variables: dict[str, Any], expected: int
) -> None:
    assert cost_of(query, **variables) == expected


@pytest.mark.parametrize(
    "query", [FULL, '{ __type(name: "Query") { fields { args { type { ofType { name } } } } } }']
)
async def test_an_introspection_costs_exactly_the_fields_that_it_executes(
    api: Api, query: str
) -> None:
    answer = (await api.post(query)).json()

    assert answer["extensions"]["cost"]["cost"] == fields_in(answer["data"])


def test_every_list_of_objects_is_a_page_or_has_a_length() -> None:
    lists = {
        f"{type.name}.{name}"
        for type in CORE.type_map.values()
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in type.fields.items()
        if written(field).startswith("[")
        and hasattr(CORE.type_map[written(field).strip("[]!")], "fields")
        and not type.name.startswith("__")
        and name not in cost.paged(type)
    }

    assert lists == set(cost.LISTS)


def test_fragments_that_spread_each_other_twice_are_reckoned_once() -> None:
    # No rule of the validation would end; the limits on documents are looked at first.
    assert cost_of(BOMB + END, valid=False) == 2**60


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.graphql")), ids=lambda path: path.stem)
def test_the_examples_of_graphiql_cost_a_small_part_of_the_limit(path: Path) -> None:
    assert cost_of(path.read_text()) < Settings().cost / 40


async def test_an_operation_that_costs_too_much_is_not_executed(
    graph: Graph, neo4j: Settings, blobs: BlobStore
) -> None:
    query = 'query ($n: Int) { runs(project: "p", first: $n) { nodes { id } } }'
    async with served(neo4j.model_copy(update={"cost": 100}), graph, blobs) as api:
        answer = (await api.post(query, n=98)).json()
        with api.statements() as statements:
            refused = (await api.post(query, n=99)).json()

    assert answer["extensions"] == {"cost": {"cost": 100, "limit": 100}}
    assert refused == {
        "errors": [
            {
                "message": "The operation costs 101; it can cost 100 (GRAPH_API_COST). Ask for "
                "smaller pages, or split it into several requests.",
                "locations": [{"line": 1, "column": 1}],
                "extensions": {"code": "QUERY_TOO_EXPENSIVE"},
            }
        ]
    }
    assert statements == []


async def test_only_what_was_executed_says_its_cost(api: Api) -> None:
    executed = (await api.post('{ node(id: "run_x") { id } }')).json()
    invalid = (await api.post("{ nothing }")).json()
    uncoerced = (await api.post("query ($id: ID!) { node(id: $id) { id } }")).json()

    assert executed["extensions"] == {"cost": {"cost": 2, "limit": 1_000_000}}
    assert [list(invalid), list(uncoerced)] == [["errors"], ["errors"]]


ROOTS = [
    ("Run", "run(id: $run)"),
    ("Artifact", "artifact(id: $artifact)"),
    ("Project", 'project(name: "digits")'),
    ("Node", "nodes(ids: $ids)"),
    ("Lineage", "lineage(roots: $ids)"),
    ("LineageSummary", "lineageSummary(collapseBy: COLLECTION, roots: $ids)"),
    ("SearchHitConnection", 'search(text: "d", first: 2)'),
    ("RunCountedConnection", 'runs(project: "digits", first: 1)'),
    ("ArtifactCountedConnection", 'artifacts(project: "digits", where: {})'),
]
VARIABLES = {"$run": "ID!", "$artifact": "ID!", "$ids": "[ID!]!"}
# Their values are objects, which look like fields.
OBJECTS = {"JSON"}


@st.composite
def selections(draw: st.DrawFn, name: str, depth: int) -> str:
    """What can be selected of a type, with small pages."""
    type = CORE.type_map[name]
    assert isinstance(type, GraphQLObjectType | GraphQLInterfaceType)
    leaves, inner = list[str](), list[tuple[str, str]]()
    for field_name, field in type.fields.items():
        below = written(field).strip("[]!")
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if isinstance(CORE.type_map[below], GraphQLObjectType | GraphQLInterfaceType):
            inner.append((field_name, below))
        elif below not in OBJECTS:
            leaves.append(field_name)
    chosen = draw(st.lists(st.sampled_from(leaves), max_size=3, unique=True)) if leaves else []
    parts = ["__typename", *chosen]
    if depth and inner:
        for field_name, below in draw(st.lists(st.sampled_from(inner), max_size=3, unique=True)):
            first = draw(st.integers(0, 3)) if "first" in type.fields[field_name].args else None
            page = "" if first is None else f"(first: {first})"
            parts.append(f"{field_name}{page} {{ {draw(selections(below, depth - 1))} }}")
    if name == "Entity":
        parts.append("... on Run { number status } ... on Artifact { version size }")
    return " ".join(parts)


@st.composite
def operations(draw: st.DrawFn) -> str:
    """A query of the world."""
    chosen = draw(st.lists(st.sampled_from(ROOTS), min_size=1, max_size=2, unique=True))
    text = " ".join(f"{root} {{ {draw(selections(name, 5))} }}" for name, root in chosen)
    used = [f"{it}: {type}" for it, type in VARIABLES.items() if f"{it})" in text]
    return f"query Q{'(' if used else ''}{', '.join(used)}{')' if used else ''} {{ {text} }}"


@dataclass(frozen=True)
class World:
    """A run that used a version, logged two metrics and four versions of one model."""

    api: Api
    variables: dict[str, Any]


@pytest.fixture
async def world(api: Api) -> World:
    data = await logged(api, "data")
    run = await started(api, used=[data["id"]], parameters={"C": 1})
    points = [{"key": key, "value": 1} for key in ("a", "b", "b")]
    await api.mutate("logMetrics", "... on RunPayload { created }", run=run["id"], points=points)
    ids = [run["id"], data["id"]]
    for number in range(4):
        version = await logged(api, f"digits-{number}", run=run["id"])
        member = {"project": "digits", "model": "digits", "artifact": version["id"]}
        await api.mutate("registerModel", "__typename", **member)
        ids.append(version["id"])
    return World(api, {"run": run["id"], "artifact": data["id"], "ids": ids})


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(operations())
async def test_no_more_fields_are_executed_than_the_cost_says(world: World, query: str) -> None:
    answer = await world.api.post(query, **world.variables)

    body = answer.json()
    assert [error["extensions"]["code"] for error in body.get("errors", [])] in (
        [],
        ["QUERY_TOO_EXPENSIVE"],
    )
    if "data" in body:
        assert 2 <= fields_in(body["data"]) <= body["extensions"]["cost"]["cost"]
