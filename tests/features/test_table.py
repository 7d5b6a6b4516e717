"""The table of features and the tests of its rows are of one mind."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "docs/features.md"
ROWS = [
    *("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11"),
    *("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "B10", "B11", "B12"),
    *("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14"),
    *("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "E2", "E4", "F8"),
]


def test_every_row_is_in_the_table_once_and_names_the_tests_that_it_has() -> None:
    table = re.findall(r"^\| ([A-Z]\d+) \|.*\| `(test_\w+\.py)` \|$", TABLE.read_text(), re.M)
    tests = {
        (row.upper(), path.name)
        for path in HERE.glob("test_*.py")
        for row in re.findall(r"^def test_([a-z]\d+)_", path.read_text(), re.M)
    }

    assert [row for row, _ in table] == ROWS
    assert set(table) == tests
