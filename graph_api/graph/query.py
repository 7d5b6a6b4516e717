"""Statements by name: ``cypher("artifact/resolve", Id)`` is that file of ``cypher/``."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, LiteralString, TypeVar, cast

from pydantic import BaseModel, TypeAdapter

Row = TypeVar("Row", bound=BaseModel)

_PACKAGED = Path(__file__).resolve().parents[1] / "cypher"
CYPHER = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).resolve().parents[2] / "cypher"


@dataclass(frozen=True)
class Query(Generic[Row]):
    """A statement from ``cypher/`` and the model of each row it returns.

    Many rows come as one record ``collect({…}) AS rows``: the driver's cost is per record.
    """

    name: str
    text: LiteralString
    row: type[Row]

    def rows(self, records: list[dict[str, Any]]) -> list[Row]:
        """The records as models."""
        if len(records) == 1 and records[0].keys() == {"rows"}:
            records = records[0]["rows"]
        return _adapter(self.row).validate_python(records)


@cache
def _adapter(row: type[BaseModel]) -> TypeAdapter[Any]:
    return TypeAdapter(list[row])  # pyright: ignore[reportInvalidTypeForm]  # a type by value


class Nothing(BaseModel, frozen=True):
    """The row of a statement that only writes."""


def cypher(name: str, row: type[Row] = Nothing) -> Query[Row]:
    """Read the named file; a missing file fails here, at import."""
    return Query(name, text(name), row)


def text(name: str) -> LiteralString:
    """The text of the named file."""
    # The driver takes LiteralString so that no value is ever pasted into a statement. Files in
    # cypher/ are as trusted as source; this is the only such cast.
    return cast("LiteralString", (CYPHER / f"{name}.cypher").read_text(encoding="utf-8"))
