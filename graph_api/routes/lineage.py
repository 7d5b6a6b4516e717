"""``GET /lineage/stream``: a lineage answer of any size, as lines of JSON or as Arrow.

What is said last says as of when the answer is, and whether it is complete: a stream without it was
broken off.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Literal, NamedTuple, TypeVar, get_args

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from graph_api.errors import BadInput, GraphApiError, TooManyStreams, Unauthenticated
from graph_api.models.edge import EdgeKind
from graph_api.models.entity import PREFIXES, Kind
from graph_api.models.lineage import End, Rows, Told, Where
from graph_api.models.viewer import Viewer
from graph_api.routes.accept import preferred
from graph_api.routes.load import Places
from graph_api.routes.rows import ARROW, FORMATS, NDJSON, Format, has_arrow
from graph_api.services import lineage
from graph_api.settings import Settings

Way = Literal["UPSTREAM", "DOWNSTREAM"]
Word = TypeVar("Word", bound=str)

_KINDS: dict[str, Kind] = {prefix.upper(): kind for kind, prefix in PREFIXES.items()}


class Asked(NamedTuple):
    """What the query of an address asks for."""

    roots: list[str]
    direction: Way
    rows: Rows
    depth: int | None
    where: Where
    as_of: int | None

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
        kinds = [_word("kind", text, [*_KINDS]) for text in query.getlist("kind")]
        edges = [_word("edge", text, get_args(EdgeKind)) for text in query.getlist("edge")]
        return cls(
            query.getlist("root"),
            _word("direction", query.get("direction", ""), get_args(Way)),
            _word("rows", query.get("rows", "NODES"), get_args(Rows)),
            _number("depth", query.get("depth")),
            Where(
                kinds=tuple(_KINDS[kind] for kind in kinds) or None,
                edges=tuple(edges) or None,
                roles=tuple(query.getlist("role")) or None,
            ),
            _number("asOf", query.get("asOf")),
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
        viewer: Viewer = await state.viewer_of(request)
        state.rates.take(viewer.user)
        asked = Asked.of(request.query_params)
        told = lineage.stream(
            state.stores.graph,
            viewer,
            asked.roots,
            asked.direction,
            asked.rows,
            depth=asked.depth,
            where=asked.where,
            as_of=asked.as_of,
            seconds=self._seconds,
        )
        end = state.stores.ends.of(viewer.key) if viewer.key else None
        parts = self._encoded(viewer, end, told, FORMATS[media_type](asked.rows))
        # What is wrong with the question is found before the first part, and has a status.
        first = await anext(parts)
        return StreamingResponse(_with(first, parts), media_type=media_type)

    async def _encoded(
        self,
        viewer: Viewer,
        ended: asyncio.Event | None,
        told: AsyncGenerator[Told | End],
        format: Format,
    ) -> AsyncGenerator[bytes]:
        began = False
        with self._places.hold(viewer.user):
            async with aclosing(told):
                try:
                    async for part in told:
                        if isinstance(part, End):
                            yield format.end(part)
                            return
                        for some in format.some(part):
                            if ended and ended.is_set():
                                raise Unauthenticated("The key has ended")
                            yield some
                            began = True
                except GraphApiError as error:
                    if not began:
                        raise
                    yield format.broken(str(error), error.code)


def _media_type(request: Request) -> str:
    found = preferred(request, [NDJSON, ARROW])
    if found == ARROW and not has_arrow():
        found = preferred(request, [NDJSON])
        if found is None:
            raise HTTPException(406, f"Here a stream is {NDJSON}; with pyarrow it can be {ARROW}")
    if found is None:
        raise HTTPException(406, f"A stream is {NDJSON} or {ARROW}")
    return found


async def _with(first: bytes, parts: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(parts):
        yield first
        async for part in parts:
            yield part


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
