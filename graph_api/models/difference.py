"""What differs between two things, and between all that they came of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson
from pydantic import BaseModel

from graph_api.errors import BadMetadata
from graph_api.models.ledger import Moment
from graph_api.models.lineage import Reason
from graph_api.models.metadata import ROOM, escaped


@dataclass(frozen=True)
class Changed:
    """An entity that only one of two has, and what stands in its place in the other, or None."""

    before: str | None
    after: str | None


@dataclass(frozen=True)
class ChangedAncestor(Changed):
    """An entity that only one of two came of, and what stands in its place in the other."""

    depth: int
    """Edges from the later of the two, or from the earlier where only that one came of it."""
    begins: bool
    """Whether nothing that it came of differs, as far as that is seen: the difference begins."""

    @property
    def rank(self) -> tuple[bool, int, str, str]:
        """What it is sorted by: where it begins first, then the nearest, by id."""
        return (not self.begins, self.depth, self.after or "", self.before or "")


@dataclass(frozen=True)
class LineageDifference:
    """Why a version or run differs from an earlier one.

    ``runs`` made them (the first producers that the viewer sees), or are they. Nothing that
    differs is missing in ``inputs`` and ``ancestors``, and what they hold differs, where
    ``incomplete_because`` is empty.
    """

    as_of: Moment
    before: str
    after: str
    runs: tuple[str | None, str | None]
    inputs: tuple[Changed, ...]
    """Of what flowed into the two, or into the runs that made them, directly."""
    ancestors: tuple[ChangedAncestor, ...]
    """Of all that flowed into the two."""
    incomplete_because: tuple[Reason, ...]


class Line(BaseModel, frozen=True):
    """What tells whether an entity succeeds another: its collection, and its place in it."""

    id: str
    collection: str | None
    number: int | None
    """Of a run, its number in its project."""


class Code(BaseModel, frozen=True):
    """A version of type ``code`` that a run used or logged."""

    of: str
    id: str


@dataclass(frozen=True)
class ValueDifference:
    """A value that differs between two JSON objects, and the path at which it lies.

    Dots within a key are escaped, as filters have it. None where there is none, as for a null.
    """

    path: str
    before: Any
    after: Any
    there: tuple[bool, bool]
    """Whether the earlier and the later object has one there."""


def values_differing(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[ValueDifference, ...]:
    """The values in which two JSON objects differ, by their paths.

    Lists are values; ``1``, ``1.0`` and ``true`` are three. BadMetadata where the paths of one have
    over 4 million characters together.
    """
    left, right = _leaves(before), _leaves(after)
    return tuple(
        ValueDifference(path, left.get(path), right.get(path), (path in left, path in right))
        for path in sorted(left.keys() | right.keys())
        if path not in left or path not in right or not _same(left[path], right[path])
    )


def _leaves(values: Mapping[str, Any]) -> dict[str, Any]:
    """What lies at each path."""
    found: dict[str, Any] = {}
    room = ROOM
    waiting = [("", values)]
    while waiting:
        prefix, inner = waiting.pop()
        for key, value in inner.items():
            path = prefix + escaped(key)
            # A long key above many others is in the path of each.
            room -= len(path)
            if room < 0:
                raise BadMetadata("its paths are too long and too many to compare")
            if isinstance(value, dict) and value:
                waiting.append((f"{path}.", cast("dict[str, Any]", value)))
            else:
                found[path] = value
    return found


def _same(one: Any, other: Any) -> bool:
    # To Python, true is 1, and 1.0 is 1.
    return orjson.dumps(one, option=_SORTED) == orjson.dumps(other, option=_SORTED)


_SORTED = orjson.OPT_SORT_KEYS
