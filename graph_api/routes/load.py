"""How much a worker takes on at once, and how often from one user. Each worker counts by itself."""

import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager

from graph_api.errors import BodiesTooLarge, RateLimited, TooBusy, TooManyConnections
from graph_api.settings import Settings

# How many of the largest bodies may be in memory at once, and what of each does not count: so
# large ones that never end are in the way of large ones alone.
_BODIES = 16
_SMALL = 64 << 10
# Requests of a user per second, where no setting says so and not this machine alone can come.
_RATE = 100.0
# What a user may send at once, in seconds' worth of the rate.
_BURST = 10.0
# Users that are remembered.
_USERS = 10_000


class Places:
    """At most so many things that last, and of one user a quarter; nobody waits for one."""

    def __init__(self, most: int, full: Callable[[int, int], TooBusy] = TooManyConnections) -> None:
        self._most, self._each, self._held = most, max(most // 4, 1), 0
        self._full = full
        self._of: Counter[str] = Counter()

    def check(self, user: str | None) -> None:
        """TooBusy where all are taken, or by this user as many as one may have."""
        if self._held >= self._most or (user and self._of[user] >= self._each):
            raise self._full(self._most, self._each)

    @contextmanager
    def hold(self, user: str | None) -> Generator[None]:
        """Hold one while in the block; None for one of whom nobody knows who they are."""
        self.check(user)
        self._held += 1
        self._of.update([user] if user else [])
        try:
            yield
        finally:
            self._held -= 1
            if user:
                self._of -= Counter([user])


class Memory:
    """Bytes of large bodies, which are held until their requests are answered."""

    def __init__(self, largest: int) -> None:
        self._most, self._held = _BODIES * largest, 0

    @contextmanager
    def hold(self) -> Generator[Callable[[int], None]]:
        """What the block tells its size so far; BodiesTooLarge where all together are too much."""
        mine = 0

        def grows(size: int) -> None:
            nonlocal mine
            more = max(size - _SMALL, 0) - mine
            if self._held + more > self._most:
                raise BodiesTooLarge(self._most)
            mine += more
            self._held += more

        try:
            yield grows
        finally:
            self._held -= mine


def agreed(settings: Settings) -> float:
    """Requests that a user may send per second; 0 where that is any number."""
    if settings.rate is None:
        return _RATE if settings.keys else 0
    return settings.rate


class Rates:
    """A bucket of tokens per user. Those who have not been here for longest are forgotten first."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._size = max(_BURST * rate, 1.0)
        self._left: dict[str, tuple[float, float]] = {}
        """Tokens, and when there were so many."""

    def take(self, user: str) -> None:
        """Take one token; RateLimited, and nothing is taken, where there is none."""
        if not self._rate:
            return
        now = self._clock()
        left, then = self._left.pop(user, (self._size, now))
        left = min(left + (now - then) * self._rate, self._size)
        # Sums of fractions are a little off.
        enough = left > 1 - 1e-6
        self._left[user] = (left - 1 if enough else left), now
        if len(self._left) > _USERS:
            del self._left[next(iter(self._left))]
        if not enough:
            raise RateLimited(self._rate, (1 - left) / self._rate)
