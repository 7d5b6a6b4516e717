"""A real web server, good or bad, for references by http."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Page:
    """What is at a path."""

    content: bytes = b""
    etag: str | None = None
    status: int = 200
    head: int = 200
    """What a HEAD is answered with."""
    head_length: int | None = None
    """What Content-Length a HEAD has, where it is not the content's."""
    length: bool = True
    """Whether Content-Length is said."""
    location: str | None = None
    """Where it redirects to."""
    broken: int = 0
    """How many GETs yet break half-way."""


@dataclass
class Web:
    """The server; ``asked`` has each request's method and path, in their order."""

    url: str
    pages: dict[str, Page]
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@contextmanager
def serving_pages(pages: dict[str, Page]) -> Generator[Web]:
    """A server of these pages, by path."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            path = self.path.partition("?")[0]
            web.asked.append((self.command, self.path))
            page = web.pages.get(path, Page(status=404, head=404))
            status = page.head if self.command == "HEAD" else page.status
            self.close_connection = True
            self.send_response(302 if page.location else status)
            self.send_header("connection", "close")
            if page.location:
                self.send_header("location", page.location)
            if page.etag is not None:
                self.send_header("etag", page.etag)
            if page.length:
                length = len(page.content)
                if self.command == "HEAD" and page.head_length is not None:
                    length = page.head_length
                self.send_header("content-length", str(length))
            self.end_headers()
            if self.command == "GET" and page.broken:
                page.broken -= 1
                self.wfile.write(page.content[: len(page.content) // 2])
            elif self.command == "GET":
                self.wfile.write(page.content)

        do_GET = do_HEAD = answer

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web = Web(f"http://127.0.0.1:{server.server_port}", pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
