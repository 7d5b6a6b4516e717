"""Every gate refuses a violation that is planted in a copy of the tree."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.source import ROOT

PYTHON = {
    "graph_api/planted_cypher.py": '''
"""Statements outside cypher/."""

from graph_api.graph import Nothing, Query, cypher

PLAIN = "MATCH (n:Run) RETURN n.id AS id"
SMALL = "match (n) where n.id = 1 set n.x = 2"
ADDED = "MATCH " + "(n:Run {id: $id}) " + "DETACH " + "DELETE n"


def of(label: str) -> str:
    return f"""
        UNWIND $ids AS id
        MERGE (n:{label} {{id: id}})
    """


MADE = Query("planted", "RETURN 1 AS one", Nothing)
TWICE = cypher("run/by_key")
ABSENT = cypher("run/absent")
COMPUTED = cypher("run/" + "list")
''',
    "tests/planted_length.py": "\n" * 401,
    "graph_api/services/planted_row.py": '''
"""A row outside models/."""

from pydantic import BaseModel

from graph_api.graph import cypher


class Row(BaseModel, frozen=True):
    """Lacks most of what is returned."""

    id: str
    colour: str


PLANTED = cypher("organization/ensure", Row)
''',
    "graph_api/services/planted_words.py": '''
"""Broken rules of ruff."""

import os
from os import environ as known

from . import alias

HOME = os.environ.get("HOME")
USER = os.getenv("USER")
SHELL = known.get("SHELL")
UNFORMATTED = { 'a':1 }
''',
    "graph_api/services/planted_types.py": '''
"""Values pasted into statements, and a leak of unknown types."""

from neo4j import AsyncTransaction

from graph_api.graph import Graph, Nothing, Query


async def pasted(graph: Graph, tx: AsyncTransaction, name: str) -> None:
    await tx.run(f"MATCH (n) WHERE n.name = '{name}' DELETE n")
    await graph.write(Query("pasted", "MATCH (n:" + name + ") DELETE n", Nothing))
    await graph.write(Query("fine", "MATCH (n {name: $name}) DELETE n", Nothing), name=name)


def leak(value):
    return value


def hushed() -> str:
    return 1  # type: ignore


def hushed_by_name() -> str:
    return 1  # pyright: ignore
''',
    "graph_api/models/planted_up.py": "from graph_api.services import run\n",
    "graph_api/client/planted_server.py": "from graph_api import settings\n",
    "graph_api/services/planted_web.py": "import starlette\nimport minio\nimport typer\n",
    "graph_api/routes/planted_code.py": """
def refuse() -> None:
    raise Refused(400, "PLANTED", "No.")
""",
    "graph_api/schema/planted_store.py": "import graph_api.graph\n",
    "graph_api/services/planted_one.py": "import graph_api.services.planted_two\n",
    "graph_api/services/planted_two.py": "import graph_api.services.planted_one\n",
    "graph_api/utils.py": "",
}

STATEMENTS = {
    "cypher/gadget/by_ids.cypher": "// Each gadget.\nMATCH (g:Gadget) RETURN g.id AS id\n",
    "cypher/run/unused.cypher": "// Reads what nobody asks for.\nMATCH (r:Run) RETURN r.id AS id\n",
    "cypher/run/unannounced.cypher": (
        "// $id: string; $gone: int; $odd: thing\nMATCH (r:Run {id: $id, key: $key, x: $odd})\n"
    ),
}

REPLACED = {
    "cypher/project/by_name.cypher": (", p.created_by AS created_by", ""),
    "cypher/metric/by_runs.cypher": ("max: m.max", "max: m.max, mean: m.mean"),
    "cypher/edge/used.cypher": ("[e IN edges | e.reused] AS reused, ", ""),
    "cypher/entity/lock.cypher": ("SET n.lock = $id", "SET n.lock = $id\nRETURN n.id AS id"),
    "cypher/idempotency/lock.cypher": (
        "RETURN i.request AS request, i.answer AS id, i.created AS created",
        "",
    ),
    "graph_api/schema/link.py": (
        '@strawberry.input(description="A link to draw.")',
        "@strawberry.input",
    ),
    "graph_api/schema/organization.py": ('description="', 'description="" and "'),
    "graph_api/errors/store.py": ('code = "BAD_KEY"', 'code = "BAD_NAME"'),
    "graph_api/schema/lineage.py": (', description="More lies beyond `depth`."', ""),
}


@pytest.fixture(scope="module")
def planted(copy: Path) -> Path:
    """The copy with every violation in it."""
    for path, text in (PYTHON | STATEMENTS).items():
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(text.lstrip("\n") if path in PYTHON and text.strip() else text)
    for path, (old, new) in REPLACED.items():
        text = (copy / path).read_text()
        assert old in text, path
        (copy / path).write_text(text.replace(old, new))
    return copy


def refusals(folder: Path, *command: str) -> list[str]:
    """What a gate prints, line by line; it must fail, and not by a crash."""
    tool = Path(sys.executable).with_name(command[0])
    program = [sys.executable, *command[1:]] if command[0] == "python" else [tool, *command[1:]]
    done = subprocess.run(program, cwd=folder, text=True, capture_output=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def structure(planted: Path) -> list[str]:
    """The violations that our own gates see."""
    return refusals(planted, "python", "-m", "tests.structure")


@pytest.mark.parametrize(
    "violation",
    [
        "graph_api/planted_cypher.py:5 holds Cypher: ",
        "graph_api/planted_cypher.py:6 holds Cypher: ",
        "graph_api/planted_cypher.py:7 holds Cypher: ",
        "graph_api/planted_cypher.py:11 holds Cypher: ",
        "graph_api/planted_cypher.py:17 makes a Query; only cypher() does.",
        "cypher/run/by_key.cypher is used 2 times.",
        "cypher('run/absent') names no file.",
        "graph_api/planted_cypher.py:20 calls cypher() without a literal name.",
        "cypher/run/unused.cypher is used nowhere.",
        "cypher/run/unannounced.cypher does not begin with what it does.",
        "cypher/run/unannounced.cypher does not announce $key with a type.",
        "cypher/run/unannounced.cypher announces $gone, which it does not take.",
        "cypher/run/unannounced.cypher announces $odd with an unknown type.",
        "cypher/gadget/ has no graph_api/services/gadget.py.",
        "cypher/gadget/ has no graph_api/models/gadget.py.",
        "cypher/gadget/ has no tests/services/test_gadget.py.",
        "tests/planted_length.py has 401 lines; at most 400.",
        "graph_api.services.planted_row.Row is a row of cypher/organization/ensure.cypher; "
        "rows lie in models/.",
        "cypher/organization/ensure.cypher does not return colour of Row.",
        "cypher/organization/ensure.cypher returns created_at, created_by, description, metadata, "
        "name, which Row lacks.",
        "cypher/project/by_name.cypher does not return created_by of Project.",
        "cypher/metric/by_runs.cypher returns mean, which Metric lacks.",
        "cypher/edge/used.cypher does not return reused of NeighbourColumns.",
        "cypher/entity/lock.cypher returns id; its row is Nothing.",
        "cypher/idempotency/lock.cypher returns nothing; its row is Record.",
        "schema.graphql is not the schema; run make schema.",
        "BAD_NAME is of unrelated classes: BadKey, BadName.",
        "graph_api/routes/planted_code.py:2 refuses with PLANTED, which routes/codes.py",
        "docs/errors.md is not the codes; run make schema.",
        "LinkInput has no description.",
        "Mutation.link(input) has no description.",
        "Organization has no description.",
        "Query.organization has no description.",
        "IncompleteReason.DEPTH has no description.",
    ],
)
def test_our_gates_refuse(structure: list[str], violation: str) -> None:
    assert [line for line in structure if line.startswith(violation)] != []


def test_ruff_refuses_the_environment_and_relative_imports(planted: Path) -> None:
    path = "graph_api/services/planted_words.py"
    found = refusals(planted, "ruff", "check", "--no-cache", "--output-format=concise", path)

    banned = [line.split(":")[1] for line in found if "Read the environment in settings.py" in line]
    relative = [line.split(":")[1] for line in found if " TID252 " in line]
    assert (banned, relative) == (["4", "8", "9"], ["6"])


def test_ruff_refuses_another_format(planted: Path) -> None:
    path = "graph_api/services/planted_words.py"
    found = refusals(planted, "ruff", "format", "--no-cache", "--check", path)

    assert found[-1] == "1 file would be reformatted"


def test_basedpyright_refuses_pasted_values_unknown_types_and_blanket_ignores(
    planted: Path,
) -> None:
    path = "graph_api/services/planted_types.py"
    command = ("basedpyright", "--pythonpath", sys.executable, "--warnings", "--outputjson", path)
    report = json.loads("\n".join(refusals(planted, *command)))

    found = [
        (error["range"]["start"]["line"] + 1, error["rule"])
        for error in report["generalDiagnostics"]
    ]
    assert found == [
        (9, "reportArgumentType"),
        (10, "reportArgumentType"),
        (14, "reportUnknownParameterType"),
        (14, "reportUnknownParameterType"),
        (14, "reportMissingParameterType"),
        (15, "reportUnknownVariableType"),
        (19, "reportReturnType"),
        (23, "reportIgnoreCommentWithoutRule"),
    ]


@pytest.fixture(scope="module")
def imports(planted: Path) -> str:
    """The broken contracts."""
    return "\n".join(refusals(planted, "lint-imports", "--no-cache"))


@pytest.mark.parametrize(
    "violation",
    [
        "Imports point down BROKEN",
        "GraphQL and HTTP stay in schema/, routes/ and app BROKEN",
        "Resolvers and routes reach the stores through services BROKEN",
        "Neo4j stays in graph/, MinIO in blobs/ BROKEN",
        "The client is no part of the server BROKEN",
        "Services, models and the client form no cycles BROKEN",
        "graph_api.models.planted_up -> graph_api.services.run (l.1)",
        "graph_api.client.planted_server -> graph_api.settings (l.1)",
        "graph_api.services.planted_web -> starlette (l.1)",
        "graph_api.services.planted_web -> minio (l.2)",
        "graph_api.services.planted_web -> typer (l.3)",
        "graph_api.services.planted_types -> neo4j (l.3)",
        "graph_api.schema.planted_store -> graph_api.graph (l.1)",
        "planted_two",
        "utils",
    ],
)
def test_import_linter_refuses(imports: str, violation: str) -> None:
    assert violation in imports


def test_nothing_is_planted_in_the_tree_itself() -> None:
    assert [path for path in PYTHON if (ROOT / path).exists()] == []
