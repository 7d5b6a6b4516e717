"""Trying again: bounded, with jitter, and only what cannot happen twice."""

import random
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

import httpx

from graph_api.client.errors import Unreachable

_T = TypeVar("_T")

BUSY = frozenset({429, 502, 503, 504})
_CONNECTS = 4
_SECONDS = 30.0
_LONGEST_PAUSE = 10.0
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Busy(Exception):
    """The server said that it cannot answer now; ``untouched``: it has carried nothing out."""

    def __init__(self, response: httpx.Response, *, untouched: bool = False) -> None:
        self.response, self.untouched = response, untouched
        said = response.headers.get("retry-after", "")
        self.pause = float(said) if said.isdecimal() else None
        super().__init__(f"the server answered {response.status_code}")


def patiently(attempt: Callable[[], _T], *, repeatable: bool) -> _T:
    """The result of the attempt, made again with pauses of up to 30 s in all while that is safe.

    How long an attempt itself takes does not count: a file may be minutes on its way. A
    connection that failed before anything was sent is always tried again, four times in all. A
    broken answer and :class:`Busy` are tried again if the request is ``repeatable`` (made
    twice it does what it does once) or was left untouched. The last error is raised as it came.
    """
    paused, tries, connects = 0.0, 0, 0
    while True:
        tries += 1
        pause = random.uniform(0.5, 1.0) * min(0.2 * 2**tries, _LONGEST_PAUSE)  # noqa: S311
        try:
            return attempt()
        except _NEVER_SENT:
            connects += 1
            if connects >= _CONNECTS:
                raise
        except httpx.TransportError:
            if not repeatable or paused + pause > _SECONDS:
                raise
        except Busy as busy:
            if busy.pause is not None:
                pause += min(busy.pause, _LONGEST_PAUSE)
            if not (repeatable or busy.untouched) or paused + pause > _SECONDS:
                raise
        paused += pause
        time.sleep(pause)


@contextmanager
def reaching(url: str, next_step: str) -> Generator[None]:
    """Errors of the network as :class:`Unreachable`, which names the URL and what to do."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise Unreachable(url, "no answer in time", next_step) from error
    except (httpx.HTTPError, httpx.InvalidURL, Busy) as error:
        raise Unreachable(url, str(error) or type(error).__name__, next_step) from error
