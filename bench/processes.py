"""What processes take: time of the processor, and memory."""

import os
from collections.abc import Sequence

import psutil


def tree(pid: int) -> list[psutil.Process]:
    """A process and all that it started."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def java() -> list[psutil.Process]:
    """The Neo4j that this process has started."""
    return [it for it in tree(os.getpid()) if it.name() == "java"]


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Seconds of processor that they have used by now, of user and system."""
    return sum(it.cpu_times().user + it.cpu_times().system for it in processes)


def busy_seconds() -> float:
    """Seconds of processor that all programs of this machine have used by now."""
    times = psutil.cpu_times()
    return times.user + times.system


def resident(processes: Sequence[psutil.Process]) -> int:
    """Bytes of memory that they hold now; what several share counts for each."""
    return sum(it.memory_info().rss for it in processes)
