"""The ways by which data came to a version."""

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from graph_api.models.entity import kind_of
from graph_api.services.lineage import HIDDEN, Found


@dataclass(frozen=True)
class Onward:
    """Shortest ways to a version, as the next step on each: whole paths are many times as large."""

    hidden: Container[str]
    steps: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """The next entity, by entity, the nearest first; None for the version itself."""
    distances: dict[str, int] = field(default_factory=dict[str, int])
    """In edges, of which those between hidden entities count nothing."""

    def path(self, start: str) -> tuple[str, ...]:
        """The way from an entity to the version; each stretch of the hidden is one ``(hidden)``."""
        trail, near = [start], self.steps[start]
        while near is not None:
            trail.append(near)
            near = self.steps[near]
        shown = (HIDDEN if id in self.hidden else id for id in trail)
        return tuple(id for id, _ in groupby(shown))


class Ways:
    """What flowed into a version, as an ancestry found it."""

    def __init__(self, found: Found, id: str) -> None:
        self._id = id
        self._hidden = found.hidden
        self._before = defaultdict[str, list[str]](list)
        self._after = defaultdict[str, list[str]](list)
        for hop in (*found.edges, *found.touching):
            self._before[hop.target].append(hop.source)
            self._after[hop.source].append(hop.target)

    def onward(self, barred: Container[str] = ()) -> Onward:
        """The shortest ways to the version.

        Of all that comes to the version by ways that lead through nothing barred. As on any walk,
        edges between hidden entities count nothing.
        """
        onward = Onward(self._hidden, {self._id: None})
        level, distance = [self._id], 0
        while level:
            # First what lies behind the hidden, which is as far as that.
            for near in level:
                if near in self._hidden:
                    level += self._reached(onward.steps, near, hidden=True)
            onward.distances.update(dict.fromkeys(level, distance))
            distance += 1
            level = [
                far
                for near in level
                if near not in barred
                for far in self._reached(onward.steps, near, hidden=False)
            ]
        return onward

    def _reached(self, steps: dict[str, str | None], near: str, *, hidden: bool) -> Iterator[str]:
        """What comes to an entity and is new: of hidden entities, or of all."""
        for far in self._before.get(near, ()):
            if far not in steps and (far in self._hidden or not hidden):
                steps[far] = near
                yield far

    def origins(self) -> list[list[str]]:
        """The versions that came of no other version, nor of what is hidden.

        Those that came of each other, in a circle, are together.
        """
        # What is, or came of, a version or something hidden.
        known: set[str] = set()
        found: list[list[str]] = []
        for circle in self._circles():
            hidden = any(it in self._hidden for it in circle)
            versions = sorted(it for it in circle if kind_of(it) == "Artifact")
            derived = any(far in known for near in circle for far in self._before.get(near, ()))
            if versions and not (hidden or derived):
                found.append(versions)
            if versions or hidden or derived:
                known.update(circle)
        return found

    def _circles(self) -> list[list[str]]:
        """What came of each other, together, and after all that it came of (Kosaraju, Sharir)."""
        circles: list[list[str]] = []
        known: set[str] = set()
        for start in reversed(self._finished()):
            if start in known:
                continue
            known.add(start)
            circle = [start]
            for near in circle:
                new = set(self._after.get(near, ())) - known
                known |= new
                circle += new
            circles.append(circle)
        return circles[::-1]

    def _finished(self) -> list[str]:
        """All entities as a search upstream, depth first, is done with them."""
        finished: list[str] = []
        known = {self._id}
        trail = [(self._id, iter(self._before.get(self._id, ())))]
        while trail:
            near, fars = trail[-1]
            far = next((it for it in fars if it not in known), None)
            if far is None:
                finished.append(near)
                trail.pop()
            else:
                known.add(far)
                trail.append((far, iter(self._before.get(far, ()))))
        return finished
