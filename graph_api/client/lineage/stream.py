"""A lineage answer of any size, row by row."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx

from graph_api.client.api import Api
from graph_api.client.as_of import AsOf, said
from graph_api.client.errors import NotTheService, PackageMissing, Unreachable
from graph_api.client.lineage.nodes import LineageEdge, LineageNode
from graph_api.client.refusal import refusal
from graph_api.client.retry import reaching

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingTypeStubs]

Row = TypeVar("Row")

Asked = tuple[
    Sequence[str], str, int | None, Sequence[str] | None, Sequence[str] | None, AsOf | None
]
"""Roots, direction, depth, kinds and edges that are walked, and the moment."""
_NAMES = "root", "direction", "depth", "kind", "edge", "asOf"

_FIELDS = {
    "NODES": (
        *("id", "kind", "label", "depth", "project", "name", "version", "type", "state", "status"),
        *("createdAt", "createdBy"),
    ),
    "EDGES": ("source", "target", "kind", "role", "reused", "via"),
}
_LINES = "application/x-ndjson"
_ARROW = "application/vnd.apache.arrow.stream"


class LineageStream(Generic[Row]):
    """The nodes of a lineage, by depth, or its edges, as the service finds them.

    Each loop over it asks anew; what it tells of the answer is known once one has come to its end.
    Nothing but the row that was read last is in memory.
    """

    def __init__(
        self, api: Api, make: Callable[[Mapping[str, Any]], Row], rows: str, *asked: *Asked
    ) -> None:
        self._api, self._make, self._what = api, make, rows
        *others, as_of = asked
        given = dict(zip(_NAMES, [*others, said(as_of)], strict=True), rows=rows)
        self._parameters = {name: it for name, it in given.items() if it is not None}
        self._end: Mapping[str, Any] | None = None

    @classmethod
    def nodes(cls, api: Api, *asked: *Asked) -> "LineageStream[LineageNode]":
        """Those around the roots."""
        return LineageStream(api, LineageNode.told, "NODES", *asked)

    @classmethod
    def edges(cls, api: Api, *asked: *Asked) -> "LineageStream[LineageEdge]":
        """Those between these."""
        return LineageStream(api, LineageEdge.of, "EDGES", *asked)

    def __iter__(self) -> Iterator[Row]:
        with self._opened(_LINES) as answer:
            for row in self._rows(answer):
                yield self._make(row)

    def to_arrow(self) -> Any:
        """All rows as one ``pyarrow.Table``, with more of their fields."""
        try:
            arrow: Any = import_module("pyarrow")
        except ImportError as error:
            raise PackageMissing("pyarrow", "to_arrow()") from error
        # A service without pyarrow has lines alone.
        with self._opened(f"{_ARROW}, {_LINES};q=0.5") as answer:
            if answer.headers["content-type"] == _ARROW:
                return arrow.Table.from_batches(self._batches(arrow, answer))
            rows = list(self._rows(answer))
        for row in rows:
            if "createdAt" in row:
                row["createdAt"] = datetime.fromisoformat(row["createdAt"])
        types = {"depth": arrow.int32(), "reused": arrow.bool_()}
        types["createdAt"] = arrow.timestamp("us", tz="UTC")
        names = _FIELDS[self._what]
        schema = arrow.schema([(name, types.get(name, arrow.string())) for name in names])
        return arrow.Table.from_pylist(rows, schema=schema)

    def _rows(self, answer: httpx.Response) -> Iterator[dict[str, Any]]:
        # The service says empty lines while it has nothing to say.
        for line in filter(None, _lines(answer)):
            said = json.loads(line)
            if "end" in said:
                self._end = said["end"]
                return
            if "error" in said:
                raise refusal(said["error"]["message"], said["error"]["code"])
            yield said
        raise self._broken()

    def _batches(self, arrow: Any, answer: httpx.Response) -> list[Any]:
        batches: list[Any] = []
        end = None
        try:
            reader = arrow.ipc.open_stream(Readable(answer))
            while True:
                batch, metadata = reader.read_next_batch_with_custom_metadata()
                batches.append(batch)
                end = metadata and metadata.get("end")
        except StopIteration:
            pass
        except (OSError, ValueError) as error:
            raise self._broken() from error
        if end is None:
            raise self._broken()
        self._end = json.loads(end)
        return batches

    def to_pandas(self) -> "pandas.DataFrame":
        """All rows as one frame; as :meth:`to_arrow`."""
        return self.to_arrow().to_pandas()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # untyped

    @property
    def seq(self) -> int:
        """Place in the order of writes; nothing later is in the answer."""
        return int(self._told["asOf"]["seq"])

    @property
    def at(self) -> datetime:
        """The time of that."""
        return datetime.fromisoformat(self._told["asOf"]["at"])

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return bool(self._told["complete"])

    @property
    def incomplete_because(self) -> tuple[str, ...]:
        """Why something is: DEPTH, TIMEOUT, PERMISSION."""
        return tuple(self._told["incompleteBecause"])

    @property
    def hidden(self) -> tuple[LineageNode, ...]:
        """What stands for what you may not see."""
        return tuple(LineageNode.hidden(region) for region in self._told["hidden"])

    @property
    def _told(self) -> Mapping[str, Any]:
        if self._end is None:
            raise RuntimeError("The stream tells this at its end; read its rows first.")
        return self._end

    def _broken(self) -> Unreachable:
        return Unreachable(self._api.url, "the answer broke off", "Ask again.")

    @contextmanager
    def _opened(self, media_type: str) -> Generator[httpx.Response]:
        self._end = None
        with reaching(self._api.url, self._api.next_step):
            answer = self._api.opened("/lineage/stream", self._parameters, media_type)
            try:
                if not answer.is_success:
                    answer.read()
                    raise _refused(self._api.url, answer)
                yield answer
            finally:
                answer.close()


class Readable:
    """An answer as the file that Arrow reads."""

    closed = False

    def __init__(self, answer: httpx.Response) -> None:
        self._pieces, self._kept = answer.iter_bytes(), b""

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end."""
        pieces = [self._kept]
        length = len(self._kept)
        while size < 0 or length < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            pieces.append(piece)
            length += len(piece)
        whole = b"".join(pieces)
        end = length if size < 0 else size
        self._kept = whole[end:]
        return whole[:end]


def _lines(answer: httpx.Response) -> Iterator[bytes]:
    """Its lines that have come whole."""
    kept = b""
    for piece in answer.iter_bytes():
        *whole, kept = (kept + piece).split(b"\n")
        yield from whole


def _refused(url: str, answer: httpx.Response) -> Exception:
    try:
        said = answer.json()
        return refusal(said["message"], said["code"])
    except (ValueError, KeyError, TypeError):
        return NotTheService(url, answer.status_code)
