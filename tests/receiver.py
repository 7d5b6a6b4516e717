"""A real server that is told things, and answers as it is said."""

import ssl
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Told:
    """A request that came."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """The server; ``told`` has all that came, in its order, also what was refused."""

    url: str
    statuses: list[int] = field(default_factory=list[int])
    """What the next requests are answered with; 204 once there are none."""
    told: list[Told] = field(default_factory=list[Told])
    seconds: float = 0
    """How long an answer takes."""
    location: str | None = None
    """Where answers redirect to."""


@contextmanager
def receiving(address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Generator[Receiver]:
    """A server on this address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.told.append(Told(self.path, headers, body))
            time.sleep(receiver.seconds)
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
            if receiver.location:
                self.send_header("location", receiver.location)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            # Who would wait too long has gone away.
            pass

    server = Server((address, 0), Handler)
    scheme = "http"
    if tls is not None:
        scheme = "https"
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(f"{scheme}://{address}:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
