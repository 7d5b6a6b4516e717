"""Pages of lists, after the Relay cursor connection specification."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import strawberry

from graph_api.models.page import Page

Node = TypeVar("Node")
Item = TypeVar("Item")

First = Annotated[
    int | None, strawberry.argument(description="Size of the page: 50 unless given, at most 1,000.")
]
After = Annotated[
    str | None, strawberry.argument(description="The cursor after which the page begins.")
]


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
