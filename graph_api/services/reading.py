"""Pages of the lists of every kind.

A page shows what was there at a moment, which its cursor carries on to the next page:

1. The newest ``seq`` is read, also for a later page, so that all up to it is seen (ledger.now):
   with the project, where that is read by its name.
2. The page's statement leaves out what was created after the moment, or deleted before, and finds
   by the name of that time what was renamed since. What else a filter asks is compared as it is
   now.
"""

import time
from collections.abc import Iterator
from typing import TypeVar, cast

from graph_api.errors import BadCursor, BadFilter, TooSlow
from graph_api.graph import Graph, Keys, cypher, listing
from graph_api.models.columns import Fields, ListColumns, named
from graph_api.models.entity import Entity, Kind
from graph_api.models.page import Counted, Listed, Place, Stretch, Window, page_of
from graph_api.models.table import Table
from graph_api.models.viewer import Viewer
from graph_api.models.where import ALWAYS, Condition, Every, Flow, Not, Order, Related, Some, Where
from graph_api.services import entity, ledger, lineage

LIST = cypher("entity/list", ListColumns)

Row = TypeVar("Row", bound=Entity)

# What a filter hands to the graph as one parameter.
_FLOW = 100_000
_ALL = Where(ALWAYS, 0)


async def page(
    graph: Graph,
    viewer: Viewer,
    row: type[Row],
    scope: str,
    window: Window,
    order: Order | None = None,
    where: Where | None = None,
    fields: Fields = None,
    keys: Keys | None = None,
    *,
    deleted: bool = False,
) -> Counted[Row]:
    """One page of the entities of a scope, oldest first unless ordered otherwise.

    Of each entity these fields are read: all unless given. Whether the viewer sees the scope itself
    is for the caller to know: one that is hidden, or unknown, has none.
    Between cursors of two moments it shows the earlier one.
    Raises BadCursor or CursorOfAnother for a cursor that this list in this order did not give, and
    UnknownId for an entity in the filter that the viewer may not see.
    """
    order, keys, where = order or Order(), keys or Keys(), where or _ALL
    key = keys.name if order.field == "NAME" else keys.created
    ordered = f"{row.kind} {key} {'DESC' if order.descending else 'ASC'}"
    places = {
        cursor: Place.of(cursor, ordered, scope)
        for cursor in (window.after, window.before)
        if cursor is not None
    }
    now = window.newest
    if now is None:
        now = (await ledger.now(graph, viewer)).seq
    for cursor, place in places.items():
        if not 0 <= place.seq <= now:
            raise BadCursor(cursor)
    seq = min([now, *(place.seq for place in places.values())])
    flows = await _flows(graph, viewer, where, seq)
    listed = listing(LIST, row.kind, keys, where.condition, flows)
    # The sign after "|": every key of the scope lies before it.
    low, high = f"{scope}|", f"{scope}}}"
    parameters = {
        **listed.parameters,
        "seq": seq,
        "projects": viewer.projects,
        "deleted": deleted,
    }

    async def total() -> int:
        count = await graph.fetch_one(listed.count(), low=low, high=high, **parameters)
        return count.count if count else 0

    async def read(stretch: Stretch) -> Listed[Row]:
        rising = stretch.turned() if order.descending else stretch
        start, end = rising.texts(low, high)
        (columns,) = await graph.fetch(
            listed.page(key, descending=rising.backward),
            fields=named(fields, [row]),
            low=start,
            high=end,
            first=rising.most,
            **parameters,
        )
        # What is being renamed is found twice, under the one key that it had.
        found = {id: (columns.places[at], at) for at, id in enumerate(columns.ids)}
        kept = sorted(found.values(), reverse=rising.backward)
        entities = cast("Table[Row]", columns.entities())
        return Listed([place for place, _ in kept], entities.at([at for _, at in kept]))

    page = await page_of(
        window,
        read,
        key_of=lambda cursor: places[cursor].key,
        cursor=lambda key: Place(order=ordered, seq=seq, key=key).cursor,
    )
    return Counted(**vars(page), total=total)


async def _flows(graph: Graph, viewer: Viewer, where: Where, seq: int) -> dict[Flow, list[str]]:
    """What each Flow of the condition stands for; every entity that it names is seen."""
    found: dict[Flow, list[str]] = {}
    deadline = time.monotonic() + where.seconds
    for part in _parts(where.condition):
        if isinstance(part, Related):
            kinds: tuple[Kind, ...] = ("Run",) if part.relation.endswith("_by") else ()
            await entity.locate(graph, viewer, [part.id], *kinds)
        elif isinstance(part, Flow) and part not in found:
            seconds = deadline - time.monotonic()
            walk = await lineage.lineage(
                graph, viewer, [part.of], part.side, limit=_FLOW, as_of=seq, seconds=seconds
            )
            if "TIMEOUT" in walk.incomplete_because:
                raise TooSlow(where.seconds)
            if "NODE_LIMIT" in walk.incomplete_because:
                raise BadFilter(
                    f"more than {_FLOW:,} entities are upstream or downstream of {part.of!r}; ask "
                    "for its lineage instead"
                )
            found[part] = [id for id in walk.depths if id != part.of]
    return found


def _parts(condition: Condition) -> Iterator[Condition]:
    yield condition
    if isinstance(condition, Every | Some):
        for part in condition.parts:
            yield from _parts(part)
    elif isinstance(condition, Not):
        yield from _parts(condition.part)
