"""The connections to the byte store: httpx over urllib3, for half the processor time per byte."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import getproxies

import httpx
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

CHUNK = 1 << 20
# Each piece of a body has this long to be taken.
SEND_SECONDS = 60.0


def transport(connections: int) -> httpx.BaseTransport | None:
    """Keeps so many connections open; None, for httpx's own, where a proxy is set."""
    return None if getproxies() else Transport(connections)


class Transport(httpx.BaseTransport):
    """Sends httpx's requests by urllib3; answers come in pieces of 1 MiB. Safe for threads."""

    def __init__(self, connections: int) -> None:
        self._pools = urllib3.PoolManager(
            maxsize=connections, retries=False, ssl_context=httpx.create_ssl_context()
        )
        # Another dictionary: its own is everybody's.
        self._pools.pool_classes_by_scheme = dict[
            str, type[urllib3.HTTPConnectionPool] | type[urllib3.HTTPSConnectionPool]
        ](http=_Pool, https=_SecurePool)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        body = _Body(request.stream)
        seconds = request.extensions["timeout"]
        with body.errors_of_files(), _errors_of_httpx():
            answer = self._pools.urlopen(
                request.method,
                str(request.url),
                body=body if "content-length" in request.headers else None,
                headers=dict(request.headers),
                timeout=urllib3.Timeout(connect=seconds["connect"], read=seconds["read"]),
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        return httpx.Response(
            answer.status, headers=[*answer.headers.items()], stream=_Answer(answer)
        )

    def close(self) -> None:
        # To clear them would leave the connections to the garbage collection.
        for host in self._pools.pools.keys():  # noqa: SIM118  (it is no dict)
            if pool := self._pools.pools.get(host):
                pool.close()


class _Connection(HTTPConnection):
    """Gives a piece of a body more time than urllib3, which takes that of connecting."""

    def request(self, *args: Any, **options: Any) -> None:
        _give_time(self)
        super().request(*args, **options)


class _SecureConnection(HTTPSConnection):
    def request(self, *args: Any, **options: Any) -> None:
        _give_time(self)
        super().request(*args, **options)


def _give_time(connection: HTTPConnection) -> None:
    if connection.sock is None:
        connection.connect()
    connection.timeout = SEND_SECONDS


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection  # pyright: ignore[reportAssignmentType]  # as urllib3's own


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection  # pyright: ignore[reportAssignmentType]  # as urllib3's own


class _Body:
    """What is sent. urllib3 takes any OSError of it for one of the network."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream
        self._error: OSError | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except OSError as error:
            self._error = error
            raise

    @contextmanager
    def errors_of_files(self) -> Generator[None]:
        try:
            yield
        except httpx.TransportError:
            if self._error is not None:
                raise self._error from None
            raise


class _Answer(httpx.SyncByteStream):
    def __init__(self, answer: urllib3.BaseHTTPResponse) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._answer.stream(CHUNK, decode_content=False)

    def close(self) -> None:
        # One that was read to its end has given its connection back.
        self._answer.close()


@contextmanager
def _errors_of_httpx() -> Generator[None]:
    try:
        yield
    except (NewConnectionError, SSLError) as error:
        raise httpx.ConnectError(str(error)) from error
    except ConnectTimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except ReadTimeoutError as error:
        raise httpx.ReadTimeout(str(error)) from error
    except HTTPError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
