"""The tree that we ship passes its gates."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from graph_api.models.where import Operand, Operator, Relation
from tests.structure import gates, imported
from tests.structure.source import ROOT, Statement, statements


@pytest.mark.parametrize("gate", gates.GATES + imported.GATES, ids=lambda gate: gate.__name__)
def test_the_tree_passes(gate: Callable[[Path], list[str]]) -> None:
    assert gate(ROOT) == []


def test_every_statement_is_imported_with_its_row() -> None:
    """Else a gate on rows would pass by seeing nothing."""
    assert [query.name for query in imported.queries()] == [
        statement.name for statement in statements(ROOT)
    ]


def test_every_statement_would_be_recognised_in_python() -> None:
    unrecognised = [each.name for each in statements(ROOT) if not gates.cypher_in(each.body)]

    assert unrecognised == []
    assert gates.cypher_in("Create (or update) what is given; match the run, return it.") is None


def test_every_fragment_of_a_filter_is_used_and_names_what_it_takes() -> None:
    fragments = [
        Statement(path.stem, path.read_text("utf-8"))
        for path in sorted((ROOT / "cypher/where").iterdir())
    ]

    named = {*get_args(Operator), *get_args(Operand), *get_args(Relation)}
    assert {fragment.name for fragment in fragments} == named | {"as_of", "count"}
    for fragment in fragments:
        assert re.match(r"[A-Z].*\.$", fragment.header.partition("\n$")[0], re.S), fragment.name
        assert fragment.announced.keys() == fragment.parameters, fragment.name
