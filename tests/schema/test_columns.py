"""Lists of plain fields are answered as graphql-core answers them, errors and nulls included."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from itertools import accumulate, chain, pairwise
from typing import Annotated, Any

import pytest
import strawberry
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import queries
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from graph_api.models.table import Table
from graph_api.schema.columns import ByColumns
from graph_api.schema.many import of_many
from graph_api.schema.scalars import SCALARS, BigInt
from tests.environment import environment

pytestmark = pytest.mark.no_bytes

EXAMPLES = 10_000 if environment.deep else 150


@strawberry.enum
class Colour(Enum):
    RED = 1
    BLUE = "b"


@strawberry.interface
class Thing:
    id: strawberry.ID
    label: str | None


@strawberry.type
class Leaf(Thing):
    name: str
    size: int | None
    big: BigInt
    ratio: float | None
    flag: bool
    at: datetime
    colour: Colour | None
    data: JSON | None
    tags: list[str]
    grid: list[list[int | None]] | None


@strawberry.type
class Bud:
    name: str | None


@strawberry.type
class Branch(Thing):
    leaves: list[Leaf]
    buds: list[Bud | None] | None
    leaf: Leaf | None
    thing: Thing
    things: list[Thing | None]
    either: Annotated[Leaf | Bud, strawberry.union("Either")] | None
    hidden: strawberry.Private[Any]
    twigs: strawberry.Private[list[Thing]]

    @strawberry.field
    @of_many
    @staticmethod
    async def grown(branches: Sequence["Branch"], most: int = 2) -> list[Sequence[Thing]]:
        for branch in branches:
            _told(branch.hidden)
        twigs = [branch.twigs[:most] for branch in branches]
        grown = tabled([*chain.from_iterable(twigs)])
        ends = [*accumulate(map(len, twigs), initial=0)]
        return [grown[start:end] for start, end in pairwise(ends)]

    @strawberry.field
    def told(self) -> str | None:
        return _told(self.hidden)

    @strawberry.field
    async def later(self) -> Leaf:
        await asyncio.sleep(0)
        return _told(self.hidden)

    @strawberry.field
    async def others(self) -> list[Thing | None] | None:
        return [self.thing, *self.things] if self.hidden is None else _told(self.hidden)


class Things:
    """The source of a table of things."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self._things = things

    def classes(self, places: Sequence[int]) -> Sequence[type]:
        return [self._things[place].__class__ for place in places]

    def columns(self, places: Sequence[int]) -> dict[str, Any]:
        names = vars(self._things[places[0]])
        return {name: [getattr(self._things[it], name) for it in places] for name in names}

    def make(self, of: type[Thing], fields: dict[str, Any]) -> Thing:
        made = of.__new__(of)
        made.__dict__ = fields
        return made


def tabled(things: Sequence[Thing]) -> Table[Thing]:
    """A table of things of several types."""
    return Table(Things(things), range(len(things)))


def _told(value: Any) -> Any:
    if isinstance(value, Exception):
        raise value
    return value


@strawberry.type
class Query:
    @strawberry.field
    def branches(self, info: strawberry.Info[Any, Any]) -> list[Branch]:
        return info.context

    @strawberry.field
    async def things(self, info: strawberry.Info[Any, Any]) -> list[Thing | None] | None:
        return info.context


CONFIG = StrawberryConfig(scalar_map=SCALARS)
CORE = strawberry.Schema(Query, types=[Leaf], config=CONFIG)
COLUMNS = strawberry.Schema(Query, types=[Leaf], config=CONFIG, execution_context_class=ByColumns)


def some(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly right values, else none at all, one of another type, or an error."""
    wrong = st.sampled_from([None, 7, 2**40, "text", "", 1.5, True, [], [None], ValueError("no")])
    return st.integers(0, 40).flatmap(lambda n: right if n else wrong)


TEXTS = st.text(max_size=3)
LEAVES = st.builds(
    Leaf,
    id=some(TEXTS),
    label=some(st.none() | TEXTS),
    name=some(TEXTS),
    size=some(st.none() | st.integers(-(2**31), 2**31 - 1)),
    big=some(st.integers(-(2**63), 2**63 - 1)),
    ratio=some(st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    flag=some(st.booleans()),
    at=some(st.just(datetime(2026, 1, 2, tzinfo=UTC))),
    colour=some(st.none() | st.sampled_from(Colour)),
    data=some(st.sampled_from([None, {"a": [1]}, [], 7, ""])),
    tags=some(st.lists(some(TEXTS), max_size=2)),
    grid=some(
        st.none() | st.lists(some(st.lists(st.none() | st.integers(0, 9), max_size=2)), max_size=2)
    ),
)
BUDS = st.builds(Bud, name=some(st.none() | TEXTS))


def branches(things: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        Branch,
        id=some(TEXTS),
        label=some(st.none() | TEXTS),
        leaves=some(st.lists(some(LEAVES), max_size=3)),
        buds=some(st.none() | st.lists(some(st.none() | BUDS), max_size=3)),
        leaf=some(st.none() | LEAVES),
        thing=some(things),
        things=some(st.lists(some(st.none() | things), max_size=3)),
        either=some(st.none() | LEAVES | BUDS),
        hidden=st.none() | some(LEAVES | TEXTS),
        twigs=st.lists(things, max_size=3),
    )


WORLDS = st.lists(branches(st.recursive(LEAVES, branches, max_leaves=3)), max_size=3)


async def outcome(schema: strawberry.Schema, document: str, world: Any) -> Any:
    """All that an operation answers."""
    result = await schema.execute(document, context_value=world)
    return result.data, [error.formatted for error in result.errors or []]


@settings(max_examples=EXAMPLES, deadline=None)
@given(world=WORLDS, document=queries(CORE.as_str(), custom_scalars={}))
async def test_any_document_on_any_objects_is_answered_as_by_graphql_core(
    world: Any, document: str
) -> None:
    expected = await outcome(CORE, document, world)

    event("with errors" if expected[1] else "without errors")
    assert await outcome(COLUMNS, document, world) == expected


def a_leaf() -> Leaf:
    return Leaf(
        id=strawberry.ID("a"),
        label=None,
        name="one",
        size=1,
        big=BigInt(2**60),
        ratio=0.5,
        flag=True,
        at=datetime(2026, 1, 2, tzinfo=UTC),
        colour=Colour.BLUE,
        data=JSON({"a": 1}),
        tags=["t"],
        grid=[[1, None]],
    )


def a_branch(thing: Thing, hidden: Any) -> Branch:
    leaf = a_leaf()
    return Branch(
        id=strawberry.ID("b"),
        label="B",
        leaves=[leaf, leaf],
        buds=None,
        leaf=leaf,
        thing=thing,
        things=[leaf, None],
        either=leaf,
        hidden=hidden,
        twigs=[leaf, thing],
    )


async def test_the_fields_of_lists_are_no_fields_to_graphql_core() -> None:
    branch = a_branch(a_leaf(), a_leaf())
    document = """{ branches { __typename id later { name } grown(most: 1) { id }
      leaves { id label size big ratio flag at colour data tags grid }
      things { __typename id ... on Leaf { name } ... on Branch { label } } } }"""
    executed: list[str] = []
    execute_field = ByColumns.execute_field

    def watched(self: ByColumns, parent: Any, source: Any, nodes: Any, *rest: Any) -> Any:
        executed.append(nodes[0].node.name.value)
        return execute_field(self, parent, source, nodes, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ByColumns, "execute_field", watched)
        data, errors = await outcome(COLUMNS, document, [branch, branch])

    assert executed == ["branches"]
    told = {
        "id": "a",
        "label": None,
        "size": 1,
        "big": str(2**60),
        "ratio": 0.5,
        "flag": True,
        "at": "2026-01-02T00:00:00+00:00",
        "colour": "BLUE",
        "data": {"a": 1},
        "tags": ["t"],
        "grid": [[1, None]],
    }
    things = [{"__typename": "Leaf", "id": "a", "name": "one"}, None]
    one = {
        "__typename": "Branch",
        "id": "b",
        "later": {"name": "one"},
        "grown": [{"id": "a"}],
        "leaves": [told, told],
        "things": things,
    }
    assert (data, errors) == ({"branches": [one, one]}, [])
    assert list(data["branches"][0]) == ["__typename", "id", "later", "grown", "leaves", "things"]


async def test_what_a_resolver_fails_at_is_asked_twice_at_most_however_deep_it_lies() -> None:
    world: Thing = a_leaf()
    for _ in range(8):
        world = a_branch(world, None)
    deep: Any = world
    while isinstance(deep.thing, Branch):
        deep = deep.thing
    deep.hidden = ValueError("deep down")
    document = "{ branches { ...F } } fragment F on Branch { id others { ... on Branch { id X } } }"
    for _ in range(6):
        document = document.replace("X", "others { ... on Branch { id X } }")
    document = document.replace("X", "others { __typename } later { name }")
    told: list[Any] = []
    tell = _told

    def counted(value: Any) -> Any:
        told.append(value)
        return tell(value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.schema.test_columns._told", counted)
        expected = await outcome(CORE, document, [world, world])
        once = len(told)
        found = await outcome(COLUMNS, document, [world, world])

    assert found == expected
    assert [error["message"] for error in found[1]].count("deep down") >= 2
    assert once <= len(told) - once <= 2 * once


async def test_a_resolver_of_many_is_asked_once_for_all_objects_of_a_list() -> None:
    world = [a_branch(a_leaf(), None) for _ in range(3)]
    asked: list[int] = []

    def counted(things: Sequence[Thing]) -> Table[Thing]:
        asked.append(len(things))
        return table_of(things)

    table_of = tabled
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.schema.test_columns.tabled", counted)
        document = "{ branches { grown { id } } }"
        found = await outcome(COLUMNS, document, world)
        assert found == ({"branches": [{"grown": [{"id": "a"}, {"id": "a"}]}] * 3}, [])
        assert asked == [6]
        assert await outcome(CORE, document, world) == found
        assert asked == [6, 2, 2, 2]
