"""The edges of a walk's frontiers, asked for ahead of it where it is narrow.

Of a chain of a thousand runs each hop is a statement of its own, and takes as long as one of two
thousand entities. So once a walk has been narrow for some hops, what lies ahead along runs is
looked up, and all its edges come in one statement. What the walk comes to does not change by it:
these are the edges that it would have asked for, or some that it does not need.
"""

from collections import defaultdict
from collections.abc import Sequence

from graph_api.graph import Query, Reader, cypher
from graph_api.models.lineage import Further, Hops, Where
from graph_api.services.lineage.hops import DOWNSTREAM, UPSTREAM, columns

AHEAD_UPSTREAM = cypher("lineage/ahead_upstream", Further)
AHEAD_DOWNSTREAM = cypher("lineage/ahead_downstream", Further)

_AHEAD = {UPSTREAM: AHEAD_UPSTREAM, DOWNSTREAM: AHEAD_DOWNSTREAM}

# Entities of a narrow frontier, hops until it is taken for a chain, and entities that are looked up
# ahead of each; a look-up that serves fewer hops than it costs was of no chain.
_NARROW = 4
_PATIENCE = 8
_MOST = 64
_WORTH = 4


class Ahead:
    """The edges of one walk."""

    def __init__(
        self,
        reader: Reader,
        query: Query[Hops],
        where: Where,
        seq: int,
        fields: Sequence[str] = (),
    ) -> None:
        self._reader = reader
        self._query = query
        self._where = where
        self._seq = seq
        self._fields = fields
        self._along_runs = where.edges is None or {"USED_BY", "LOGGED_BY"} <= {*where.edges}
        self._narrow = 0
        self._served = _WORTH
        self._known: Hops | None = None
        self._rows = defaultdict[str, list[int]](list)

    async def of(self, ids: Sequence[str]) -> Hops:
        """Every edge into (UPSTREAM) or out of (DOWNSTREAM) these entities, by columns."""
        self._narrow = self._narrow + 1 if len(ids) <= _NARROW else 0
        if self._narrow <= _PATIENCE or not self._along_runs:
            return await self._columns(ids)
        if self._known is None or not self._rows.keys() >= {*ids}:
            if self._served < _WORTH:
                self._narrow, self._served = -_PATIENCE * _MOST, _WORTH
                return await self._columns(ids)
            self._known = await self._looked_up(ids)
        self._served += 1
        return self._known.at([row for id in ids for row in self._rows[id]])

    async def _looked_up(self, ids: Sequence[str]) -> Hops:
        further = await self._reader.fetch_one(
            _AHEAD[self._query], ids=ids, seq=self._seq, most=_MOST
        )
        assert further
        # Before a run nothing is looked up: the next hop is from what it used, or logged.
        self._served = 0 if further.ids else _WORTH
        together = [*dict.fromkeys([*ids, *further.ids])]
        found = await self._columns(together)
        self._rows.clear()
        self._rows.update({id: [] for id in together})
        nears, _ = found.ends_of(upstream=self._query is UPSTREAM)
        for row, near in enumerate(nears):
            self._rows[near].append(row)
        return found

    async def _columns(self, ids: Sequence[str]) -> Hops:
        return await columns(self._reader, self._query, ids, self._where, self._seq, self._fields)
