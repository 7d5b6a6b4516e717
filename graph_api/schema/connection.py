"""Pages of lists, after the Relay cursor connection specification."""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from itertools import chain
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions.field_extension import FieldExtension
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from graph_api.models.page import Counted, Page, Window
from graph_api.models.table import joined, parted, table
from graph_api.models.where import Order
from graph_api.schema.context import Info
from graph_api.schema.many import of_many
from graph_api.schema.where import EntityWhere, where_of

Node = TypeVar("Node")
Item = TypeVar("Item")

_WINDOW: dict[str, tuple[object, str]] = {
    "first": (int | None, "The first so many: 50 unless given, at most 1,000."),
    "after": (str | None, "The cursor after which the page lies."),
    "last": (
        int | None,
        "The last so many instead, at most 1,000; 50 where `before` is given and `first` is not.",
    ),
    "before": (str | None, "The cursor before which the page lies."),
}


class Paged(FieldExtension):
    """Has a field take the arguments of a page, which its resolver gets as one ``window``."""

    def apply(self, field: StrawberryField) -> None:
        """Replace the resolver's argument; a field of an interface comes once for each type."""
        own = [argument for argument in field.arguments if argument.python_name not in _NAMES]
        field.arguments = own + [
            StrawberryArgument(name, name, StrawberryAnnotation(type), default=None, description=it)
            for name, (type, it) in _WINDOW.items()
        ]

    def map_arguments(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Make the window."""
        own = {name: value for name, value in kwargs.items() if name not in _NAMES}
        asked = {name: kwargs.get(name) for name in _WINDOW}
        return own | {"window": Window(**asked)}


_NAMES = {"window", *_WINDOW}
PAGED: list[FieldExtension] = [Paged()]


@strawberry.enum(description="What a list is sorted by.")
class ListOrder(Enum):
    CREATED = strawberry.enum_value(
        "CREATED", description="The order of creation; of versions: of their commits."
    )
    NAME = strawberry.enum_value(
        "NAME", description="The name, by its code points; versions of one name by index."
    )


@strawberry.enum(description="Which way a list is sorted.")
class SortDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="The oldest, or the first by name, first.")
    DESC = strawberry.enum_value("DESC", description="The newest, or the last by name, first.")


@strawberry.input(description="How a list is sorted.")
class OrderBy:
    field: ListOrder = strawberry.field(default=ListOrder.CREATED, description="By what.")
    direction: SortDirection = strawberry.field(default=SortDirection.ASC, description="Which way.")


Ordered = Annotated[
    OrderBy | None, strawberry.argument(description="How it is sorted: oldest first unless given.")
]
Matching = strawberry.argument(description="Only what this holds for; all unless given.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    page: strawberry.Private[Page[Any]]

    @strawberry.field(description="Cursor of the first item: give it as `before` to read back.")
    def start_cursor(self) -> str | None:
        return self.page.cursor(self.page.places[0]) if self.page.places else None

    @strawberry.field(description="Cursor of the last item: give it as `after` to read on.")
    def end_cursor(self) -> str | None:
        return self.page.cursor(self.page.places[-1]) if self.page.places else None

    @strawberry.field(description="Whether the list has more after this page.")
    async def has_next_page(self) -> bool:
        return await self.page.has_next()

    @strawberry.field(description="Whether the list has more before this page.")
    async def has_previous_page(self) -> bool:
        return await self.page.has_previous()


@strawberry.type(description="An item of a page.")
class Edge(Generic[Node]):
    cursor: str = strawberry.field(description="The item's place in its list.")
    node: Node = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    nodes: Sequence[Node] = strawberry.field(description="The items.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")
    page: strawberry.Private[Page[Any]]

    @strawberry.field(description="The items with their cursors.")
    @of_many
    @staticmethod
    async def edges(connections: Sequence["Connection[Node]"]) -> list[Sequence[Edge[Node]]]:
        cursors = [*chain.from_iterable(it.page.cursors for it in connections)]
        nodes = joined([it.nodes for it in connections])
        sizes = [len(it.nodes) for it in connections]
        return parted(table(Edge, cursor=cursors, node=nodes), sizes)

    @classmethod
    def of(cls, page: Page[Any], nodes: Sequence[Node]) -> "Connection[Node]":
        return cls(nodes=nodes, page_info=PageInfo(page=page), page=page)

    @classmethod
    def of_each(
        cls, pages: Sequence[Page[Item]], nodes: Callable[[Sequence[Item]], Sequence[Node]]
    ) -> "list[Connection[Node]]":
        """Pages whose items become nodes all at once."""
        shown = nodes(joined([page.items for page in pages]))
        return [*map(cls.of, pages, parted(shown, [len(page.items) for page in pages]))]


@strawberry.type(
    description="A page of a list as it was when its first page was read: later pages show nothing "
    "created since, nothing twice, and miss nothing that matched all the time."
)
class CountedConnection(Connection[Node]):
    total: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="How many all pages hold together.")
    async def total_count(self) -> int:
        return await self.total()


async def listed(
    info: Info,
    read: Callable[..., Awaitable[Counted[Any]]],
    scope: tuple[str, ...],
    window: Window,
    order: OrderBy | None,
    where: EntityWhere | None,
) -> CountedConnection[Any]:
    """A page of a list of entities that ``read`` reads in a scope."""
    from graph_api.schema.node import shown

    context = info.context
    by = order or OrderBy()
    page = await read(
        context.graph,
        context.viewer,
        *scope,
        window,
        order=Order(by.field.name, by.direction is SortDirection.DESC),
        where=where_of(info, where),
        fields=info.asked,
    )
    plain = Connection[Any].of(page, shown(page.items))
    return CountedConnection[Any](**vars(plain), total=page.total)
