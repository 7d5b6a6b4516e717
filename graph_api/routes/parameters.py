"""The parameters of a GraphQL request, from its query string or its body.

A body is JSON in UTF-8 and no larger than the limit; reading stops where it is passed.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import orjson
from starlette.requests import Request

from graph_api.settings import Settings

JSON = "application/json"


class Refused(Exception):
    """A request that is not carried out, for what it is as HTTP."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers


async def parameters(request: Request, settings: Settings) -> dict[str, Any]:
    """All that the request gives by a name; Refused where that cannot be told."""
    if request.method == "GET":
        return _by_get(request)
    _check_content(request)
    try:
        async with asyncio.timeout(settings.body_seconds):
            body = await _body(request, settings.body_bytes)
    except TimeoutError as error:
        said = f"The body did not arrive within {settings.body_seconds:g} seconds."
        raise Refused(408, "BODY_TOO_SLOW", said, {"connection": "close"}) from error
    return _object(body, "The body")


def parameter(parameters: Mapping[str, Any], name: str, type: type, called: str) -> Any:
    """One of them, if it is there and of its type."""
    value = parameters.get(name)
    if value is not None and not isinstance(value, type):
        raise bad(f"The parameter `{name}` is not {called}.")
    return value


def bad(message: str) -> Refused:
    """What is none of GraphQL over HTTP."""
    return Refused(400, "BAD_REQUEST", message)


async def _body(request: Request, most: int) -> bytes:
    said = f"The body has more than {most:,} bytes (GRAPH_API_BODY_BYTES); send less at once."
    refused = Refused(413, "BODY_TOO_LARGE", said, {"connection": "close"})
    announced = request.headers.get("content-length", "0")
    if len(announced) > len(str(most)) or int(announced) > most:
        raise refused
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > most:
            raise refused
        body += chunk
        request.state.grows(len(body))
    return bytes(body)


def _check_content(request: Request) -> None:
    """A body is JSON in UTF-8, as it is."""
    given = request.headers.get("content-type", "")
    media_type, *parameters = (part.strip().lower() for part in given.split(";"))
    charset = next((p[8:].strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if media_type != JSON or charset not in ("utf-8", "utf8"):
        said = f"A body is {JSON} in UTF-8; `Content-Type: {given[:100]}` is not."
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", said, {"accept": JSON})
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        said = f"A body is sent as it is; `Content-Encoding: {encoding[:100]}` is not taken."
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", said, {"accept-encoding": "identity"})


def _by_get(request: Request) -> dict[str, Any]:
    parameters: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in parameters:
            raise bad(f"The parameter `{name}` comes twice.")
        object_ = name in ("variables", "extensions") and value
        parameters[name] = _object(value, f"The parameter `{name}`") if object_ else value or None
    return parameters


def _object(text: str | bytes, what: str) -> dict[str, Any]:
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise bad(f"{what} is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise bad(f"{what} is no JSON object.")
    return cast("dict[str, Any]", found)
