"""A table passes for the list of its items."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.models.table import Table, classes, column, joined, only, table

pytestmark = pytest.mark.no_bytes


class Stone(NamedTuple):
    weight: int
    place: str


class Leaf(NamedTuple):
    name: str


class Pair(NamedTuple):
    first: Any
    second: Any


Item = Stone | Leaf


class Ground:
    """A source of items of two classes."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.made = 0

    def classes(self, places: Sequence[int]) -> Sequence[type]:
        return [self.items[place].__class__ for place in places]

    def columns(self, places: Sequence[int]) -> Mapping[str, Sequence[Any]]:
        names = self.items[places[0]]._fields
        return {name: [getattr(self.items[place], name) for place in places] for name in names}

    def make(self, of: type, fields: dict[str, Any]) -> Item:
        self.made += 1
        return of(**fields)


STONES = st.builds(Stone, st.integers(), st.text(max_size=2))
ITEMS = st.lists(STONES | st.builds(Leaf, st.text(max_size=2)), max_size=9)
PLACES = st.none() | st.integers(-10, 10)
PARTS = st.lists(st.builds(slice, PLACES, PLACES, st.sampled_from([None, 1, 2, -1])), max_size=4)


@given(items=ITEMS, parts=PARTS)
def test_parts_of_a_table_are_those_of_its_list(items: list[Item], parts: list[slice]) -> None:
    rows: Table[Item] = Table(Ground(items), range(len(items)))
    left = items
    for part in parts:
        rows, left = rows[part], left[part]

    assert ([*rows], len(rows), [*classes(rows)]) == (left, len(left), [*map(type, left)])
    for of in (Stone, Leaf):
        alike = [item for item in left if item.__class__ is of]
        assert [*only(rows, of)] == [*only(left, of)] == alike
        for name in of._fields if alike else ():
            assert [*column(only(rows, of), name)] == [getattr(item, name) for item in alike]


@given(items=ITEMS, parts=PARTS, others=st.lists(ITEMS, max_size=2))
def test_tables_that_are_joined_are_their_lists_joined(
    items: list[Item], parts: list[slice], others: list[list[Item]]
) -> None:
    rows: Table[Item] = Table(Ground(items), range(len(items)))
    expected = [item for part in parts for item in items[part]]

    of_one = joined([rows[part] for part in parts])

    assert [*of_one] == expected
    assert isinstance(of_one, Table) == bool(parts)
    more: list[Sequence[Item]] = [Table(Ground(it), range(len(it))) for it in others]
    assert [*joined([of_one, *more, items])] == [
        *expected,
        *(it for of in others for it in of),
        *items,
    ]


@given(stones=st.lists(STONES, max_size=5), part=st.builds(slice, PLACES, PLACES))
def test_a_column_may_be_a_table(stones: list[Stone], part: slice) -> None:
    inner: Table[Item] = Table(Ground(stones), range(len(stones)))
    pairs = table(Pair, first=inner, second=[*range(len(stones))])

    assert [*pairs[part]] == [*zip(stones, range(len(stones)), strict=True)][part]
    assert [*column(pairs[part], "first")] == stones[part]


def test_no_item_is_made_before_one_is_looked_at_and_none_is_made_twice() -> None:
    ground = Ground([Stone(1, "a"), Stone(2, "b"), Stone(3, "c")])
    rows: Table[Item] = Table(ground, range(3))

    assert column(rows[1:], "weight") == [2, 3]
    assert ground.made == 0
    assert (rows[1], rows[2], [*rows]) == (Stone(2, "b"), Stone(3, "c"), ground.items)
    assert ground.made == 3


def test_what_items_do_not_have_is_an_error() -> None:
    stones = [Stone(1, "a")]
    for items in (stones, Table[Item](Ground(stones), range(1))):
        with pytest.raises(AttributeError, match="colour"):
            column(items, "colour")
