"""Which processes of a data folder are alive, and waiting for what becomes of them."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def processes(data: Path) -> dict[int, str]:
    """Command lines, by process id, of all that name the folder; the tests' own starters do not."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    rows = (line.strip().split(" ", 1) for line in listed.stdout.splitlines())
    return {int(pid): command for pid, command in rows if str(data) in command}


def find(data: Path, word: str) -> int:
    """The process of the folder whose program is not the guard and whose command has the word."""
    (pid,) = (
        pid
        for pid, command in processes(data).items()
        if "guard.py" not in command and word in command
    )
    return pid


def guard_of(pid: int) -> int:
    """Process id of its parent."""
    listed = subprocess.run(
        ["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(listed.stdout)


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait for it; the seconds that it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began
