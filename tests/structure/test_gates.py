"""The tree that we ship passes its gates."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.structure import gates, imported
from tests.structure.source import ROOT, statements


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
