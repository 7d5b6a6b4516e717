"""How every entity is read: by ids in a batch, by name, in pages."""

from collections.abc import Callable
from typing import TypeVar

from graph_api.graph import Query, Reader
from graph_api.models.entity import Entity
from graph_api.models.page import Page, at_most, key_of, page_of
from graph_api.models.viewer import Viewer

Row = TypeVar("Row", bound=Entity)


async def by_ids(
    graph: Reader, viewer: Viewer, query: Query[Row], ids: list[str]
) -> list[Row | None]:
    """The entity of each id in the order asked, None where the viewer may see none."""
    rows = await graph.fetch(query, ids=ids, projects=viewer.projects)
    found = {row.id: row for row in rows}
    return [found.get(id) for id in ids]


def _id(row: Entity) -> str:
    return row.id


async def page(
    graph: Reader,
    viewer: Viewer,
    query: Query[Row],
    scope: str,
    first: int | None,
    after: str | None,
    key: Callable[[Row], str] = _id,
) -> Page[Row]:
    """One page of the entities whose list key begins with ``scope``."""
    first = at_most(first)
    rows = await graph.fetch(
        query,
        after=f"{scope}|{key_of(after)}",
        # The sign after "|": every key of the scope lies before it.
        end=f"{scope}}}",
        first=first + 1,
        projects=viewer.projects,
    )
    return page_of(rows, first, after, key)
