"""GraphiQL for a browser: one page and its assets, all from our own origin."""

from os import stat_result
from pathlib import Path, PurePath

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

from graph_api.routes.accept import preferred

DIST = Path(__file__).parents[1] / "ui" / "dist"

# The table of the machine (mimetypes) may lack fonts or call JavaScript text/plain, which a browser
# refuses to run.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}

POLICY = {
    # The editor writes its colours into style elements, hence 'unsafe-inline' there and only there.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
}


class _Dist(StaticFiles):
    def file_response(
        self,
        full_path: PathLike,
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        path = PurePath(full_path)
        if "content-type" in response.headers:
            response.headers["content-type"] = CONTENT_TYPES[path.suffix]
        # Names in assets/ carry the hash of their content.
        hashed = path.parent.name == "assets"
        response.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if hashed else "no-cache"
        )
        response.headers.update(POLICY)
        return response


def is_asked_for(request: Request) -> bool:
    """Whether a browser asks for the page, and nobody for an answer to a query."""
    if request.method != "GET" or "query" in request.query_params:
        return False
    return preferred(request, ["application/json", "text/html"]) == "text/html"


def page(request: Request) -> Response:
    """The page itself, for a GET of /graphql that accepts text/html."""
    return FileResponse(
        DIST / "index.html",
        headers=POLICY | {"cache-control": "no-cache", "vary": "accept"},
        media_type="text/html",
    )


assets = [Mount("/ui", _Dist(directory=DIST))]
