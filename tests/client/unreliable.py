"""A server that answers as it is told, for what a good one does too seldom."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DATA = {"data": {"__typename": "Query"}}


@dataclass(frozen=True)
class Answer:
    """One answer; ``status`` 0 breaks the connection instead."""

    status: int = 200
    body: object = field(default_factory=lambda: DATA)
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Unreliable:
    """The server: its address, and the bodies of the requests that it got."""

    url: str
    requests: list[str]
    paths: list[str]


@contextmanager
def answering(*answers: Answer) -> Generator[Unreliable]:
    """A server that gives these answers, one per request, the last one for ever."""
    waiting = list(answers)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            with lock:
                state.requests.append(body.decode(errors="replace"))
                state.paths.append(self.path)
                answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if answer.status == 0:
                self.close_connection = True
                self.connection.close()
                return
            given = answer.body
            content = given if isinstance(given, bytes) else json.dumps(given).encode()
            self.send_response(answer.status)
            headers = {"content-type": "application/json", "content-length": str(len(content))}
            for name, value in {**headers, **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET = do_PUT = answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Unreliable(f"http://127.0.0.1:{server.server_port}", [], [])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
