"""Locks that the kernel releases when their holder dies, however it dies."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_api.supervisor.errors import AlreadyRunning

CHECK_SECONDS = 0.1


def open_lock(file: Path) -> int:
    """A descriptor of the file to lock; no child inherits it. The file is never removed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int) -> bool:
    """Take the lock, or answer False when any other opening of the file holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_record(file: Path) -> dict[str, Any]:
    """What the holder of a lock wrote into it; empty when it wrote nothing yet."""
    try:
        record: object = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def write_record(descriptor: int, record: dict[str, Any]) -> None:
    """Replace what the locked file says about its holder."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(record).encode(), 0)


@contextmanager
def locked(file: Path, check: Callable[[], None]) -> Generator[None]:
    """Wait for the lock, however long another process holds it, unless ``check`` raises."""
    descriptor = open_lock(file)
    try:
        while not try_lock(descriptor):
            check()
            time.sleep(CHECK_SECONDS)
        yield
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class DataLock:
    """The right to serve a data folder, and what others may read about its holder."""

    descriptor: int

    def announce(self, url: str) -> None:
        """Tell a second start where this one answers."""
        write_record(self.descriptor, {"pid": os.getpid(), "url": url})


@contextmanager
def hold(data: Path) -> Generator[DataLock]:
    """Be the one supervisor of the folder; AlreadyRunning where there is another."""
    file = data / "supervisor.lock"
    descriptor = open_lock(file)
    try:
        if not try_lock(descriptor):
            holder = read_record(file)
            raise AlreadyRunning(data, holder.get("pid"), holder.get("url"))
        write_record(descriptor, {"pid": os.getpid()})
        yield DataLock(descriptor)
    finally:
        os.close(descriptor)
