"""Where a request comes from: whether a browser sends it for a page of somebody else.

A POST of application/json needs no look: for another origin's page a browser asks first, by a
preflight that only listed origins pass. Neither do the signed URLs of /blobs, nor a zip: they let
in whoever has them, change nothing that counts, and no foreign page can read the answers.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from graph_api.errors import ForeignPage


def check(request: HTTPConnection, listed: Collection[str]) -> None:
    """ForeignPage where a browser sends it for a page that is neither ours nor listed.

    What is no browser says nothing of where it comes from, and passes.
    """
    headers = request.headers
    if headers.get("x-graph-api") == "1":
        return
    origin = headers.get("origin")
    if origin is None:
        site = headers.get("sec-fetch-site")
        if site in ("cross-site", "same-site"):
            raise ForeignPage(f"another site ({site})")
    elif origin not in listed and _host(origin) != headers.get("host"):
        raise ForeignPage(origin[:100])


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
