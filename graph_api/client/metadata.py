"""Metadata: a JSON object."""

import json
from collections.abc import Mapping
from typing import Any

from graph_api.client.errors import BadMetadata


def checked_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """A copy, as JSON has it (tuples become lists); :class:`BadMetadata` where JSON has no such."""
    try:
        copy: Any = json.loads(json.dumps({} if metadata is None else metadata, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise BadMetadata(str(error)) from error
    if not isinstance(copy, dict):
        raise BadMetadata(f"it is a {type(metadata).__name__}, not a dict")
    return copy  # pyright: ignore[reportUnknownVariableType]
