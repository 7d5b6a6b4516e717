"""Relay, to the letter: pages of every list from either end, and nodes by their ids."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.blobs import FolderBlobs
from graph_api.graph import Graph
from graph_api.models.viewer import Viewer
from graph_api.schema import schema
from graph_api.services import organization
from graph_api.settings import Settings
from tests.conftest import WIPE
from tests.environment import environment
from tests.schema.conftest import Api, in_process
from tests.schema.paged import LISTS, NAMES, List, fill
from tests.schema.windows import WINDOWS, Asked, Shown, shown

pytestmark = pytest.mark.no_bytes

EXAMPLES = 200 if environment.deep else 2
TYPES = [
    type
    for type in schema._schema.type_map.values()  # pyright: ignore[reportPrivateUsage]  # strawberry has no public way
    if isinstance(type, GraphQLObjectType | GraphQLInterfaceType) and not type.name.startswith("__")
]
ALL = "first: 1000"
ONE = "a page is at one end, so give one of them."


@pytest.fixture(scope="module")
async def full(
    connected: Graph, neo4j: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Api]:
    """The service on the world of all lists."""
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    blobs = FolderBlobs(tmp_path_factory.mktemp("pages"), b"secret")
    await blobs.check()
    await fill(connected, blobs, Viewer(user="ada", organization_id=default.id))
    async with in_process(neo4j, connected, blobs) as (_, http):
        yield Api(http, connected)


@pytest.fixture(scope="module")
def wholes() -> dict[str, Shown]:
    """All of each list, once it was read: nothing changes it."""
    return {}


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
async def test_a_page_is_what_lies_between_its_cursors_and_says_what_lies_beyond(
    full: Api, wholes: dict[str, Shown], name: str, data: st.DataObject
) -> None:
    """Also where the items of the cursors are not in the list any more."""
    whole, parts = LISTS[name]
    part = data.draw(parts)
    if name not in wholes:
        (wholes[name],) = await shown(full, whole, ALL)
    everything = wholes[name]
    asked = [
        Asked(
            window.first,
            None if window.after is None else window.after % len(everything.cursors),
            window.last,
            None if window.before is None else window.before % len(everything.cursors),
        )
        for window in data.draw(st.lists(WINDOWS, min_size=4, max_size=8))
    ]

    arguments = (window.arguments(everything.cursors) for window in asked)
    list_, *pages = await shown(full, part, ALL, *arguments)

    assert (list_.previous, list_.next) == (False, False)
    assert set(list_.cursors) <= set(everything.cursors)
    assert pages == [
        window.expected(everything.cursors, list_.cursors, list_.items) for window in asked
    ]


@pytest.mark.parametrize("name", LISTS)
async def test_pages_put_together_are_the_list_from_either_end(full: Api, name: str) -> None:
    list_, _ = LISTS[name]
    (everything,) = await shown(full, list_, ALL)
    # Points are many, so that they lie in several chunks.
    size = max(2, len(everything.items) // 3)
    assert len(everything.items) > 3

    forward, backward = list[Any](), list[Any]()
    (page,) = await shown(full, list_, f"first: {size}")
    forward += page.items
    while page.next:
        (page,) = await shown(full, list_, f'first: {size}, after: "{page.cursors[-1]}"')
        forward += page.items
    # Turned round at the end.
    backward += page.items
    while page.previous:
        (page,) = await shown(full, list_, f'last: {size}, before: "{page.cursors[0]}"')
        backward = page.items + backward

    assert forward == everything.items
    assert backward == everything.items


async def test_a_page_goes_on_from_a_cursor_whose_item_is_gone(full: Api) -> None:
    (everything,) = await shown(full, List("models", 'project: "digits"'), ALL)
    some = List("models", 'project: "digits", where: {name: {in: ["a", "ab"]}}')
    (list_,) = await shown(full, some, ALL)
    a, b = list_.cursors
    before, between, after = (
        everything.cursors[everything.cursors.index(cursor) + step]
        for cursor, step in ((a, -1), (a, 1), (b, 1))
    )

    pages = await shown(
        full,
        some,
        f'after: "{before}"',
        f'first: 1, after: "{before}"',
        f'after: "{between}"',
        f'before: "{between}"',
        f'last: 1, before: "{after}"',
        f'after: "{after}"',
    )

    assert [(page.cursors, page.previous, page.next) for page in pages] == [
        ([a, b], False, False),
        ([a], False, True),
        ([b], True, False),
        ([a], False, True),
        ([b], True, False),
        ([], True, False),
    ]


def test_every_connection_of_the_schema_pages_both_ways_and_is_among_the_lists() -> None:
    fields = [
        (name, field, str(field.type).strip("[]!"))
        for type in TYPES
        for name, field in type.fields.items()
    ]
    connections = [it for it in fields if it[2].endswith("Connection")]

    for _, field, _ in connections:
        assert {"first", "after", "last", "before"} <= field.args.keys()
    listed = {list_.field for list_, _ in LISTS.values()}
    # Those of ids are in tests/schema/test_paths.py, test_impact.py, test_difference.py
    # and test_summary.py.
    listed |= {"paths", "cutPoints", "affected", "groups", "inputs", "code", "ancestors"}
    assert {name for name, _, _ in connections} == listed
    assert {type.name for type in TYPES if "pageInfo" in type.fields} == {
        type for _, _, type in connections
    }


async def test_a_page_is_at_one_end_and_of_a_size(full: Api) -> None:
    for arguments, message in [
        (
            "first: 1, last: 2",
            "first is 1 and last is 2; a page is at one end, so give one of them.",
        ),
        (
            "first: 0, last: 0",
            "first is 0 and last is 0; a page is at one end, so give one of them.",
        ),
        ("first: -1", "first is -1; a page has 0 to 1,000 items."),
        ("last: -1", "last is -1; a page has 0 to 1,000 items."),
        ("last: 1001", "last is 1001; a page has 0 to 1,000 items."),
    ]:
        errors = await full.errors(List("projects").document(arguments))
        assert errors == [("BAD_USER_INPUT", message)]
    for list_, _ in LISTS.values():
        assert len(await full.errors(list_.document("first: 1, last: 1"))) == 1


@pytest.mark.parametrize(
    ("arguments", "asked", "statements"),
    [
        ("first: 2", "hasNextPage hasPreviousPage", 1),
        ("last: 2", "hasNextPage hasPreviousPage", 1),
        ("first: 2, after: CURSOR", "hasNextPage", 1),
        ("first: 2, after: CURSOR", "hasPreviousPage", 2),
        ("last: 2, before: CURSOR", "hasPreviousPage", 1),
        ("last: 2, before: CURSOR", "hasNextPage", 2),
        ("first: 2, before: CURSOR", "hasPreviousPage", 1),
    ],
)
async def test_what_lies_beyond_the_other_cursor_costs_a_statement_where_it_is_asked_for(
    full: Api, arguments: str, asked: str, statements: int
) -> None:
    (runs,) = await shown(full, List("runs", 'project: "digits"'), ALL)
    (users,) = await shown(full, LISTS["usedBy"][0], ALL)
    both = f'project: "digits", where: {{name: {{in: ["{NAMES[0]}", "{NAMES[4]}"]}}}}'
    for document, statement, cursor in [
        (f'{{ runs(project: "digits", PAGE) {{ pageInfo {{ {asked} }} }} }}', "entity/list", runs),
        (
            f"{{ artifacts({both}) {{ nodes {{ usedBy(PAGE) {{ pageInfo {{ {asked} }} }} }} }} }}",
            "edge/consumers",
            users,
        ),
    ]:
        page = arguments.replace("CURSOR", f'"{cursor.cursors[0]}"')
        with full.statements() as names:
            await full.data(document.replace("PAGE", page))

        assert names.count(statement) == statements


async def test_every_kind_of_node_is_answered_for_its_id_and_null_for_what_is_none(
    full: Api,
) -> None:
    known: dict[str, str] = {}
    for name in ("projects", "artifactCollections", "artifacts", "experiments", "runs", "models"):
        scope = "" if name == "projects" else '(project: "digits")'
        data = await full.data(f"{{ {name}{scope} {{ nodes {{ __typename id }} }} }}")
        known |= {node["__typename"]: node["id"] for node in data[name]["nodes"]}
    data = await full.data(
        '{ organization { __typename id } datasets(project: "digits") { nodes { __typename id } }'
        ' project(name: "digits") { integrations { nodes { __typename id } }'
        " jobs { nodes { __typename id } } webhooks { nodes { __typename id } } } }"
    )
    known["Integration"] = data["project"]["integrations"]["nodes"][0]["id"]
    known["Webhook"] = data["project"]["webhooks"]["nodes"][0]["id"]
    known["Job"] = data["project"]["jobs"]["nodes"][0]["id"]
    known["Organization"] = data["organization"]["id"]
    known["Dataset"] = data["datasets"]["nodes"][0]["id"]
    unknown = [
        "",
        "x",
        "run_",
        known["Run"].upper(),
        f" {known['Run']}",
        known["Run"].replace("run", "model"),
        known["Organization"][:-1],
        "run_\0",
        "run_" + "0" * 100_000,
    ]
    node = "query ($id: ID!) { node(id: $id) { __typename id } }"
    nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    ids = [*known.values(), *unknown, *reversed(known.values())]
    expected = [{"__typename": type, "id": id} for type, id in known.items()]

    assert set(known) == {type.name for type in TYPES if _is_node(type)}
    assert [(await full.data(node, id=id))["node"] for id in known.values()] == expected
    assert [(await full.data(node, id=id))["node"] for id in unknown] == [None] * len(unknown)
    assert (await full.data(nodes, ids=ids))["nodes"] == [
        *expected,
        *[None] * len(unknown),
        *expected[::-1],
    ]
    assert await full.errors(nodes, ids=["x"] * 1001) == [
        ("BAD_USER_INPUT", "1,001 ids are given; at most 1,000 are taken at once.")
    ]


def _is_node(type: GraphQLObjectType | GraphQLInterfaceType) -> bool:
    interfaces = {interface.name for interface in type.interfaces}
    return isinstance(type, GraphQLObjectType) and "Node" in interfaces


def test_whatever_has_an_id_is_a_node() -> None:
    """Clients keep what they read by its id: what has one is to be asked for again by it."""
    assert {
        type.name for type in TYPES if isinstance(type, GraphQLObjectType) and "id" in type.fields
    } == {type.name for type in TYPES if _is_node(type)}
