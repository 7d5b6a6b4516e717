"""What a summary keeps of its walks: an entity is a number, and so is what an edge says."""

from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import compress

from graph_api.models.edge import EdgeKind
from graph_api.services.lineage.wide import Met


class Tally:
    """Entities and edges by columns."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        """Of entities, by id: 0, 1, 2 …"""
        self.depths = array("l")
        """Of each entity, from the nearest root."""
        self.kinds: dict[tuple[EdgeKind, str | None], int] = {}
        """Numbers of what edges say: their kind, and the role of a link."""
        self._texts: dict[str, int] = {}
        self._values = array("l")
        self._sources, self._targets, self._said = array("l"), array("l"), array("l")

    def add(self, id: str, depth: int, fields: Iterable[str | None]) -> None:
        """Add an entity, with the first of its fields that it has; or take the lesser depth."""
        number = self.numbers.setdefault(id, len(self.numbers))
        if number < len(self.depths):
            self.depths[number] = min(depth, self.depths[number])
            return
        text = next((it for it in fields if it), "")
        self.depths.append(depth)
        self._values.append(self._texts.setdefault(text, len(self._texts)))

    def take(self, met: Met, shown: Container[str], *, upstream: bool) -> None:
        """Add what a walk met: of the edges those whose ends are both shown."""
        hops = met.hops
        _, fars = hops.ends_of(upstream=upstream)
        for place in met.new:
            self.add(fars[place], met.depth, hops.fields[place])
        rows = zip(hops.sources, hops.targets, hops.kinds, hops.roles, strict=True)
        for source, target, kind, role in rows:
            if source in shown and target in shown:
                self._sources.append(self.numbers[source])
                self._targets.append(self.numbers[target])
                self._said.append(self.kinds.setdefault((kind, role or None), len(self.kinds)))

    def values(self) -> Iterator[str]:
        """The field of each entity; an empty text where it has none."""
        texts = [*self._texts]
        return (texts[it] for it in self._values)

    def edges(self) -> Iterator[tuple[int, int, int]]:
        """Of each edge the source and the target, as data flows, and what it says."""
        return zip(self._sources, self._targets, self._said, strict=True)

    def keep_once(self, first: Container[str], second: Container[str]) -> None:
        """Drop edges that came twice, from two walks: both ends of these were shown in both."""
        both = bytearray(id in first and id in second for id in self.numbers)
        met: set[tuple[int, int, int]] = set()
        kept = bytearray()
        for edge in self.edges():
            source, target, _ = edge
            twofold = both[source] and both[target]
            kept.append(not (twofold and edge in met))
            if twofold:
                met.add(edge)
        self._keep(kept)

    def keep_between(self, shown: Sequence[int]) -> None:
        """Drop edges with an end that is not shown: a flag for each entity."""
        self._keep(bytes(shown[source] and shown[target] for source, target, _ in self.edges()))

    def _keep(self, kept: Sequence[int]) -> None:
        self._sources = array("l", compress(self._sources, kept))
        self._targets = array("l", compress(self._targets, kept))
        self._said = array("l", compress(self._said, kept))
