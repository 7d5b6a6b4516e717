"""Keeps one child alive."""

import logging
import threading
import time
from collections.abc import Callable

from graph_api.errors import GraphApiError
from graph_api.supervisor.child import Child

FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
STABLE_SECONDS = 10.0

logger = logging.getLogger(__name__)


class Keeper:
    """A thread that starts a child, and again whenever it ends, until the child is closed.

    ``start`` may return before or after the child is ready; it raises when the child fails.
    ``failures`` counts the ends that followed each other within ten seconds of a start, and
    ``error`` is the last.
    """

    def __init__(self, child: Child, start: Callable[[], None]) -> None:
        self.child = child
        self.failures = 0
        self.error: Exception | None = None
        self._start = start
        threading.Thread(target=self._run, name=f"keep {child.name}", daemon=True).start()

    def _run(self) -> None:
        closing, wait = self.child.closing, FIRST_WAIT
        while not closing.is_set():
            began = time.monotonic()
            try:
                self._start()
                error: Exception = self.child.failed(f"ended with code {self.child.wait()}")
            except (GraphApiError, OSError) as raised:
                error = raised
            if closing.is_set():
                return
            if time.monotonic() - began > STABLE_SECONDS:
                self.failures, wait = 0, FIRST_WAIT
            self.failures, self.error = self.failures + 1, error
            first_line = str(error).partition("\n")[0]
            logger.warning(
                "%s: starting it again in %.1f s. (%s)", self.child.name, wait, first_line
            )
            closing.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)
