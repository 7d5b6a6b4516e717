"""Metadata: a JSON object, stored in its canonical form (RFC 8785)."""

from typing import Any

import rfc8785

from graph_api.errors import BadMetadata

Scalar = str | int | float | bool


def canonical(metadata: dict[str, Any], most_keys: int, most_bytes: int) -> str:
    """The one text of this object; BadMetadata where it is no JSON, too wide or too large."""
    if len(metadata) > most_keys:
        raise BadMetadata(f"it has {len(metadata)} top-level keys; the limit is {most_keys}")
    try:
        text = rfc8785.dumps(metadata).decode()
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise BadMetadata(f"it is not JSON that every reader agrees on ({error})") from error
    if len(text.encode()) > most_bytes:
        raise BadMetadata(f"it has {len(text.encode()):,} bytes; the limit is {most_bytes:,}")
    return text


def flattened(metadata: dict[str, Any], prefix: str = "meta") -> dict[str, Scalar]:
    r"""The scalars of an object under ``meta.<path>``; dots within a key are escaped by ``\\``.

    Lists and nulls are left out: filters compare scalars.
    """
    found: dict[str, Scalar] = {}
    for key, value in metadata.items():
        path = prefix + "." + key.replace("\\", "\\\\").replace(".", "\\.")
        if isinstance(value, dict):
            found |= flattened(value, path)  # pyright: ignore[reportUnknownArgumentType]  # JSON
        elif isinstance(value, Scalar):
            found[path] = value
    return found
