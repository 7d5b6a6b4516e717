"""Pages of lists, after the Relay cursor connection specification."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from graph_api.models.page import Counted, Page
from graph_api.models.where import Order
from graph_api.schema.context import Info
from graph_api.schema.where import EntityWhere, where_of

Node = TypeVar("Node")
Item = TypeVar("Item")

First = Annotated[
    int | None, strawberry.argument(description="Size of the page: 50 unless given, at most 1,000.")
]
After = Annotated[
    str | None, strawberry.argument(description="The cursor after which the page begins.")
]


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
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether the page began at a cursor.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last item: give it as `after` to read on."
    )

    @classmethod
    def of(cls, page: Page[Item]) -> "PageInfo":
        return cls(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursors[0] if page.cursors else None,
            end_cursor=page.cursors[-1] if page.cursors else None,
        )


@strawberry.type(description="An item of a page.")
class Edge(Generic[Node]):
    cursor: str = strawberry.field(description="The item's place in its list.")
    node: Node = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]] = strawberry.field(description="The items with their cursors.")
    nodes: list[Node] = strawberry.field(description="The items.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")

    @classmethod
    def of(cls, page: Page[Item], node: Callable[[Item], Node]) -> "Connection[Node]":
        nodes = [node(item) for item in page.items]
        return cls(
            edges=[
                Edge(cursor=cursor, node=node)
                for cursor, node in zip(page.cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=PageInfo.of(page),
        )


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
    read: Callable[..., Awaitable[Counted[Item]]],
    node: Callable[[Item], Node],
    scope: tuple[str, ...],
    first: int | None,
    after: str | None,
    order: OrderBy | None,
    where: EntityWhere | None,
) -> CountedConnection[Any]:
    """A page of a list that ``read`` reads in a scope."""
    context = info.context
    by = order or OrderBy()
    page = await read(
        context.graph,
        context.viewer,
        *scope,
        first,
        after,
        order=Order(by.field.name, by.direction is SortDirection.DESC),
        where=where_of(info, where),
    )
    plain = Connection[Any].of(page, node)
    return CountedConnection[Any](
        edges=plain.edges, nodes=plain.nodes, page_info=plain.page_info, total=page.total
    )
