"""What differs between two entities, and between all that they came of."""

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest

from graph_api.errors import BadInput
from graph_api.graph import Graph, cypher
from graph_api.models.difference import Changed, ChangedAncestor, Code, Line, LineageDifference
from graph_api.models.entity import kind_of
from graph_api.models.lineage import Lineage
from graph_api.models.viewer import Viewer
from graph_api.services import edge, lineage

LINES = cypher("difference/lines", Line)
CODE = cypher("difference/code", Code)

_BATCH = 10_000


async def difference(
    graph: Graph,
    viewer: Viewer,
    before: str,
    after: str,
    *,
    as_of: int | None = None,
    seconds: float,
    kept: lineage.Kept | None = None,
) -> LineageDifference:
    """How two versions, or two runs, differ in what flowed into them.

    What only one of them came of stands beside its counterpart in the other: of versions the one
    of the same collection, of runs the one that logged to the same collections. ``seconds`` is
    the longest time of both walks together. BadInput for other kinds; else raises as a lineage
    does.
    """
    _check_kinds(before, after)
    deadline = time.monotonic() + seconds
    first = await lineage.lineage(
        graph, viewer, [before], "UPSTREAM", as_of=as_of, seconds=seconds, kept=kept
    )
    seq, left = first.as_of.seq, deadline - time.monotonic()
    second = await lineage.lineage(
        graph, viewer, [after], "UPSTREAM", as_of=seq, seconds=left, kept=kept
    )
    runs = before, after
    if kind_of(before) == "Artifact":
        runs = await edge.first_producers(graph, viewer, [before, after], seq)
    sides = _Side(first, second, runs[0]), _Side(second, first, runs[1])
    asked = {
        id
        for side in sides
        for id in (*side.only, *side.inputs, *chain.from_iterable(side.outputs.values()))
    }
    lines = await _lines(graph, sorted(asked))
    return LineageDifference(
        as_of=first.as_of,
        before=before,
        after=after,
        runs=(runs[0], runs[1]),
        inputs=_inputs(*sides, lines),
        ancestors=await asyncio.to_thread(_ancestors, *sides, lines),
        incomplete_because=tuple(
            dict.fromkeys([*first.incomplete_because, *second.incomplete_because])
        ),
    )


async def code(graph: Graph, viewer: Viewer, found: LineageDifference) -> tuple[Changed, ...]:
    """The versions of type ``code`` that only one of the runs used or logged, by collection."""
    runs = [run for run in found.runs if run]
    rows = await graph.fetch(CODE, ids=runs, seq=found.as_of.seq, projects=viewer.projects)
    before, after = ({row.id for row in rows if row.of == run} for run in found.runs)
    lines = await _lines(graph, sorted(before ^ after))
    return _beside(before - after, after - before, lines)


@dataclass(frozen=True)
class _Side:
    """What flowed into one of the two, beside what flowed into the other."""

    own: Lineage
    other: Lineage
    run: str | None
    """The one that made it, or that it is."""

    @cached_property
    def only(self) -> set[str]:
        """What only this one came of: perhaps of the other itself."""
        own = self.own.depths.keys() - {*self.own.roots}
        return own - (self.other.depths.keys() - {*self.other.roots})

    @cached_property
    def outputs(self) -> dict[str, set[str]]:
        """What each run that only this one came of logged, as far as it came of that, too."""
        found = defaultdict[str, set[str]](set)
        for it in self.own.edges:
            if it.kind == "LOGGED_BY" and it.source in self.only:
                found[it.source].add(it.target)
        return found

    @cached_property
    def inputs(self) -> set[str]:
        """What flowed into it, or into its run, directly."""
        ends = {*self.own.roots, self.run}
        edges = (it for it in self.own.edges if it.kind != "LOGGED_BY")
        return {it.source for it in edges if it.target in ends} - ends

    @cached_property
    def fed(self) -> set[str]:
        """What something that differs flowed into directly, or what nobody may see."""
        differing = self.only | {*self.own.roots}
        found = {it.target for it in self.own.edges if it.source in differing}
        return found.union(*(region.targets for region in self.own.hidden))


def _check_kinds(before: str, after: str) -> None:
    kinds = kind_of(before), kind_of(after)
    for id, kind in zip((before, after), kinds, strict=True):
        # What has no kind at all is not found.
        if kind not in ("Artifact", "Run", None):
            raise BadInput(f"{id!r} is of kind {kind}; two versions differ, or two runs.")
    if None not in kinds and kinds[0] != kinds[1]:
        raise BadInput(f"{before!r} and {after!r} are no two versions, and no two runs.")


async def _lines(graph: Graph, ids: Sequence[str]) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for start in range(0, len(ids), _BATCH):
        rows = await graph.fetch(LINES, ids=ids[start : start + _BATCH])
        found |= {row.id: row for row in rows}
    return found


def _inputs(before: _Side, after: _Side, lines: Mapping[str, Line]) -> tuple[Changed, ...]:
    return _beside(before.inputs - after.inputs, after.inputs - before.inputs, lines)


def _ancestors(
    before: _Side, after: _Side, lines: Mapping[str, Line]
) -> tuple[ChangedAncestor, ...]:
    outputs = before.outputs | after.outputs
    found: list[ChangedAncestor] = []
    for pair in _beside(before.only, after.only, lines, outputs):
        depths, id = after.own.depths, pair.after
        if id is None:
            depths, id = before.own.depths, pair.before
        assert id
        begins = pair.before not in before.fed and pair.after not in after.fed
        found.append(ChangedAncestor(pair.before, pair.after, depths[id], begins))
    return tuple(sorted(found, key=lambda it: it.rank))


def _beside(
    before: Iterable[str],
    after: Iterable[str],
    lines: Mapping[str, Line],
    outputs: Mapping[str, set[str]] | None = None,
) -> tuple[Changed, ...]:
    """What differs on both sides beside its counterpart: in each line the oldest first."""
    found: list[Changed] = []
    sides = [defaultdict[tuple[str, ...], list[str]](list) for _ in range(2)]
    for side, ids in zip(sides, (before, after), strict=True):
        for _, id in sorted((_number(lines, it), it) for it in ids):
            side[_line(id, lines, (outputs or {}).get(id, ()))].append(id)
    for key in sorted(sides[0].keys() | sides[1].keys()):
        pairs = zip_longest(sides[0][key], sides[1][key])
        found += [Changed(one, other) for one, other in pairs]
    return tuple(found)


def _number(lines: Mapping[str, Line], id: str) -> int:
    line = lines.get(id)
    # A draft comes after what is committed.
    return sys.maxsize if line is None or line.number is None else line.number


def _line(id: str, lines: Mapping[str, Line], outputs: Iterable[str]) -> tuple[str, ...]:
    """What it has in common with what it succeeds; what succeeds nothing has its id alone."""
    found = {line.collection for it in (id, *outputs) if (line := lines.get(it))}
    collections = sorted(it for it in found if it)
    return (str(kind_of(id)), *collections) if collections else (id,)
