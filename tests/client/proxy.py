"""A TCP proxy that counts what clients send, and cuts or holds connections in the midst."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """The proxy: its address, where it leads to, and what it does at which byte."""

    url: str
    upstream: tuple[str, int]
    sent: int = 0
    """Bytes from all clients so far."""
    cuts: list[int] = field(default_factory=list[int])
    """Counts, ascending, at which the connection that reaches one breaks."""
    hold_at: int | None = None
    """The count from which on nothing is passed on."""
    held: threading.Event = field(default_factory=threading.Event)
    longest: int | None = None
    """Bytes of answers that a connection carries before it breaks."""
    serving: list[threading.Thread] = field(default_factory=list[threading.Thread])
    """One for each connection there has been."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lets_pass(self, count: int) -> bool:
        """Count bytes of a client; False where its connection is to break."""
        with self.lock:
            self.sent += count
            if self.hold_at is not None and self.sent >= self.hold_at:
                self.held.set()
                return False
            if self.cuts and self.sent >= self.cuts[0]:
                self.cuts.pop(0)
                return False
            return True

    def drain(self) -> None:
        """Wait until all of clients that are gone has come: what they sent outlives them."""
        for thread in self.serving:
            thread.join(60)
            assert not thread.is_alive()
        self.serving.clear()


@contextmanager
def proxying(upstream: tuple[str, int]) -> Generator[Proxy]:
    """A proxy on a free port of loopback; ``upstream`` may be changed later."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        proxy = Proxy(f"http://127.0.0.1:{server.getsockname()[1]}", upstream)
        threading.Thread(target=_accept, args=(server, proxy), daemon=True).start()
        yield proxy


def _accept(server: socket.socket, proxy: Proxy) -> None:
    with suppress(OSError):
        while True:
            client, _ = server.accept()
            thread = threading.Thread(target=_serve, args=(client, proxy), daemon=True)
            proxy.serving.append(thread)
            thread.start()


def _serve(client: socket.socket, proxy: Proxy) -> None:
    with client, suppress(OSError), socket.create_connection(proxy.upstream) as upstream:
        back = threading.Thread(target=_pump, args=(upstream, client, proxy), daemon=True)
        back.start()
        while data := client.recv(1 << 16):
            if not proxy.lets_pass(len(data)):
                break
            upstream.sendall(data)
        _end(upstream)
        _end(client)
        back.join()


def _pump(source: socket.socket, target: socket.socket, proxy: Proxy) -> None:
    came = 0
    with suppress(OSError):
        while data := source.recv(1 << 16):
            came += len(data)
            if proxy.longest is not None and came > proxy.longest:
                break
            target.sendall(data)
    _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
