"""The same for many, several at a time."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graph_api.client.store import THREADS, Stopped

_T = TypeVar("_T")
_R = TypeVar("_R")

# Items by which it is told what the others take, and how many of them, the slowest, tell nothing:
# other work of the machine came in between.
_TRIED = 100
_DISTURBED = 10


def lightly(items: Iterable[_T], do: Callable[[_T], _R]) -> Sequence[_R]:
    """The results in the order of the items, by one thread unless it waits most of the time.

    For what takes microseconds: threads that take turns at Python would take three times as long.
    """
    ordered = list(items)
    first: list[_R] = []
    taken: list[tuple[float, float]] = []
    for item in ordered[:_TRIED]:
        began, used = time.perf_counter(), time.thread_time()
        first.append(do(item))
        taken.append((time.perf_counter() - began, time.thread_time() - used))
    usual = sorted(taken)[:-_DISTURBED]
    waits = sum(wall for wall, _ in usual) > 2 * sum(busy for _, busy in usual)
    return [*first, *each(ordered[_TRIED:], lambda item, _: do(item), THREADS if waits else 1)]


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
