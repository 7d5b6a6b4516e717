"""What every request passes, and every answer carries.

1. Every answer tells browsers to guess, embed, keep and pass on as little as can be.
2. A Host that is none of ours is refused, so that no page whose name is made to lead to this
   machine (DNS rebinding) counts as ours.
3. Pages of the origins in GRAPH_API_CORS_ORIGINS may use the service, signed URLs included.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_api.errors import Misdirected
from graph_api.routes.refusal import HEADERS, refusal
from graph_api.settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A probe names the address of a machine or container, and learns nothing but life.
_PROBES = frozenset({"/healthz", "/readyz"})

_ASKED = ("authorization", "content-type", "if-none-match", "if-range", "range", "x-graph-api")
_UPLOADED = ("x-amz-checksum-sha256",)
_TOLD = ("accept-ranges", "content-disposition", "content-range", "etag", "retry-after")


class Safe:
    """Adds the headers that an answer does not have already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # What has an ETag may be kept by the one who got it, and is asked about again.
                kept = "private, no-cache" if "etag" in headers else "no-store"
                headers.setdefault("cache-control", kept)
            await send(message)

        await self._app(scope, receive, safely)


class Hosts:
    """Refuses what is for another host."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self._app, self._allowed = app, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and scope["path"] not in _PROBES:
            host = Headers(scope=scope).get("host", "")
            if _name(host) not in self._allowed:
                # A WebSocket that is not accepted is answered with this, too.
                refused = refusal(HTTPConnection(scope), Misdirected(host))
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


def middleware(settings: Settings) -> list[Middleware]:
    """All of it, outermost first."""
    found = [Middleware(Safe)]
    if settings.allowed_hosts or not settings.keys:
        named = {name.lower() for name in settings.allowed_hosts}
        found.append(Middleware(Hosts, allowed=_LOOPBACK | {settings.host} | named))
    if settings.cors_origins:
        found.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=("GET", "HEAD", "POST", "PUT"),
                allow_headers=(*_ASKED, *_UPLOADED),
                expose_headers=_TOLD,
            )
        )
    return found


def _name(host: str) -> str | None:
    """The name or address in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
