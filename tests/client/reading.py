"""Which files are read to be hashed, and when the index may trust what it saw."""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from graph_api.client import file, index
from graph_api.client.file import digested

# Nanoseconds: a few ticks of the clock that the file systems of Linux have.
_TICK = 20_000_000


def with_a_quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust files sooner than the file systems allow that have the coarsest clock."""
    monkeypatch.setattr(index, "_TICK", _TICK)


def grow_old() -> None:
    """Wait until what was written before can be trusted."""
    time.sleep(2 * _TICK / 1e9)


@contextmanager
def reading(monkeypatch: pytest.MonkeyPatch) -> Generator[list[str]]:
    """The names of the files that are hashed within the block, sorted once it ends."""
    names: list[str] = []

    def noted(stream: Any, found: os.stat_result) -> tuple[int, bytes]:
        names.append(Path(stream.name).name)
        return digested(stream, found)

    with monkeypatch.context() as patch:
        patch.setattr(index, "digested", noted)
        patch.setattr(file, "digested", noted)
        yield names
    names.sort()
