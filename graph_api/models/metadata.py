"""Metadata: a JSON object, stored in its canonical form (RFC 8785)."""

import unicodedata
from collections.abc import Iterator
from typing import Any, cast

import rfc8785

from graph_api.errors import BadMetadata

Scalar = str | int | float | bool

_MOST = 100
_LONGEST = 200


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


def flattened(metadata: dict[str, Any], prefix: str = "meta") -> dict[str, Scalar]:
    r"""The scalars of an object under ``meta.<path>``; dots within a key are escaped by ``\\``.

    Lists and nulls are left out: filters compare scalars. At most 100 lie flat, the shallowest
    first, and none with a path of over 200 characters: the graph keeps every property name that
    it has ever seen.
    """
    found: dict[str, Scalar] = {}
    level: list[tuple[str, dict[str, Any]]] = [(prefix, metadata)]
    while level:
        deeper: list[tuple[str, dict[str, Any]]] = []
        for path, values in level:
            for key, value in sorted(values.items()):
                below = path + "." + key.replace("\\", "\\\\").replace(".", "\\.")
                if isinstance(value, dict):
                    deeper.append((below, cast("dict[str, Any]", value)))
                elif isinstance(value, Scalar) and len(below) <= _LONGEST and len(found) < _MOST:
                    found[below] = value
        level = deeper
    return found


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _keys(inner)
