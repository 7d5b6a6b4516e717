"""Words to try references with."""

import hashlib
from collections.abc import Callable, Generator
from io import BytesIO

import httpx
import pytest

from graph_api import File
from graph_api.client.progress import Transfer
from graph_api.client.remote import Remotes


@pytest.fixture
def fetch() -> Generator[Callable[[File], bytes]]:
    """The bytes that a reference leads to."""
    with httpx.Client() as http:

        def fetched(file: File) -> bytes:
            sink = BytesIO()
            Remotes(http).fetch(file, sink, Transfer("", None), lambda: False)
            return sink.getvalue()

        yield fetched


def by_uri(uri: str) -> str:
    return f"uri-sha256:{hashlib.sha256(uri.encode()).hexdigest()}"
