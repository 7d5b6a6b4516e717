"""Rows of a stream in the formats that it is told in."""

import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Protocol

import orjson

from graph_api.models import entity, instant
from graph_api.models.edge import Edge
from graph_api.models.entity import Kind
from graph_api.models.lineage import End, Reached, Rows, Told

NDJSON = "application/x-ndjson"
ARROW = "application/vnd.apache.arrow.stream"

_FIELDS: dict[Rows, tuple[str, ...]] = {
    "NODES": (
        *("id", "kind", "label", "depth", "project", "name", "version", "type", "state", "status"),
        *("createdAt", "createdBy"),
    ),
    "EDGES": ("source", "target", "kind", "role", "reused", "via"),
}
# What is encoded at once.
_SLICE = 1_000
KINDS: dict[str, Kind] = {prefix.upper(): kind for prefix, kind in entity.KINDS.items()}
"""By the names that GraphQL has for them."""


class Format(Protocol):
    """Rows as bytes: some at a time, then the end, or why there is none."""

    def some(self, told: Told) -> Iterator[bytes]:
        """These rows."""
        ...

    def nothing(self) -> bytes:
        """What is said while there is nothing to say, so that nobody gives the answer up."""
        ...

    def end(self, end: End) -> bytes:
        """What is said last."""
        ...

    def broken(self, message: str, code: str) -> bytes:
        """What is said last where it breaks off."""
        ...


class Lines:
    """NDJSON: a row is an object, and the last line ``{"end": {…}}`` or ``{"error": {…}}``.

    Empty lines say nothing.
    """

    def __init__(self, rows: Rows) -> None:
        self._names = _FIELDS[rows]

    def some(self, told: Told) -> Iterator[bytes]:
        for part in _sliced(told):
            rows = (dict(zip(self._names, _row(row), strict=True)) for row in part)
            yield b"".join(orjson.dumps(_timed(row), option=_LINE) for row in rows)

    def nothing(self) -> bytes:
        return b"\n"

    def end(self, end: End) -> bytes:
        return orjson.dumps({"end": _end(end)}, option=_LINE)

    def broken(self, message: str, code: str) -> bytes:
        return orjson.dumps({"error": {"message": message, "code": code}}, option=_LINE)


class Arrow:
    """Arrow's IPC stream: an empty record batch comes last, and has the end in its metadata.

    One that breaks off has neither that nor Arrow's own mark of the end.
    """

    def __init__(self, rows: Rows) -> None:
        # It takes 0.2 s and 40 MiB, and has no types.
        self._arrow: Any = import_module("pyarrow")
        types: dict[str, Any] = {
            "depth": self._arrow.int32(),
            "reused": self._arrow.bool_(),
            "createdAt": self._arrow.timestamp("us", tz="UTC"),
        }
        text = self._arrow.string()
        self._schema: Any = self._arrow.schema(
            [(name, types.get(name, text)) for name in _FIELDS[rows]]
        )
        self._sink = io.BytesIO()
        self._writer: Any = self._arrow.ipc.new_stream(self._sink, self._schema)

    def some(self, told: Told) -> Iterator[bytes]:
        for part in _sliced(told):
            columns = [list(column) for column in zip(*map(_row, part), strict=True)]
            self._writer.write_batch(self._arrow.record_batch(columns, schema=self._schema))
            yield self._taken()

    def nothing(self) -> bytes:
        self._writer.write_batch(self._empty())
        return self._taken()

    def end(self, end: End) -> bytes:
        self._writer.write_batch(self._empty(), custom_metadata={"end": orjson.dumps(_end(end))})
        self._writer.close()
        return self._taken()

    def broken(self, message: str, code: str) -> bytes:
        return b""

    def _empty(self) -> Any:
        return self._arrow.record_batch([[] for _ in self._schema], schema=self._schema)

    def _taken(self) -> bytes:
        written = self._sink.getvalue()
        self._sink.seek(0)
        self._sink.truncate()
        return written


FORMATS: dict[str, type[Lines] | type[Arrow]] = {NDJSON: Lines, ARROW: Arrow}


@cache
def has_arrow() -> bool:
    """Whether pyarrow is there. No service needs it: Neo4j's driver would import it."""
    try:
        import_module("pyarrow")
    except ImportError:
        return False
    return True


_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


def _sliced(told: Told) -> Iterator[Told]:
    return (told[start : start + _SLICE] for start in range(0, len(told), _SLICE))


def _row(row: Reached | Edge) -> Sequence[Any]:
    if isinstance(row, Edge):
        return row.source, row.target, row.kind, row.role, row.reused, row.via
    id, depth, project, *rest = row
    return id, id.rpartition("_")[0].upper(), row.label, depth, project, *rest


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    if "createdAt" in row:
        row["createdAt"] = instant.of(row["createdAt"])
    return row


def _end(end: End) -> dict[str, Any]:
    return {
        "asOf": {"seq": end.as_of.seq, "at": end.as_of.at.isoformat()},
        "complete": not end.incomplete_because,
        "incompleteBecause": end.incomplete_because,
        "hidden": [
            {"number": number, "depth": it.depth, "sources": it.sources, "targets": it.targets}
            for number, it in enumerate(end.hidden, 1)
        ],
    }
