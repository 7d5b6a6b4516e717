"""What filters compare with: values as the graph holds them."""

from datetime import datetime
from enum import Enum
from typing import Any

from graph_api.errors import BadFilter
from graph_api.models import instant, names
from graph_api.models.metadata import escaped
from graph_api.models.page import MOST

# What is kept as it was given; names are in Unicode NFC.
_FREE = ("description", "reason", "meta", "parameter")


def compared_values(values: list[Any], key: str) -> tuple[Any, ...]:
    """The values as the graph holds such; BadFilter for too many."""
    if len(values) > MOST:
        raise BadFilter(f"`in` has {len(values):,} values; at most {MOST:,} are taken")
    return tuple(compared_value(value, key) for value in values)


def compared_value(value: Any, key: str) -> Any:
    """The value as the graph holds such; BadFilter for what is no scalar."""
    match value:
        case bool() | float():
            return value
        case int():
            # Beyond 64 bits the graph has floats only, and no integer to be equal to.
            return value if -(2**63) <= value < 2**63 else _float(value, key)
        case str():
            given = text(value, key)
            return given if key.partition(".")[0] in _FREE else names.normalized(given)
        case Enum():
            return value.name
        case datetime():
            return instant.microseconds(value)
        case _:
            raise BadFilter(f"{str(value)[:80]} is no text, number or boolean to compare with")


def _float(value: int, key: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise BadFilter(f"the number for {key[:80]!r} is too large") from error


def text(value: str, key: str) -> str:
    """The text itself; BadFilter where it is no Unicode."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadFilter(f"the text for {key[:80]!r} is not valid Unicode") from error
    return value


def normal_path(path: str) -> str:
    """The path as metadata lies flat under; BadFilter for one that is none."""
    keys = [""]
    signs = iter(text(path, "path"))
    for sign in signs:
        if sign == ".":
            keys.append("")
            continue
        if sign == "\\" and (sign := next(signs, "")) not in (".", "\\"):
            raise BadFilter(f"the path {path[:80]!r} has a backslash before neither `.` nor `\\`")
        keys[-1] += sign
    return ".".join(map(escaped, keys))
