"""References by http and https."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from graph_api.client.errors import RemoteRefused
from graph_api.client.file import by_etag, by_uri
from graph_api.client.found import Answer, Found
from graph_api.client.retry import BUSY, Busy, patiently, reaching
from graph_api.client.store import Expired
from graph_api.client.transport import CHUNK, transport

NEXT_STEP = "Can this machine reach it?"


def find(uri: str) -> list[Found]:
    """The one thing there: its Content-Length and ETag, where its server says them.

    The reference keeps the URI that was asked, not where that leads by now.
    """
    with (
        httpx.Client(
            headers={"accept-encoding": "identity"},
            timeout=httpx.Timeout(60, connect=5),
            transport=transport(1),
        ) as http,
        reaching(shown(uri), NEXT_STEP),
    ):
        return [patiently(lambda: _found(http, uri), repeatable=True)]


@contextmanager
def opened(http: httpx.Client, uri: str) -> Generator[Answer]:
    """Its bytes; Busy if the server is."""
    with http.stream("GET", uri, follow_redirects=True) as response:
        if response.status_code in BUSY:
            raise Busy(response)
        if response.status_code != 200:
            raise RemoteRefused(shown(uri), f"its server answered {response.status_code}")
        yield Answer(_etag(response), response.iter_bytes())


@contextmanager
def signed(http: httpx.Client, url: str, uri: str) -> Generator[Answer]:
    """The bytes of the URI's object at a signed address, as they are stored; Busy if the store is.

    Expired where the address is refused.
    """
    with http.stream("GET", url) as response:
        if response.status_code in BUSY:
            raise Busy(response)
        if response.status_code != 200:
            # Of the answer no more than S3's own word for it: the rest repeats what was signed.
            said = re.search(r"<Code>(\w+)</Code>", response.read().decode(errors="replace"))
            reason = f"its store answered {response.status_code}" + (f" {said[1]}" if said else "")
            if response.status_code == 403:
                raise Expired(reason)
            raise RemoteRefused(uri, reason, signed=True)
        yield Answer(_etag(response), response.iter_raw(CHUNK))


def shown(uri: str) -> str:
    """The address without its query, which may sign it."""
    return uri.partition("?")[0]


def _found(http: httpx.Client, uri: str) -> Found:
    with http.stream("HEAD", uri, follow_redirects=True) as response:
        # Some servers refuse HEAD alone, or have 0 bytes for it.
        if response.is_success and response.headers.get("content-length") != "0":
            return _described(uri, response)
    # Of a GET no more is read than its head.
    with http.stream("GET", uri, follow_redirects=True) as response:
        if response.status_code in BUSY:
            raise Busy(response)
        if response.status_code != 200:
            raise RemoteRefused(shown(uri), f"its server answered {response.status_code}")
        return _described(uri, response)


def _described(uri: str, response: httpx.Response) -> Found:
    length = response.headers.get("content-length", "")
    # The length of what is compressed is not that of the bytes.
    whole = length.isdecimal() and "content-encoding" not in response.headers
    etag = _etag(response)
    digest = by_uri(uri) if etag is None else by_etag(etag)
    return Found(uri, "", int(length) if whole else None, digest)


def _etag(response: httpx.Response) -> str | None:
    said = response.headers.get("etag")
    return said.strip('"') if said is not None and said.startswith('"') else said
