"""The same for many, several at a time."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graph_api.client.store import THREADS, Stopped

_T = TypeVar("_T")
_R = TypeVar("_R")


def each(
    items: Iterable[_T], do: Callable[[_T, Callable[[], bool]], _R], threads: int = THREADS
) -> Sequence[_R]:
    """The results in the order of the items, made by several threads.

    The first failure is raised, once the others have ended: ``do`` is given a function that says
    whether to stop, and raises :class:`Stopped` then.
    """
    failed = threading.Event()

    def one(item: _T) -> _R:
        if failed.is_set():
            raise Stopped
        try:
            return do(item, failed.is_set)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(threads, "graph-api") as pool:
        futures = [pool.submit(one, item) for item in items]
        try:
            errors = [error for future in futures if (error := future.exception()) is not None]
        except BaseException:
            failed.set()
            raise
    for error in errors:
        if not isinstance(error, Stopped):
            raise error
    return [future.result() for future in futures]
