"""Metadata: a JSON object, stored in its canonical form (RFC 8785)."""

import unicodedata
from collections.abc import Iterator
from typing import Any, cast

import rfc8785

from graph_api.errors import BadMetadata

Scalar = str | int | float | bool

_MOST = 100
_LONGEST = 200
ROOM = 4_000_000
"""Characters that the long paths of one object have together, at most."""


def canonical(metadata: dict[str, Any], most_keys: int, most_bytes: int) -> str:
    """The one text of this object; BadMetadata where it is no JSON, too wide or too large."""
    if len(metadata) > most_keys:
        raise BadMetadata(f"it has {len(metadata)} top-level keys; the limit is {most_keys}")
    try:
        text = rfc8785.dumps(metadata).decode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise BadMetadata(f"it is not JSON that every reader agrees on ({error})") from error
    for key in _keys(metadata):
        if any(unicodedata.category(sign) == "Cc" for sign in key):
            raise BadMetadata(f"the key {key[:80]!r} contains a control character")
    if len(text.encode()) > most_bytes:
        raise BadMetadata(f"it has {len(text.encode()):,} bytes; the limit is {most_bytes:,}")
    return text


def flattened(metadata: dict[str, Any], prefix: str = "meta") -> dict[str, Scalar | list[str]]:
    r"""The scalars of an object, as properties that filters compare.

    Each lies under ``meta.<path>``; dots within a key are escaped by ``\\``. Lists and nulls are
    left out. The graph keeps every property name that it has ever seen, so at most 100 lie so, the
    shallowest first, and none with a path of over 200 characters; the others are texts in
    ``beyond.meta``: path, tab, ``s``, ``b`` or ``n`` for the type, value. BadMetadata where long
    paths have over 4 million characters together.
    """
    found: dict[str, Scalar | list[str]] = {}
    beyond: list[str] = []
    room = ROOM
    level: list[tuple[str, dict[str, Any]]] = [(prefix, metadata)]
    while level:
        deeper: list[tuple[str, dict[str, Any]]] = []
        for path, values in level:
            for key, value in sorted(values.items()):
                below = path + "." + escaped(key)
                # A long key above many others is in the path of each.
                room -= len(below) if len(below) > _LONGEST else 0
                if room < 0:
                    raise BadMetadata("its paths are too long and too many; nest less in it")
                if not isinstance(value, dict | Scalar):
                    continue
                if isinstance(value, dict):
                    deeper.append((below, cast("dict[str, Any]", value)))
                elif len(below) <= _LONGEST and len(found) < _MOST:
                    found[below] = value
                else:
                    beyond.append(f"{below}\t{_typed(value)}")
        level = deeper
    return found | ({f"beyond.{prefix}": beyond} if beyond else {})


def escaped(key: str) -> str:
    r"""A key as a part of a path: with ``\\`` before each dot and ``\\`` in it."""
    return key.replace("\\", "\\\\").replace(".", "\\.")


def _typed(value: Scalar) -> str:
    if isinstance(value, str):
        return "s" + value
    if isinstance(value, bool):
        return f"b{value}".lower()
    return f"n{value!r}"


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _keys(inner)
