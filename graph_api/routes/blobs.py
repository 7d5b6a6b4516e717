"""PUT, GET and HEAD of paths that the service has signed, with the answers of S3."""

import re

from starlette.endpoints import HTTPEndpoint
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from graph_api.errors import (
    AlreadyStored,
    GraphApiError,
    LengthMissing,
    ObjectMissing,
    RangeNotSatisfiable,
    StoreUnavailable,
    UploadMissing,
    UrlExpired,
    UrlForged,
    WrongBytes,
)
from graph_api.services import blob

_STATUS: dict[type[GraphApiError], int] = {
    WrongBytes: 400,
    UrlExpired: 403,
    UrlForged: 403,
    ObjectMissing: 404,
    UploadMissing: 404,
    LengthMissing: 411,
    AlreadyStored: 412,
    RangeNotSatisfiable: 416,
    StoreUnavailable: 503,
}

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


class Blob(HTTPEndpoint):
    """One object of the folder store, or a part of one of any store."""

    async def put(self, request: Request) -> Response:
        key: str = request.path_params["key"]
        try:
            await blob.receive(
                request.state.blobs, key, request.query_params, request.headers, request.stream()
            )
        except ClientDisconnect:
            # Nobody reads this answer.
            return Response(status_code=400)
        except GraphApiError as error:
            return _refusal(error)
        return Response()

    async def get(self, request: Request) -> Response:
        key: str = request.path_params["key"]
        try:
            found = await blob.find(request.state.blobs, key, request.query_params)
            headers = {
                "accept-ranges": "bytes",
                "content-disposition": found.disposition,
                "etag": found.etag,
            }
            if _names(request.headers.get("if-none-match", ""), found.etag):
                return Response(status_code=304, headers=headers)
            wanted = request.headers.get("range", "")
            if request.headers.get("if-range", found.etag) != found.etag:
                wanted = ""
            part = _part(key, wanted, found.size)
        except GraphApiError as error:
            return _refusal(error)
        offset, length = part or (0, found.size)
        if part:
            headers["content-range"] = f"bytes {offset}-{offset + length - 1}/{found.size}"
        headers["content-length"] = str(length)
        status, media_type = 206 if part else 200, "application/octet-stream"
        if request.method == "HEAD":
            return Response(None, status, headers, media_type)
        chunks = blob.read(request.state.blobs, key, found.offset + offset, length)
        return StreamingResponse(chunks, status, headers, media_type)

    head = get


routes = [Route("/blobs/{key:path}", Blob)]


def _names(if_none_match: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


def _part(key: str, wanted: str, size: int) -> tuple[int, int] | None:
    """Offset and length of one Range; None for the whole, which S3 also gives for any other."""
    found = _RANGE.fullmatch(wanted)
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    start = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        raise RangeNotSatisfiable(key, wanted, size)
    return start, end - start


def _refusal(error: GraphApiError) -> Response:
    headers: dict[str, str] = {}
    if isinstance(error, RangeNotSatisfiable):
        headers["content-range"] = f"bytes */{error.size}"
    if isinstance(error, StoreUnavailable):
        headers["retry-after"] = "2"
    body = {"message": str(error), "code": error.code}
    return JSONResponse(body, _STATUS[type(error)], headers)
