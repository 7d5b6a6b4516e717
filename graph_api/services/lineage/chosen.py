"""Which entities a filter is about."""

from collections.abc import Sequence

from graph_api.graph import Reader, cypher, holding
from graph_api.models.entity import kind_of
from graph_api.models.lineage import Chosen, Filter
from graph_api.models.where import ALWAYS

CHOSEN = cypher("lineage/chosen", Chosen)

_BATCH = 10_000


async def chosen(reader: Reader, filter: Filter | None, ids: Sequence[str]) -> set[str]:
    """Those of some entities, which the viewer may see, that a filter lets through."""
    if filter is None or not ids:
        return set()
    kinds = filter.kinds
    asked = [id for id in ids if kinds is None or kind_of(id) in kinds]
    if filter.condition == ALWAYS:
        return set(asked)
    query, parameters = holding(CHOSEN, filter.condition)
    found: set[str] = set()
    for start in range(0, len(asked), _BATCH):
        some = await reader.fetch_one(query, ids=asked[start : start + _BATCH], **parameters)
        assert some
        found.update(some.ids)
    return found
