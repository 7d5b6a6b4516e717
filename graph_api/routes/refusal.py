"""How errors of the domain answer a plain HTTP request."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from graph_api.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    StoreUnavailable,
    Unauthenticated,
)

RETRY_AFTER = "1"

_STATUS: dict[type[Exception], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    InvalidInput: 400,
    Conflict: 409,
    StoreUnavailable: 503,
}


def refusal(request: Request, error: Exception) -> Response:
    """The error as JSON, ``{"message", "code"}``, under the status of its family."""
    body = {"message": str(error), "code": getattr(error, "code", "INTERNAL")}
    return JSONResponse(body, status_of(error), headers_of(error))


def status_of(error: Exception) -> int:
    """The status of the error's family."""
    return next((s for family, s in _STATUS.items() if isinstance(error, family)), 500)


def headers_of(error: Exception) -> dict[str, str]:
    """What an answer of that status carries."""
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": "Bearer"}
    return {"retry-after": RETRY_AFTER} if isinstance(error, StoreUnavailable) else {}
