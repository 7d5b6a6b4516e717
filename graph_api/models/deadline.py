"""When what is being done for a request has to be done."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from graph_api.errors import DeadlineExceeded


@dataclass(frozen=True)
class Deadline:
    """A time that a request was given."""

    seconds: float
    end: float

    @property
    def left(self) -> float:
        """Seconds; negative once it is over."""
        return self.end - time.monotonic()


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
current = _current.get


@contextmanager
def within(seconds: float) -> Generator[None]:
    """What is begun meanwhile, also by tasks that are made meanwhile, has so many seconds."""
    before = _current.set(Deadline(seconds, time.monotonic() + seconds))
    try:
        yield
    finally:
        _current.reset(before)


def exceeded() -> DeadlineExceeded | None:
    """The error of a deadline that is over; None where there is none, or time is left."""
    deadline = current()
    return DeadlineExceeded(deadline.seconds) if deadline and deadline.left <= 0 else None
