"""A lineage world, the same each time: artifacts and runs by number, in the order of creation.

1. Most of it is random: each run uses three artifacts that are there, and logs five or six.
2. One of those artifacts is a hub, which hundreds of further runs use.
3. Apart from that lie closures of exact sizes, each grown alike from one root, and a chain of runs
   that each use what the one before logged.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from random import Random
from typing import Literal

import orjson
from typeid import base32

SECOND = 1_000_000
# 2025-01-01 in microseconds since 1970 UTC; a thing is made each second.
BEGIN = 1_735_689_600 * SECOND
# Places in the ledger before the first number: the project and its collections have some.
BEFORE = 10_000


@dataclass(frozen=True)
class Plan:
    """What a world holds; two of equal plans are equal."""

    nodes: int
    """Artifacts and runs."""
    collections: int
    hub_runs: int
    hub_logged: int
    closures: tuple[int, ...]
    chain: int
    uses: int = 3
    """Artifacts that a run uses, where it lies in no closure."""
    seed: int = 1
    form: int = 1
    """To be raised when what is written of a node changes."""

    @property
    def key(self) -> str:
        """The same text for equal plans."""
        return hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()[:16]


FULL = Plan(1_000_000, 200, 958, 5_596, (100, 1_000, 10_000), 1_000)
SMALL = Plan(10_000, 20, 96, 560, (100, 1_000), 100)
LARGE = Plan(
    *(2_800_000, 200, 100_000, 100_000, (100, 1_000, 10_000, 100_000, 1_000_000), 1_000), uses=32
)
"""Of ten million edges."""


@dataclass
class World:
    """The numbers of a plan's things, and those that the bench asks for."""

    plan: Plan
    used: dict[int, Sequence[int]] = field(default_factory=dict[int, Sequence[int]])
    """By run, in order; what is no run is an artifact."""
    makers: list[int | None] = field(default_factory=list[int | None])
    """The run that logged each number; None for a run, and where none did."""
    hub: int = 0
    roots: dict[str, int] = field(default_factory=dict[str, int])
    """Artifacts, by what lies downstream of each."""
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        plan = self.plan
        self.random = Random(plan.seed)
        apart = sum(plan.closures) + 2 * plan.chain + 1
        known = [self._made() for _ in range(plan.nodes // 1_000)]
        self._grow(known, plan.nodes - apart - plan.hub_runs - plan.hub_logged, plan.uses)
        self.hub = self._unused(known)
        self._surround(self.hub, known)
        for size in plan.closures:
            root = self.roots[f"{size:,} nodes"] = self._made()
            self._grow([root], len(self.makers) + size - 1)
        end = self.roots[f"chain of {plan.chain:,} runs"] = self._made()
        for _ in range(plan.chain):
            (end,) = self._run((end,), 1)

    def some(self, most: int) -> list[int]:
        """Random artifacts."""
        artifacts = [number for number in range(len(self.makers)) if number not in self.used]
        return self.random.sample(artifacts, most)

    def early(self, most: int) -> list[int]:
        """The first artifacts."""
        artifacts = (number for number in range(len(self.makers)) if number not in self.used)
        return [*islice(artifacts, most)]

    def some_used(self, most: int) -> list[int]:
        """Random artifacts, the hub apart, each of which some run used."""
        used = {number for numbers in self.used.values() for number in numbers} - {self.hub}
        return self.random.sample(sorted(used), most)

    def _unused(self, known: Sequence[int]) -> int:
        used = {number for numbers in self.used.values() for number in numbers}
        while (found := self.random.choice(known)) in used:
            pass
        return found

    def _made(self, maker: int | None = None) -> int:
        self.makers.append(maker)
        return len(self.makers) - 1

    def _run(self, used: Sequence[int], logs: int) -> list[int]:
        number = self._made()
        self.used[number] = used
        return [self._made(number) for _ in range(logs)]

    def _grow(self, known: list[int], until: int, uses: int = 3) -> None:
        """Add runs that use what is known, and what they log, until there are so many things."""
        while (left := until - len(self.makers)) > 0:
            used = {self.random.choice(known) for _ in range(uses)}
            logs = self.random.choice((5, 6, 6, 6, 6, 6))
            known += self._run(sorted(used), min(logs, left - 1))

    def _surround(self, hub: int, known: Sequence[int]) -> None:
        each, more = divmod(self.plan.hub_logged, self.plan.hub_runs)
        for count in range(self.plan.hub_runs):
            used = {hub, *(self.random.choice(known) for _ in range(2))}
            self._run(sorted(used), each + (count < more))


def id_of(kind: Literal["artifact", "run"], number: int) -> str:
    """The id of that number: as the service makes them, TypeID over UUIDv7."""
    milliseconds = at(number) // 1_000
    uuid = milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | number
    return f"{kind}_{base32.encode(uuid.to_bytes(16))}"


def at(number: int) -> int:
    """When it was made, in microseconds since 1970 UTC."""
    return BEGIN + number * SECOND


def since(number: int) -> int:
    """The place in the ledger with which it came to be."""
    return BEFORE + number
