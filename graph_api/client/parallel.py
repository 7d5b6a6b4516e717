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
    ordered = list(items)
    failed = threading.Event()
    results: dict[int, _R] = {}
    errors: dict[int, BaseException] = {}
    # Threads take from one iterator: a future for each of a million small files takes longer.
    numbers = iter(range(len(ordered)))

    def work() -> None:
        for number in numbers:
            try:
                if failed.is_set():
                    raise Stopped
                results[number] = do(ordered[number], failed.is_set)
            except BaseException as error:
                failed.set()
                errors[number] = error
                return

    with ThreadPoolExecutor(threads, "graph-api") as pool:
        futures = [pool.submit(work) for _ in range(min(threads, len(ordered)))]
        try:
            for future in futures:
                future.result()
        except BaseException:
            failed.set()
            raise
    for _, error in sorted(errors.items()):
        if not isinstance(error, Stopped):
            raise error
    if errors:
        # What this is a part of was stopped.
        raise Stopped
    return [results[number] for number in range(len(ordered))]
