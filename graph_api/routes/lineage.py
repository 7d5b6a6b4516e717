"""``GET /lineage/stream``: a lineage answer of any size, as lines of JSON or as Arrow.

What is said last says as of when the answer is, and whether it is complete: a stream without it was
broken off.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar, get_args

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from graph_api.errors import BadInput, GraphApiError, TooManyStreams
from graph_api.models.edge import EdgeKind
from graph_api.models.ledger import AsOf
from graph_api.models.lineage import End, Filter, Rows, Told, Where
from graph_api.models.viewer import Viewer
from graph_api.models.where import Side
from graph_api.routes.accept import preferred
from graph_api.routes.load import Places
from graph_api.routes.rows import ARROW, FORMATS, KINDS, NDJSON, Format, has_arrow
from graph_api.services import ledger, lineage
from graph_api.settings import Settings

Word = TypeVar("Word", bound=str)

STALLED = 60.0
"""Seconds after which one who does not read is sent away."""
# Seconds after which something is said though there is nothing to say.
_SILENT = 10.0


class Asked(NamedTuple):
    """What the query of an address asks for."""

    roots: list[str]
    direction: Side
    rows: Rows
    depth: int | None
    where: Where
    as_of: AsOf | None

    @classmethod
    def of(cls, query: QueryParams) -> "Asked":
        """BadInput for what cannot be asked."""
        several, one = ("root", "kind", "edge", "role"), ("direction", "rows", "depth", "asOf")
        for name in query:
            if name not in several + one:
                known = ", ".join(several + one)
                raise BadInput(f"{name[:100]} is no parameter of a stream; these are: {known}.")
            if name in one and len(query.getlist(name)) > 1:
                raise BadInput(f"{name} is given {len(query.getlist(name))} times; give it once.")
        kinds = [_word("kind", text, [*KINDS]) for text in query.getlist("kind")]
        edges = [_word("edge", text, get_args(EdgeKind)) for text in query.getlist("edge")]
        return cls(
            query.getlist("root"),
            _word("direction", query.get("direction", ""), get_args(Side)),
            _word("rows", query.get("rows", "NODES"), get_args(Rows)),
            _number("depth", query.get("depth")),
            Where(
                edges=tuple(edges) or None,
                roles=tuple(query.getlist("role")) or None,
                show_only=Filter(tuple(KINDS[kind] for kind in kinds)) if kinds else None,
            ),
            AsOf.of(query["asOf"]) if "asOf" in query else None,
        )


class Streams:
    """What answers. At most so many answers are told at once: the ids of each are in memory."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.stream_seconds
        self._places = Places(settings.streams, TooManyStreams)

    async def answer(self, request: Request) -> Response:
        """The answer that the query of the address asks for."""
        state = request.state
        media_type = _media_type(request)
        if request.method != "GET":
            raise HTTPException(405, "A stream is got by GET")
        viewer: Viewer = await state.viewer_of(request)
        state.rates.take(viewer.user)
        asked = Asked.of(request.query_params)
        format = FORMATS[media_type](asked.rows)
        # Without keys all are one user.
        user = viewer.user if viewer.key else None
        self._places.check(user)
        graph = state.stores.graph
        told = lineage.stream(
            graph,
            viewer,
            asked.roots,
            asked.direction,
            asked.rows,
            depth=asked.depth,
            where=asked.where,
            as_of=asked.as_of and await ledger.seq_of(graph, viewer, asked.as_of),
            seconds=self._seconds,
        )
        # What is wrong with the question is found before anything is told, and has a status.
        await anext(told)
        end = state.stores.ends.of(viewer.key) if viewer.key else asyncio.Event()
        parts = self._encoded(user, told, format)
        return Lasting(parts, media_type, end)

    async def _encoded(
        self, user: str | None, told: AsyncGenerator[Told | End], format: Format
    ) -> AsyncGenerator[bytes]:
        said = time.monotonic()
        try:
            with self._places.hold(user):
                async for part in told:
                    if isinstance(part, End):
                        yield format.end(part)
                        return
                    for some in format.some(part):
                        yield some
                    if part:
                        said = time.monotonic()
                    elif time.monotonic() - said > _SILENT:
                        yield format.nothing()
                        said = time.monotonic()
        except GraphApiError as error:
            yield format.broken(str(error), error.code)
        finally:
            await told.aclose()


class Lasting(StreamingResponse):
    """An answer that breaks off with the key that it is for, or when nobody reads it."""

    def __init__(self, parts: AsyncGenerator[bytes], media_type: str, ended: asyncio.Event) -> None:
        super().__init__(parts, media_type=media_type)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def patient(message: Message) -> None:
            async with asyncio.timeout(STALLED):
                await send(message)

        telling = asyncio.create_task(super().__call__(scope, receive, patient))
        ending = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait([telling, ending], return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                with suppress(TimeoutError):
                    telling.result()
        finally:
            telling.cancel()
            ending.cancel()
            await asyncio.wait([telling, ending])


def _media_type(request: Request) -> str:
    found = preferred(request, [NDJSON, ARROW])
    if found == ARROW and not has_arrow():
        found = preferred(request, [NDJSON])
        if found is None:
            raise HTTPException(406, f"Here a stream is {NDJSON}; with pyarrow it can be {ARROW}")
    if found is None:
        raise HTTPException(406, f"A stream is {NDJSON} or {ARROW}")
    return found


def _word(name: str, text: str, words: Sequence[Word]) -> Word:
    for word in words:
        if word == text:
            return word
    raise BadInput(f"{name} is {text[:100]!r}; it is one of {', '.join(words)}.")


def _number(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise BadInput(f"{name} is {text[:100]!r}; it is a number, from 0.")
    return int(text)
