"""Filters: a list answers and counts what a plain Python function finds in the same entities."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.graph import Graph
from graph_api.models.metadata import escaped
from graph_api.models.page import Window
from graph_api.models.run import NewRun, Run, Status
from graph_api.models.viewer import Viewer
from graph_api.models.where import Comparison, Condition, Every, Not, Operator, Order, Some, Where
from graph_api.services import organization, project, run
from tests.conftest import WIPE
from tests.environment import environment
from tests.services.world import LIMITS

EXAMPLES = 1_000 if environment.deep else 40
# Signs whose order differs between UTF-8 and UTF-16, and where names are put into keys.
TEXTS = ["", "a", "A", "ab", "a b", "a|", "a}", "é", "\uff5e", "\U0001f600", "1", "x\ty"]
KEYS = ["k", "a.b", "c\\", "\U0001f600", "deep"]
SCALARS = [0, 1, 1.0, -2.5, 2**53 - 1, True, False, *TEXTS]

scalars = st.sampled_from(SCALARS)
PATHS = [[key] for key in KEYS] + [["deep", key] for key in KEYS] + [["k", "a.b"]]


RUNS: list[tuple[str | None, Any, Status]] = [
    ("a", {"k": 1, "a.b": "é", "wide": {f"{n:03d}": n for n in range(120)}}, "COMPLETED"),
    ("a", {"k": "1", "deep": {"a.b": True, **{f"{n:03d}": n for n in range(120)}}}, "FAILED"),
    ("ab", {"k": {"a.b": 1.0}, "c\\": -2.5}, "RUNNING"),
    ("a b", {"\U0001f600": "\uff5e", "k": [1]}, "COMPLETED"),
    # More than 100 scalars: the others lie elsewhere and are found all the same.
    (
        "é",
        {
            **{f"{n:02d}": n for n in range(98)},
            "deep": {
                "k": "\U0001f600",
                "deep": 0,
                "c\\": "x\ty",
                "a.b": True,
                "\U0001f600": "a\tb",
            },
        },
        "KILLED",
    ),
    ("\uff5e", {"k": True, "deep": 1}, "FAILED"),
    ("\U0001f600", {"k": False, "a.b": "x\ty"}, "RUNNING"),
    ("a|", {"deep": {"deep": 0, "c\\": ""}}, "RUNNING"),
    ("a}", {}, "COMPLETED"),
    (None, {"k": None}, "RUNNING"),
]


def _holds(operator: Operator, value: Any, asked: Any) -> bool:
    """Whether a comparison holds: never between types, nor where there is no value."""
    if operator == "exists":
        return (value is not None) is asked
    if value is None:
        return False
    if operator == "in":
        return any(_holds("eq", value, each) for each in asked)
    if isinstance(value, bool) != isinstance(asked, bool):
        return False
    if isinstance(value, str) != isinstance(asked, str):
        return False
    if operator in ("contains", "starts_with"):
        if not isinstance(value, str):
            return False
        return asked in value if operator == "contains" else value.startswith(asked)
    if isinstance(value, str):
        value, asked = value.encode("utf-16-be"), asked.encode("utf-16-be")
    compared: dict[str, Callable[[Any, Any], bool]] = {
        "eq": lambda a, b: a == b,
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
    }
    return compared[operator](value, asked)


def _value(row: Run, key: str) -> Any:
    if not key.startswith("meta."):
        return getattr(row, key)
    value: Any = row.metadata
    for part in next(path for path in PATHS if key == "meta." + ".".join(map(escaped, path))):
        value = value.get(part) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # JSON
    return value if isinstance(value, str | int | float) else None


def oracle(condition: Condition, row: Run) -> bool:
    """Whether a condition holds for a run."""
    match condition:
        case Every(parts):
            return all(oracle(part, row) for part in parts)
        case Some(parts):
            return any(oracle(part, row) for part in parts)
        case Not(part):
            return not oracle(part, row)
        case Comparison(operator, value, key, _):
            return _holds(operator, _value(row, key), value)
        case _:
            raise AssertionError(condition)


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """A comparison of a field or of a path in the metadata."""
    operator: Operator = draw(st.sampled_from([o for o in get_args(Operator) if o != "has"]))
    value: Any
    if operator == "exists":
        value = draw(st.booleans())
    elif operator == "in":
        value = draw(st.lists(scalars, max_size=3))
    elif operator in ("contains", "starts_with"):
        value = draw(st.sampled_from(TEXTS))
    else:
        value = draw(scalars | st.just(float("nan")))
    if draw(st.booleans()):
        path = draw(st.sampled_from(PATHS))
        return Comparison(operator, value, "meta." + ".".join(map(escaped, path)), "flat")
    key = draw(st.sampled_from(["name", "number", "status", "reason", "description"]))
    return Comparison(operator, value, key)


conditions = st.recursive(
    comparisons(),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: Every(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: Some(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)


@dataclass(frozen=True)
class Known:
    """A project with runs, oldest first."""

    graph: Graph
    viewer: Viewer
    scope: str
    rows: list[Run]

    async def all(self, order: Order, where: Where) -> tuple[list[str], int]:
        """The ids of all pages of a list, and how many it says there are."""
        ids: list[str] = []
        after = None
        while True:
            page = await run.page(
                self.graph, self.viewer, self.scope, Window(4, after), order, where
            )
            ids += [row.id for row in page.items]
            if not await page.has_next():
                return ids, await page.total()
            after = page.cursors[-1]


@pytest.fixture(scope="module")
async def known(connected: Graph) -> Known:
    """The runs, for all tests of this module."""
    await connected.write(WIPE)
    default = await organization.ensure_default(connected)
    viewer = Viewer(user="ada", organization_id=default.id)
    for name, metadata, status in RUNS:
        new = NewRun(project="digits", name=name, metadata=metadata, description=name)
        started = await run.start(connected, viewer, LIMITS, new)
        if status != "RUNNING":
            await run.finish(connected, viewer, started.id, status, name)
    scope = (await project.scope(connected, viewer, "digits")).id
    page = await run.page(connected, viewer, scope, Window(1000))
    assert len(page.items) == len(RUNS)
    return Known(connected, viewer, scope, [*page.items])


@settings(max_examples=EXAMPLES, deadline=None)
@given(conditions, st.booleans(), st.booleans())
async def test_a_filter_answers_and_counts_what_python_finds(
    known: Known, condition: Condition, by_name: bool, descending: bool
) -> None:
    expected = [row for row in known.rows if oracle(condition, row)]
    if by_name:
        expected.sort(key=lambda row: (row.name + "\t", row.id))
    if descending:
        expected.reverse()

    ids, total = await known.all(
        Order("NAME" if by_name else "CREATED", descending), Where(condition, 10)
    )

    assert ids == [row.id for row in expected]
    assert total == len(expected)


@pytest.mark.parametrize("operator", [each for each in get_args(Operator) if each != "has"])
async def test_each_operator_tells_every_value_from_every_other(
    known: Known, operator: Operator
) -> None:
    asked: list[Any] = [True, False] if operator == "exists" else SCALARS
    if operator in ("contains", "starts_with"):
        asked = TEXTS
    for value in asked:
        for path in (["k"], ["a.b"], ["deep", "k"], ["deep", "\U0001f600"]):
            key = "meta." + ".".join(map(escaped, path))
            compared = [value] if operator == "in" else value
            condition = Comparison(operator, compared, key, "flat")
            ids, _ = await known.all(Order(), Where(condition, 10))
            assert ids == [row.id for row in known.rows if oracle(condition, row)], condition
