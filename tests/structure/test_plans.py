"""On a Neo4j with a loaded world: statements run by their indexes, and constraints hold."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from neo4j import GraphDatabase, Session
from strawberry.types import get_object_definition

from graph_api.graph import Graph, Keys, Nothing, Query, listing
from graph_api.models.columns import ROWS
from graph_api.models.entity import Kind
from graph_api.models.viewer import Viewer
from graph_api.models.where import (
    Comparison,
    Condition,
    Every,
    Flow,
    Not,
    Operand,
    Operator,
    Related,
    Relation,
    Some,
)
from graph_api.schema.where import Comparable, EntityWhere, TagsFilter
from graph_api.services import organization, reading
from graph_api.settings import Settings
from tests.conftest import WIPE
from tests.structure.imported import queries
from tests.structure.loaded import load
from tests.structure.plans import composites, faults, gaps, indexed
from tests.structure.source import ROOT, Statement


@pytest.fixture(scope="module")
async def loaded(connected: Graph, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The world, for all tests of this module."""
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    viewer = Viewer(user="ada", organization_id=default.id)
    await load(connected, viewer, tmp_path_factory.mktemp("loaded"))


@pytest.fixture(scope="module")
def session(neo4j: Settings, loaded: None) -> Iterator[Session]:
    """A session that hears every notification; the service's own has them turned off."""
    password = neo4j.neo4j_password.get_secret_value()
    with (
        GraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]  # untyped **config
            neo4j.neo4j_uri or "", auth=(neo4j.neo4j_user, password)
        ) as driver,
        driver.session() as session,  # pyright: ignore[reportUnknownMemberType]
    ):
        session.run("CALL db.prepareForReplanning()").consume()
        yield session


def test_the_world_holds_every_kind_of_node_and_edge(session: Session) -> None:
    """What is missing would be refused as an unknown name in a statement, or not looked at."""
    nodes = session.run("MATCH (n) UNWIND labels(n) AS label RETURN DISTINCT label AS name")
    edges = session.run("MATCH ()-[e]->() RETURN DISTINCT type(e) AS name")

    assert {record["name"] for record in nodes} == {
        "Alias",
        "ApiKey",
        "Approval",
        "Artifact",
        "ArtifactCollection",
        "Blob",
        "Change",
        "Clearance",
        "Dataset",
        "DraftFiles",
        "Entity",
        "Experiment",
        "FormerName",
        "Idempotency",
        "Integration",
        "Job",
        "Ledger",
        "ManifestPage",
        "Metric",
        "MetricChunk",
        "Model",
        "Note",
        "Organization",
        "Pack",
        "Project",
        "Revision",
        "Run",
        "Upload",
        "UploadPrefix",
        "Withdrawal",
        "Webhook",
    }
    assert {record["name"] for record in edges} == {
        "ABOUT",
        "APPROVES",
        "CHANGED",
        "CLEARS",
        "CURRENT",
        "GRANTS",
        "HAS_CHUNK",
        "HAS_PAGE",
        "LINKED_TO",
        "LISTS",
        "LOGGED_BY",
        "METRIC_OF",
        "OF",
        "REPEATS",
        "REVISES",
        "USED_BY",
        "VERSION_OF",
        "WAS",
        "WITHDRAWS",
    }


@pytest.mark.parametrize("query", queries(), ids=lambda query: query.name)
def test_a_statement_runs_by_its_indexes(session: Session, query: Query[Any]) -> None:
    assert faults(session, query) == []


LIST = Statement(reading.LIST.name, reading.LIST.text)
KEYS: list[tuple[Kind, Keys]] = [
    *((kind, Keys()) for kind in ROWS if kind != "Organization"),
    ("Artifact", Keys(created="collection_key", name="collection_key")),
    ("Run", Keys(created="experiment_key", name="experiment_name_key")),
]
FLOW = Flow("UPSTREAM", "run_1")
_SINGLE: list[Condition] = [
    *(
        Comparison(operator, {"exists": True, "in": ["x"]}.get(operator, "x"), "name", operand)
        for operator in get_args(Operator)
        for operand in get_args(Operand)
    ),
    *(Related(relation, "run_1") for relation in get_args(Relation)),
    FLOW,
]
# What other indexes could answer, beside all else.
_TOGETHER = Every(
    (
        Not(Some(tuple(_SINGLE[:3]))),
        Comparison("eq", "x", "id"),
        Comparison("in", ["x"], "project_id"),
        *_SINGLE[-len(get_args(Relation)) - 1 :],
    )
)
CONDITIONS = [
    *_SINGLE,
    _TOGETHER,
    Every(()),
    Some(()),
]


@pytest.mark.parametrize("descending", [False, True], ids=["ASC", "DESC"])
@pytest.mark.parametrize(("kind", "keys"), KEYS, ids=lambda value: getattr(value, "name", value))
def test_a_list_pages_and_counts_by_its_index_in_each_order(
    session: Session, kind: Kind, keys: Keys, descending: bool
) -> None:
    listed = listing(reading.LIST, kind, keys, _TOGETHER, {FLOW: ["x"]})
    parameters = {**LIST.announced, **listed.parameters}

    # What was renamed, or moved to another project, is looked up as well.
    moves = kind in ("Artifact", "ArtifactCollection") and keys == Keys()
    for key in (keys.created, keys.name):
        page = listed.page(key, descending=descending)
        assert faults(session, page, **parameters) == []
        assert indexed(session, page, **parameters) == (
            {f"n.{key}", f"f.{key}"} if moves or key.endswith("name_key") else {f"n.{key}"}
        )
    assert faults(session, listed.count(), **parameters) == []
    key = keys.created
    assert indexed(session, listed.count(), **parameters) == (
        {f"n.{key}", f"f.{key}"} if moves else {f"n.{key}"}
    )


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_filter_runs_within_its_scope_whatever_it_asks(
    session: Session, condition: Condition
) -> None:
    listed = listing(reading.LIST, "Run", Keys(), condition, {FLOW: ["x"]})
    parameters = {**LIST.announced, **listed.parameters}

    for statement in (listed.page("list_key", descending=False), listed.count()):
        assert faults(session, statement, **parameters) == []
        assert indexed(session, statement, **parameters) == {"n.list_key"}


@pytest.mark.parametrize("where", EntityWhere.__subclasses__()[0].__subclasses__())
def test_every_field_of_a_filter_is_a_property_of_its_kind(
    session: Session, where: type[EntityWhere]
) -> None:
    """A misspelt one would match nothing, for ever and in silence."""
    compared: set[str] = set()
    for field in get_object_definition(where, strict=True).fields:
        filter = getattr(field.type, "of_type", None)
        if isinstance(filter, type) and issubclass(filter, Comparable):
            operator = "has" if filter is TagsFilter else "eq"
            make: Any = filter
            made: Any = where
            condition = made(**{field.python_name: make(**{operator: "x"})}).condition(1)
            assert isinstance(condition, Every)
            (part,) = condition.parts
            assert isinstance(part, Comparison)
            compared.add(part.key)
    label = where.__name__.removesuffix("Where")
    keys = session.run(
        "MATCH (n) WHERE $label IN labels(n) UNWIND keys(n) AS key RETURN collect(DISTINCT key)",
        label=label,
    ).single(strict=True)[0]

    assert {"id", "name", "created_at", "created_by", "description"} <= compared
    # Nobody has described all kinds in the loaded world.
    assert compared - {"description"} <= set(keys)


def test_no_composite_constraint_is_overlooked() -> None:
    files = (ROOT / "cypher/constraints").iterdir()
    written = sum(path.read_text().count("REQUIRE (") for path in files)

    assert len(composites(ROOT)) == written
    assert ("Run", ["project_id", "number"]) in composites(ROOT)


@pytest.mark.parametrize(("label", "keys"), composites(ROOT), ids=lambda value: str(value))
def test_no_part_of_a_composite_constraint_is_ever_missing(
    session: Session, label: str, keys: list[str]
) -> None:
    assert gaps(session, label, keys) == []


# What follows plants violations.


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("MATCH (n) RETURN count(n.name) AS id", "AllNodesScan"),
        ("MATCH (r:Run) RETURN r.id AS id", "NodeByLabelScan"),
        ("MATCH ()-[e:USED_BY]->() RETURN e.via AS id", "DirectedRelationshipTypeScan"),
        ("// $id: string\nMATCH (r:Run {id: $id}) RETURN r.id AS id", "NodeByLabelScan"),
        (
            "// $id: string\nMATCH (r:Entity {id: $id}), (a:Entity {id: $id}) RETURN r.id AS id",
            "CartesianProduct",
        ),
        (
            "// $ids: [string]; $first: int\nUNWIND $ids AS id MATCH (r:Entity {id: id}) "
            "RETURN r.id AS id ORDER BY r.name LIMIT $first",
            "Top",
        ),
    ],
)
def test_a_planted_statement_is_refused(session: Session, statement: str, fault: str) -> None:
    planted: Query[Any] = Query("planted/list", statement, Nothing)  # pyright: ignore[reportArgumentType]  # from above

    assert f"planted/list: {fault}" in faults(session, planted)


def test_a_warning_is_refused_whatever_the_header_says(session: Session) -> None:
    planted = Query(
        "planted/warned",
        "// scan: a few.\n// $id: string\nMATCH (n:Nowhere {id: $id}) RETURN id(n) AS id",
        Nothing,
    )

    found = faults(session, planted)

    assert len(found) == 2
    assert any("deprecated" in fault for fault in found)
    assert any("Nowhere" in fault for fault in found)


def test_a_header_can_say_why_a_scan_is_right(session: Session) -> None:
    planted = Query(
        "planted/list", "// scan: there are few.\nMATCH (r:Run) RETURN r.id AS id", Nothing
    )

    assert faults(session, planted) == []


def test_a_planted_constraint_over_what_may_be_missing_is_refused(session: Session) -> None:
    assert gaps(session, "Run", ["project_id", "experiment_id"]) == [
        "A Run can lack experiment_id."
    ]
    assert gaps(session, "Nowhere", ["id"]) == ["There is no Nowhere to look at."]
