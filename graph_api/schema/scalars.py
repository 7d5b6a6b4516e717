"""Scalars beyond GraphQL's own."""

from typing import Any, NewType, cast

import strawberry
from strawberry.types.scalar import ScalarDefinition

from graph_api.errors import BadInput

BigInt = NewType("BigInt", int)

_SAFE = 2**53 - 1


def _serialized(value: Any) -> int | str:
    return value if -_SAFE <= value <= _SAFE else str(value)


def _parsed(value: Any) -> int:
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadInput(f"{value!r} is no BigInt: an integer, or a string of its decimal digits.")


SCALARS: dict[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer of any size: a JSON number up to 2^53 - 1, else a string of its "
        "decimal digits. (GraphQL's Int has 32 bits.)",
        serialize=_serialized,
        parse_value=_parsed,
    )
}


def json_object(value: object, of: str) -> dict[str, Any]:
    """The JSON object that an argument must be; null is the empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(f"{of} is {type(value).__name__}; it must be a JSON object.")
    return cast("dict[str, Any]", value)
