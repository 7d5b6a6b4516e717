"""What a machine asks of the service: is it alive, can it answer, how is it doing."""

import asyncio

import prometheus_client
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graph_api.errors import StoreUnavailable
from graph_api.routes.refusal import refusal


async def alive(request: Request) -> Response:
    """200 as long as the process answers at all."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> Response:
    """200 when both stores answer; else 503, which names the one that does not."""
    try:
        request.state.prepared()
        stores = request.state.stores
        await asyncio.gather(stores.graph.check(), stores.blobs.check())
    except StoreUnavailable as error:
        return refusal(request, error)
    return JSONResponse({"status": "ready"})


async def metrics(request: Request) -> Response:
    """The process in the text format of Prometheus, for whoever may come in."""
    if request.state.settings.keys:
        await request.state.viewer_of(request)
    return Response(
        prometheus_client.generate_latest(), media_type=prometheus_client.CONTENT_TYPE_LATEST
    )


routes = [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
