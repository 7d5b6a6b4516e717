"""Paired rounds: every side is measured once in each round, in turns.

What else the machine does meanwhile hits all sides alike, so a ratio is taken within a round. Of
several rounds the median is told, and the least and the greatest: that is the machine's noise.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self, TypeVar

Sample = TypeVar("Sample")


@dataclass(frozen=True)
class Effort:
    """How long a bench measures, and on how large a world."""

    rounds: int
    seconds: float
    """Of each side in each round, where a part counts what is done in a time."""
    small: bool
    """Whether to try the bench on a world of 10,000 nodes: nothing to publish."""


@dataclass(frozen=True)
class Spread:
    """What one number was in several rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, numbers: Iterable[float]) -> Self:
        """Of at least one number."""
        found = list(numbers)
        return cls(median(found), min(found), max(found))

    def __format__(self, spec: str) -> str:
        """The three, each in this format: ``2.1 (1.9 to 2.2)``; once where they agree."""
        middle, low, high = (format(it, spec) for it in (self.median, self.low, self.high))
        return middle if low == high else f"{middle} ({low} to {high})"


def in_turns(sides: Mapping[str, Callable[[], Sample]], rounds: int) -> dict[str, list[Sample]]:
    """What each side gave, round by round. Each round begins with another side."""
    names = list(sides)
    found: dict[str, list[Sample]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(sides[name]())
    return found


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours over theirs, round by round."""
    return Spread.of(mine / other for mine, other in zip(ours, theirs, strict=True))
