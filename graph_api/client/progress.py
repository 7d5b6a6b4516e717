"""Progress bars: for what lasts over a second, on a terminal."""

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TransferSpeedColumn,
)

_AFTER = 1.0


class Transfer:
    """Counts bytes from any thread and shows them once the transfer has lasted a second.

    Or whatever the ``columns`` of its bar show.
    """

    def __init__(
        self, title: str, total: int | None, columns: Sequence[ProgressColumn] = ()
    ) -> None:
        self._title, self._total = title, total
        self._columns = columns or (DownloadColumn(), TransferSpeedColumn())
        self._done = 0
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._bar: Progress | None = None

    def advance(self, count: int) -> None:
        """So many bytes more; a negative number takes back those of a broken attempt."""
        with self._lock:
            self._done += count
            if self._bar is None:
                if time.monotonic() - self._started < _AFTER:
                    return
                self._bar = _bar(self._columns)
                self._bar.add_task(self._title, total=self._total)
                self._bar.start()
            self._bar.update(self._bar.task_ids[0], completed=self._done)

    def end(self) -> None:
        """Take the bar away, if there is one."""
        with self._lock:
            if self._bar is not None:
                self._bar.stop()


def _bar(columns: Sequence[ProgressColumn]) -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


@contextmanager
def transfer(title: str, total: int | None) -> Generator[Transfer]:
    """A transfer of ``total`` bytes, as far as that is known."""
    counted = Transfer(title, total)
    try:
        yield counted
    finally:
        counted.end()


@contextmanager
def counting(title: str, total: int) -> Generator[Transfer]:
    """So many things that are done one after the other."""
    counted = Transfer(title, total, [MofNCompleteColumn()])
    try:
        yield counted
    finally:
        counted.end()
