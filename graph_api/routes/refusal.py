"""How errors answer a plain HTTP request."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from graph_api.errors import (
    Conflict,
    DocumentNotTrusted,
    Forbidden,
    ForeignPage,
    InvalidInput,
    Misdirected,
    NotFound,
    RateLimited,
    StoreUnavailable,
    TooBusy,
    Unauthenticated,
)

RETRY_AFTER = "1"

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""What browsers are told with every answer, unless it says otherwise."""

_STATUS: dict[type[Exception], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    DocumentNotTrusted: 403,
    NotFound: 404,
    InvalidInput: 400,
    Conflict: 409,
    StoreUnavailable: 503,
    ForeignPage: 403,
    Misdirected: 421,
    RateLimited: 429,
    TooBusy: 503,
}


def refusal(request: HTTPConnection, error: Exception) -> Response:
    """The error as JSON, ``{"message", "code"}``, under the status of its family.

    At /graphql it has the form of an error of GraphQL.
    """
    message, code = str(error), getattr(error, "code", "INTERNAL")
    body: dict[str, object] = {"message": message, "code": code}
    if request.url.path == "/graphql":
        body = {"errors": [graphql_error(message, code)]}
    return JSONResponse(body, status_of(error), headers_of(error))


def graphql_error(message: str, code: str) -> dict[str, object]:
    """An error as GraphQL has it, of no field."""
    return {"message": message, "extensions": {"code": code}}


def status_of(error: Exception) -> int:
    """The status of an error's family."""
    return next((s for family, s in _STATUS.items() if isinstance(error, family)), 500)


def headers_of(error: Exception) -> dict[str, str]:
    """What tells the caller how to come again, where that would help."""
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": "Bearer"}
    if isinstance(error, RateLimited | TooBusy):
        return {"retry-after": str(error.retry_after)}
    return {"retry-after": RETRY_AFTER} if isinstance(error, StoreUnavailable) else {}


def crashed(request: Request, error: Exception) -> Response:
    """What nobody foresaw; the log has it, and the answer says nothing of it."""
    body = {"message": "Internal error; the service's log has it.", "code": "INTERNAL"}
    # Starlette answers this outside all middleware.
    return JSONResponse(body, 500, HEADERS | {"cache-control": "no-store"})


def unserved(request: Request, error: Exception) -> Response:
    """What Starlette's routes refuse: nothing is there, or not by this method."""
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).name
    message = f"{request.method} {request.url.path[:200]}: {error.detail}."
    return JSONResponse({"message": message, "code": code}, error.status_code, error.headers)
