"""The same for many, by as many threads as it is worth."""

import threading
import time
from collections.abc import Callable

from graph_api.client.parallel import each, lightly


def test_the_results_are_in_the_order_of_the_items() -> None:
    assert list(lightly(range(1_000), str)) == [str(number) for number in range(1_000)]
    assert list(lightly([], str)) == []
    assert list(each(range(100), lambda number, _: number * 2)) == list(range(0, 200, 2))


def test_what_keeps_the_processor_busy_is_done_by_one_thread_at_a_time() -> None:
    others = _others(lambda _: sum(range(2_000)))

    assert others == 1


def test_what_waits_is_done_by_several() -> None:
    others = _others(lambda _: time.sleep(0.002))

    assert others > 4


def _others(do: Callable[[int], object]) -> int:
    """How many threads did the items after the first hundred."""
    threads: list[int] = []

    def noted(item: int) -> None:
        do(item)
        threads.append(threading.get_ident())

    lightly(range(400), noted)
    assert len(threads) == 400
    assert set(threads[:100]) == {threading.get_ident()}
    return len(set(threads[100:]))
