"""Heartbeats: the service hears that the runs of this process go on."""

import os
from contextlib import suppress
from threading import Event, Lock, Thread

from graph_api.client.api import Api
from graph_api.client.errors import Refused

# Seconds. Without one for 5 minutes the service takes the run for crashed.
INTERVAL = 30.0

# The run has ended, said by someone else, or is not to be seen any more.
_OVER = frozenset({"NOT_FOUND", "RUN_ENDED"})


class Heartbeats:
    """Tells the service of each run that is open, from one daemon thread.

    The thread is there while a run is. It ends with the process; a child that was forked has
    none, for the runs are its parent's. What goes wrong in it disturbs nobody: the next heartbeat
    comes, and revives a run that was taken for crashed.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._open()

    def _open(self) -> None:
        self._process = os.getpid()
        self._lock = Lock()
        self._runs: set[str] = set()
        self._stop: Event | None = None

    def begin(self, run_id: str) -> None:
        """From now on tell that the run goes on."""
        if self._process != os.getpid():
            # A lock that a thread of the parent held when it forked would stay locked.
            self._open()
        with self._lock:
            self._runs.add(run_id)
            if self._stop is None:
                self._stop = Event()
                beat = Thread(
                    target=self._beat, args=(self._stop,), name="graph-api heartbeat", daemon=True
                )
                beat.start()

    def end(self, run_id: str) -> None:
        """Tell it no more."""
        if self._process == os.getpid():
            with self._lock:
                self._runs.discard(run_id)
                if not self._runs:
                    self._halt()

    def close(self) -> None:
        """Tell nothing more of any run."""
        if self._process == os.getpid():
            with self._lock:
                self._runs.clear()
                self._halt()

    def _halt(self) -> None:
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def _beat(self, stop: Event) -> None:
        while not stop.wait(INTERVAL):
            with self._lock:
                runs = sorted(self._runs)
            for run_id in runs:
                if not stop.is_set():
                    self._tell(run_id)

    def _tell(self, run_id: str) -> None:
        with suppress(Exception):
            try:
                self._api.mutate("heartbeat", "RunPayload", "run { id }", {"run": run_id})
            except Refused as refused:
                if refused.code in _OVER:
                    self.end(run_id)
