"""``GET /artifacts/{id}/zip``: all files of a version in one."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from graph_api.models.artifact import zip_key
from graph_api.services import artifact, blob


async def archive(request: Request) -> Response:
    """The zip while it is made, or a redirect to the store, which answers Range and ETag.

    Its ETag is the version's digest: it never changes.
    """
    state = request.state
    viewer = await state.viewer_of(request)
    state.rates.take(viewer.user)
    version = await artifact.committed(state.stores.graph, viewer, request.path_params["id"])
    etag = f'"{version.digest}"'
    filename = f"{version.name}-{version.version}.zip"
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"etag": etag})
    chunks = await state.stores.zips.open(viewer, version)
    if chunks is None:
        lifetime = timedelta(seconds=state.settings.url_seconds)
        url = state.stores.blobs.sign_get(zip_key(version.digest), lifetime, filename)
        return RedirectResponse(url.url, 307, {"cache-control": "no-store", "etag": etag})
    return StreamingResponse(
        chunks,
        headers={
            "accept-ranges": "none",
            "content-disposition": blob.attachment(filename),
            "etag": etag,
        },
        media_type="application/zip",
    )


routes = [Route("/artifacts/{id}/zip", archive)]
