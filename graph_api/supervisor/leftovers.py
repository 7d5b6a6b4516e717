"""What an earlier start of a data folder left behind, ended before it is in the way.

Every child and its guard hold the lock of a file in ``data/run`` that says which process it is.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from graph_api.supervisor import lock
from graph_api.supervisor.errors import LeftoverAlive

# A guard whose supervisor died gives its child one second; only then do we end it ourselves.
ORPHAN_SECONDS = 1.5
LONGEST_SECONDS = 10.0


def end_all(run: Path) -> None:
    """Return when no process of an earlier start lives; LeftoverAlive where one cannot be ended."""
    for file in run.glob("*.pid"):
        os.close(take(file))


def take(file: Path) -> int:
    """The lock of a child's file, once whoever holds it has ended; the file is empty then."""
    descriptor = lock.open_lock(file)
    began = time.monotonic()
    while not lock.try_lock(descriptor):
        waited = time.monotonic() - began
        if waited > LONGEST_SECONDS:
            os.close(descriptor)
            raise LeftoverAlive(file)
        if waited > ORPHAN_SECONDS:
            kill(file)
        time.sleep(0.02)
    os.ftruncate(descriptor, 0)
    return descriptor


def kill(file: Path) -> None:
    """Kill the recorded process, if that id still belongs to exactly the recorded command."""
    record = lock.read_record(file)
    pid, command = record.get("pid"), record.get("command")
    if isinstance(pid, int) and command and command_line(pid) == " ".join(command):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def command_line(pid: int) -> str:
    """The arguments of a process, joined by blanks; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").replace("\0", " ")
    except FileNotFoundError:
        # No such process, or macOS, which has no /proc.
        command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    with suppress(FileNotFoundError):
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()  # noqa: S603
    return ""
