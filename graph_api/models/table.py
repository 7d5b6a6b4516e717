"""Items that lie by columns: an item is made where somebody looks at it, and no sooner.

To read, to check and to answer many items costs, by columns, a fraction of what it costs item by
item. A table passes for the sequence of its items; who knows that it is one takes its columns.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import Any, Generic, Protocol, TypeVar, overload

Item = TypeVar("Item")
Made = TypeVar("Made", covariant=True)

Column = Sequence[Any]
"""A value of each item."""


class Source(Protocol[Made]):
    """Where the items of tables lie, each at a place."""

    def classes(self, places: Sequence[int]) -> Sequence[type]:
        """The class of each."""
        ...

    def columns(self, places: Sequence[int]) -> Mapping[str, Column]:
        """What those have that are all of one class, by name."""
        ...

    def make(self, of: type, fields: dict[str, Any]) -> Made:
        """An item of a class."""
        ...


class Table(Sequence[Item]):
    """Items at some places of a source, in their order."""

    def __init__(self, source: Source[Item], places: Sequence[int]) -> None:
        self.source = source
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> "Table[Item]": ...
    def __getitem__(self, place: int | slice) -> "Item | Table[Item]":
        if isinstance(place, slice):
            return Table(self.source, self.places[place])
        return self._items[place]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    @cached_property
    def classes(self) -> Sequence[type]:
        """The class of each item."""
        return self.source.classes(self.places)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """What the items have, by name; they are all of one class."""
        return self.source.columns(self.places)

    def at(self, places: Sequence[int]) -> "Table[Item]":
        """The items at these places of this one."""
        return Table(self.source, taken(self.places, places))

    @cached_property
    def _items(self) -> list[Item]:
        distinct = {*self.classes}
        if len(distinct) > 1:
            found = {of: iter(only(self, of)) for of in distinct}
            return [next(found[of]) for of in self.classes]
        if not distinct:
            return []
        make = self.source.make
        names = [*self.columns]
        rows = zip(*self.columns.values(), strict=True)
        return [make(of, dict(zip(names, row, strict=True))) for of in distinct for row in rows]


class _Columns(Generic[Item]):
    """The source of items of one class."""

    def __init__(self, of: type[Item], columns: Mapping[str, Column]) -> None:
        self._of = of
        self._columns = columns

    def classes(self, places: Sequence[int]) -> Sequence[type]:
        return [self._of] * len(places)

    def columns(self, places: Sequence[int]) -> Mapping[str, Column]:
        return {name: taken(column, places) for name, column in self._columns.items()}

    def make(self, of: type, fields: dict[str, Any]) -> Item:
        return of(**fields)


def table(of: type[Item], **columns: Column) -> Table[Item]:
    """A table of items of one class, which is called with a value of each column."""
    length = max(map(len, columns.values()))
    return Table(_Columns(of, columns), range(length))


def column(items: Sequence[Any], name: str) -> Column:
    """What each of some items, all of one class, has under a name; AttributeError for no such."""
    if not isinstance(items, Table):
        return [getattr(item, name) for item in items]
    columns = items.columns if items else {name: ()}
    if name not in columns:
        raise AttributeError(name)
    return columns[name]


def classes(items: Sequence[Any]) -> Sequence[type]:
    """The class of each of some items."""
    if isinstance(items, Table):
        return items.classes
    return [item.__class__ for item in items]


def only(items: Sequence[Item], of: type) -> Sequence[Item]:
    """Those of some items that are of one class."""
    places = [place for place, it in enumerate(classes(items)) if it is of]
    return items.at(places) if isinstance(items, Table) else [items[place] for place in places]


def joined(parts: Sequence[Sequence[Item]]) -> Sequence[Item]:
    """The items of some sequences, one after the other; a table where all are of one source."""
    first = parts[0] if parts else None
    tables = [part for part in parts if isinstance(part, Table)]
    if not isinstance(first, Table) or len(tables) < len(parts):
        return [*chain.from_iterable(parts)]
    if any(table.source is not first.source for table in tables):
        return [*chain.from_iterable(parts)]
    return Table(first.source, [*chain.from_iterable(table.places for table in tables)])


def parted(items: Sequence[Item], sizes: Sequence[int]) -> list[Sequence[Item]]:
    """Items cut into parts of these sizes."""
    return [items[start:end] for start, end in pairwise(accumulate(sizes, initial=0))]


def taken(column: Column, places: Sequence[int]) -> Column:
    """The values at some places of a column."""
    if isinstance(places, range) and places.step == 1:
        return column[places.start : places.stop]
    if isinstance(column, Table):
        return column.at(places)
    return [*map(column.__getitem__, places)]
