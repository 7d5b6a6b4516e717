"""How errors of the domain answer a plain HTTP request."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from graph_api.errors import Conflict, InvalidInput, NotFound, StoreUnavailable

RETRY_AFTER = "1"

_STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    InvalidInput: 400,
    Conflict: 409,
    StoreUnavailable: 503,
}


def refusal(request: Request, error: Exception) -> Response:
    """The error as JSON, ``{"message", "code"}``, under the status of its family."""
    status = next((s for family, s in _STATUS.items() if isinstance(error, family)), 500)
    headers = {"retry-after": RETRY_AFTER} if status == 503 else None
    body = {"message": str(error), "code": getattr(error, "code", "INTERNAL")}
    return JSONResponse(body, status, headers)
