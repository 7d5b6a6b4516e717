"""Entities of an answer, drawn together to groups.

1. Each entity has a mark; those of equal marks are a group.
2. Runs are marked by what they did: the collections and so on that they used and logged. By their
   experiment a pipeline would be one box, into which and out of which all flows, and runs that were
   given none a box each: the client makes one for each of them.
3. Edges are counted by the groups of their ends, and hidden regions touch groups.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, groupby
from typing import NamedTuple

import orjson

from graph_api.models.entity import Kind, kind_of
from graph_api.models.lineage import Region
from graph_api.models.summary import CollapseBy, Group, GroupEdge, Groups
from graph_api.services.lineage.tally import Tally

FIELDS: Mapping[CollapseBy, Sequence[str]] = {
    "COLLECTION": ("collection_id",),
    "TYPE": ("type",),
    "PROJECT": ("project_id",),
    "ROLE": (),
}
"""The properties of entities by which they are drawn together."""


def collapsed(
    by: CollapseBy,
    tally: Tally,
    shown: Sequence[int],
    roots: Iterable[str],
    hidden: Iterable[Region],
) -> Groups:
    """The groups of what is shown: a flag for each entity. The tally has no edges but between it.

    ``hidden`` are the regions that touch what is shown.
    """
    ids = [*tally.numbers]
    kinds: list[Kind] = [kind for id in ids if (kind := kind_of(id))]
    drawn: dict[_Mark, _Drawn] = {}
    group_of = array("l", [-1]) * len(ids)
    for number, mark in compress(enumerate(_MARKS[by](tally, ids, kinds)), shown):
        if (group := drawn.get(mark)) is None:
            group = drawn[mark] = _Drawn(len(drawn), mark, tally.depths[number], ids[number])
        group.add(tally.depths[number], ids[number], kinds[number])
        group_of[number] = group.number
    each = [*drawn.values()]
    for number in {group_of[tally.numbers[root]] for root in roots} - {-1}:
        each[number].has_root = True
    counts = Counter((group_of[source], group_of[to], said) for source, to, said in tally.edges())
    for (source, target, _), count in counts.items():
        each[source].edge_count += count if source == target else 0
    keys = [group.key for group in each]
    groups = sorted((group.told() for group in each), key=lambda group: group.place)
    rank = {group.key: at for at, group in enumerate(groups)}
    said = [*tally.kinds]
    edges = [
        GroupEdge(keys[source], keys[target], *said[says], count)
        for (source, target, says), count in counts.items()
        if source != target
    ]
    edges.sort(key=lambda it: (rank[it.source], rank[it.target], it.kind, it.role or ""))

    def touched(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted({keys[group_of[tally.numbers[id]]] for id in ids}))

    regions = {Region(it.depth, touched(it.sources), touched(it.targets)) for it in hidden}
    return Groups(tuple(groups), tuple(edges), tuple(sorted(regions)))


class _Mark(NamedTuple):
    """What entities are drawn together by."""

    key: str | tuple[int, ...]
    """The key of the group, where it is a text; else that is the id of its example."""
    name: str | None = None
    entity_id: str | None = None


@dataclass
class _Drawn:
    """A group that is being drawn together."""

    number: int
    mark: _Mark
    min_depth: int
    example_id: str
    max_depth: int = 0
    count: int = 0
    edge_count: int = 0
    has_root: bool = False
    kinds: set[Kind] = field(default_factory=set[Kind])

    def add(self, depth: int, id: str, kind: Kind) -> None:
        self.min_depth, self.example_id = min((self.min_depth, self.example_id), (depth, id))
        self.max_depth = max(depth, self.max_depth)
        self.count += 1
        self.kinds.add(kind)

    @property
    def key(self) -> str:
        return self.mark.key if isinstance(self.mark.key, str) else self.example_id

    def told(self) -> Group:
        return Group(
            key=self.key,
            name=self.mark.name,
            entity_id=self.mark.entity_id,
            example_id=self.example_id,
            kind=next(iter(self.kinds)) if len(self.kinds) == 1 else None,
            count=self.count,
            min_depth=self.min_depth,
            max_depth=self.max_depth,
            has_root=self.has_root,
            edge_count=self.edge_count,
        )


def _by_collection(tally: Tally, ids: Sequence[str], kinds: Sequence[Kind]) -> Iterable[_Mark]:
    # A version is its collection, and runs are all alike; whatever else there is, is itself.
    owns = [
        "" if kind == "Run" else text or id
        for id, kind, text in zip(ids, kinds, tally.values(), strict=True)
    ]
    places: dict[str, int] = {}
    numbers = [places.setdefault(own, len(places)) for own in owns]
    runs = [kind == "Run" for kind in kinds]
    width = 2 * len(places)
    ends = array("q")
    said = [kind for kind, _ in tally.kinds]
    for source, target, says in tally.edges():
        if said[says] == "USED_BY" and runs[target]:
            ends.append(target * width + 2 * numbers[source])
        elif said[says] == "LOGGED_BY" and runs[source]:
            ends.append(source * width + 2 * numbers[target] + 1)
    did = _sets(ends, width)
    for number, own in enumerate(owns):
        yield _Mark(did.get(number, ())) if runs[number] else _Mark(own, entity_id=own)


def _by_type(tally: Tally, ids: Sequence[str], kinds: Sequence[Kind]) -> Iterable[_Mark]:
    for kind, text in zip(kinds, tally.values(), strict=True):
        yield _Mark(f"{kind}|{text}", text or kind)


def _by_project(tally: Tally, ids: Sequence[str], kinds: Sequence[Kind]) -> Iterable[_Mark]:
    for text in tally.values():
        yield _Mark(text, entity_id=text or None)


def _by_role(tally: Tally, ids: Sequence[str], kinds: Sequence[Kind]) -> Iterable[_Mark]:
    roles = [role for _, role in tally.kinds]
    width = len(roles)
    links = array("q", (it[0] * width + it[2] for it in tally.edges() if roles[it[2]] is not None))
    linked = _sets(links, width)
    for number, kind in enumerate(kinds):
        names = sorted(role for it in linked.get(number, ()) if (role := roles[it]) is not None)
        yield _Mark(f"{kind}|{orjson.dumps(names).decode()}", ", ".join(names) or kind)


_MARKS: Mapping[CollapseBy, Callable[[Tally, Sequence[str], Sequence[Kind]], Iterable[_Mark]]] = {
    "COLLECTION": _by_collection,
    "TYPE": _by_type,
    "PROJECT": _by_project,
    "ROLE": _by_role,
}


def _sets(pairs: Iterable[int], width: int) -> dict[int, tuple[int, ...]]:
    """What comes second in pairs, by what comes first: sorted, each once.

    A pair is one number, first times width and second: a million tuples would take 150 MB.
    """
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    found: dict[int, tuple[int, ...]] = {}
    for first, some in groupby(sorted(pairs), key=lambda pair: pair // width):
        second = tuple(dict.fromkeys(pair % width for pair in some))
        found[first] = known.setdefault(second, second)
    return found
