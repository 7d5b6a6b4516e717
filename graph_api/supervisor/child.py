"""One child process of the supervisor, under its guard."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from graph_api.supervisor import leftovers
from graph_api.supervisor.errors import ProcessFailed

GUARD = Path(__file__).with_name("guard.py")
LOG_BYTES = 10_000_000


class Child:
    """A named process of a data folder: at most one lives, and it dies with this process.

    Both streams of its output go to ``data/logs/<name>.log``. ``closing`` is set once it is not to
    be started again.
    """

    def __init__(self, name: str, data: Path) -> None:
        self.name = name
        self.log = data / "logs" / f"{name}.log"
        self.file = data / "run" / f"{name}.pid"
        self._guard: subprocess.Popen[bytes] | None = None
        self.closing = threading.Event()
        self._starting = threading.Lock()

    def start(
        self,
        command: Sequence[str],
        *,
        environment: dict[str, str] | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        """Start the command, which inherits ``descriptors``, after an earlier one has gone.

        ProcessFailed where the child is closed.
        """
        with self._starting:
            if self.closing.is_set():
                raise self.failed("is to end")
            held = leftovers.take(self.file)
            try:
                with self._open_log() as log:
                    self._guard = subprocess.Popen(  # noqa: S603
                        [sys.executable, "-I", "-S", str(GUARD), str(held), *command],
                        stdin=subprocess.PIPE,
                        bufsize=0,
                        stdout=log,
                        stderr=log,
                        env=environment,
                        pass_fds=[held, *descriptors],
                        # Ctrl-C in a terminal reaches the supervisor alone, which ends in order.
                        start_new_session=True,
                    )
            finally:
                os.close(held)

    @property
    def alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._guard is not None and self._guard.poll() is None

    def wait(self) -> int:
        """Exit code, once it has ended; 128 + the signal where one killed it."""
        assert self._guard is not None
        return self._guard.wait()

    def stop(self, seconds: float) -> None:
        """End it: SIGTERM, and SIGKILL when it takes longer. Twice is no error."""
        guard = self._guard
        if guard is None:
            return
        assert guard.stdin is not None
        if not guard.stdin.closed:
            with guard.stdin, suppress(BrokenPipeError):  # It may have ended by itself.
                guard.stdin.write(str(seconds).encode())
        guard.wait()

    def close(self, seconds: float) -> None:
        """End it for good: no thread can start it again."""
        with self._starting:
            self.closing.set()
        self.stop(seconds)

    def failed(self, reason: str) -> ProcessFailed:
        """The error that says so and shows the end of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return ProcessFailed(self.name, reason, self.log, "\n".join(lines[-20:]))

    def _open_log(self) -> BinaryIO:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        return self.log.open("ab")
