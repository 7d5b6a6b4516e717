"""The service on one machine: its web workers, and a Neo4j of its own unless one is given.

1. Hold the data folder, end what a killed supervisor left, listen on the port.
2. Start the workers; they answer 503 until the graph is there, and load while 3. goes on.
3. Fetch the jars if need be, start Neo4j, wait until a worker says that it is ready.
4. Start the sweeper. Whatever ends is started again. The socket stays open meanwhile, so that
   nobody is refused.
5. On SIGINT, SIGTERM or SIGHUP end the workers, then Neo4j.
"""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import cast

import httpx
from pydantic import SecretStr

from graph_api.settings import Settings, child_environment
from graph_api.supervisor import jars, leftovers, lock
from graph_api.supervisor.child import Child
from graph_api.supervisor.errors import AddressTaken
from graph_api.supervisor.java import java
from graph_api.supervisor.keeper import Keeper
from graph_api.supervisor.neo4j import Connection, Neo4j

APP = "graph_api.app:from_environment"
SWEEPER = "graph_api.sweeper"
WORKER_SECONDS = 2.0
BACKLOG = 1024
FAILURES = 3
SAY_SECONDS = 10.0
CHECK_SECONDS = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Progress = Callable[[str, float | None], None]
"""Called with what is being done, and the share of it that is done where that is known."""

logger = logging.getLogger(__name__)


class Ended(KeyboardInterrupt):
    """A signal asks the supervisor to end; an event loop lets no other exception out."""


def serve(
    settings: Settings,
    on_ready: Callable[[str], None],
    progress: Progress = lambda step, share: None,
    app: str = APP,
) -> None:
    """Serve until a signal says to end; every child has ended when this returns or raises.

    ``on_ready`` is called with the address, in this thread, once the service is ready; it may take
    its time, and what it raises ends the service. Call it from the main thread.
    """
    data = settings.data.resolve()
    try:
        with ending_on_signals() as check, lock.hold(data) as held, ExitStack() as closing:
            try:
                leftovers.end_all(data / "run")
                listener = closing.enter_context(listen(settings.host, settings.port))
                url = address_of(listener)
                held.announce(url)
                keepers, sweep = start(settings, data, listener, app, closing, progress, check)
                progress("Starting the service", None)
                wait_until_ready(url, keepers, check)
                sweep()
                on_ready(url)
                while True:
                    check()
                    time.sleep(CHECK_SECONDS)
            finally:
                ignore_signals()
    except Ended:
        pass


def start(
    settings: Settings,
    data: Path,
    listener: socket.socket,
    app: str,
    closing: ExitStack,
    progress: Progress,
    check: Callable[[], None],
) -> tuple[list[Keeper], Callable[[], Keeper]]:
    """Start every child; ``closing`` ends them in the right order.

    The sweeper is started by calling the second result, so that it is in nobody's way before.
    """
    neo4j = connection = None
    if settings.neo4j_uri is None:
        neo4j = Neo4j(data, settings.neo4j_heap, java())
        connection = neo4j.prepare()
        closing.callback(neo4j.stop)

    workers = [Child(f"worker-{number}", data) for number in range(1, settings.workers + 1)]
    closing.callback(close_all, workers)
    command = [
        *(sys.executable, "-P", "-m", "graph_api.supervisor.worker"),
        *(str(listener.fileno()), app, str(data)),
    ]
    environment = worker_environment(settings, data, listener, connection)
    begin = partial(
        Child.start,
        command=command,
        environment=environment,
        descriptors=[listener.fileno()],
    )
    keepers = [Keeper(worker, partial(begin, worker)) for worker in workers]
    sweeper = Child("sweeper", data)
    closing.callback(sweeper.close, 0)
    sweep = partial(
        sweeper.start,
        [sys.executable, "-P", "-m", SWEEPER, str(data)],
        environment=environment,
    )

    if neo4j is not None and connection is not None:
        folder = jars.fetch(
            settings.cache,
            settings.maven_mirror,
            lambda done, total: progress("Fetching Neo4j", done / total),
            check,
        )
        keepers.append(Keeper(neo4j.child, partial(neo4j.start, folder, connection)))
    return keepers, partial(Keeper, sweeper, sweep)


def close_all(children: list[Child]) -> None:
    """End them side by side."""
    with ThreadPoolExecutor(len(children)) as threads:
        for child in children:
            threads.submit(child.close, WORKER_SECONDS)


def worker_environment(
    settings: Settings, data: Path, listener: socket.socket, connection: Connection | None
) -> dict[str, str]:
    """The environment that makes a worker read the very settings that hold here."""
    chosen = settings.model_dump(exclude_none=True) | {
        "data": data,
        "port": listener.getsockname()[1],
    }
    if connection is not None:
        chosen |= {
            "neo4j_uri": connection.uri,
            "neo4j_user": connection.user,
            "neo4j_password": connection.password,
        }
    return child_environment(
        **{f"GRAPH_API_{name.upper()}": _variable(value) for name, value in chosen.items()}
    )


def _variable(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return " ".join(map(_variable, cast("tuple[object, ...]", value)))
    return str(value)


def wait_until_ready(url: str, keepers: list[Keeper], check: Callable[[], None]) -> None:
    """Return when ``/readyz`` says 200; raise what a child fails of, three times running.

    Waits without end for a Neo4j or a byte store that is not ours, and says so in the log.
    """
    said = time.monotonic()
    with httpx.Client(trust_env=False, timeout=1) as client:
        while True:
            check()
            for keeper in keepers:
                if keeper.failures >= FAILURES and keeper.error is not None:
                    raise keeper.error
            try:
                answer = client.get(f"{url}/readyz")
            except httpx.HTTPError as error:
                reason = str(error)
            else:
                if answer.is_success:
                    return
                reason = f"{answer.status_code} {answer.text[:200]}"
            if time.monotonic() - said > SAY_SECONDS:
                said = time.monotonic()
                logger.warning("Still waiting until the service is ready: %s", reason)
            time.sleep(0.05)


@contextmanager
def listen(host: str, port: int) -> Generator[socket.socket]:
    """A socket that listens there; AddressTaken where that cannot be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror as error:
        raise AddressTaken(host, port, str(error)) from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise AddressTaken(host, port, reason) from error
    with listener:
        yield listener


def address_of(listener: socket.socket) -> str:
    """Where a client on this machine reaches the service."""
    host, port = listener.getsockname()[:2]
    if listener.family == socket.AF_INET6:
        return f"http://[{'::1' if host == '::' else host}]:{port}"
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104


@contextmanager
def ending_on_signals() -> Generator[Callable[[], None]]:
    """Raise Ended wherever this thread is when a signal asks to end.

    Python drops what a handler raises while it is in a finaliser, and runs no handler for a signal
    that comes just as a wait begins. So what waits for long does it in steps, and between them
    calls what this yields, which raises Ended where a signal has asked.
    """
    asked = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        # Once: another would break the ending off.
        if not asked.is_set():
            asked.set()
            raise Ended

    def check() -> None:
        if asked.is_set():
            raise Ended

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        # Under nohup a closed terminal is no reason to end.
        if number != signal.SIGHUP or before[number] != signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """Nothing interrupts the ending: it takes seconds at most."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
