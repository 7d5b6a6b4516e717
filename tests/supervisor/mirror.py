"""A Maven repository of small files on the loopback, that can be made to fail."""

import hashlib
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Mirror:
    """``files`` are what it serves; ``requests`` the paths it was asked for.

    A path in ``unavailable`` answers 503 that many times; one in ``hanging`` sends half of the
    file and then nothing.
    """

    files: dict[str, bytes]
    address: str = ""
    requests: list[str] = field(default_factory=list[str])
    unavailable: dict[str, int] = field(default_factory=dict[str, int])
    hanging: set[str] = field(default_factory=set[str])

    def lock_text(self) -> str:
        """The lock file that pins its files."""
        return "".join(
            f"{hashlib.sha256(data).hexdigest()}  {len(data)}  {path}\n"
            for path, data in self.files.items()
        )


@contextmanager
def serving(mirror: Mirror) -> Generator[Mirror]:
    """Serve it until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/maven/")
            mirror.requests.append(path)
            if mirror.unavailable.get(path, 0) > 0:
                mirror.unavailable[path] -= 1
                self.send_error(503)
            elif path not in mirror.files:
                self.send_error(404)
            else:
                data = mirror.files[path]
                self.send_response(200)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                while path in mirror.hanging:
                    time.sleep(0.05)
                self.wfile.write(data[len(data) // 2 :])

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # A client that was killed.

    with Server(("127.0.0.1", 0), Handler) as server:
        mirror.address = f"http://127.0.0.1:{server.server_port}/maven"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield mirror
        finally:
            mirror.hanging.clear()
            server.shutdown()
