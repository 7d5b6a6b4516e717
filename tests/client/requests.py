"""What a client asks of the service and of its byte store."""

from collections.abc import Generator
from contextlib import contextmanager

import httpx

from graph_api import Client


@contextmanager
def requested(client: Client) -> Generator[list[httpx.Request]]:
    """Every request of the client within the block, in order."""
    found: list[httpx.Request] = []
    both = client.api.http, client.store.http
    for http in both:
        http.event_hooks = {"request": [found.append]}
    yield found
    for http in both:
        http.event_hooks = {}
