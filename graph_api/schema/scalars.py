"""Scalars beyond GraphQL's own."""

import re
from base64 import b64decode, b64encode
from typing import Any, NewType, cast

import strawberry
from strawberry.types.scalar import ScalarDefinition

from graph_api.errors import BadInput
from graph_api.models.ledger import AsOf

BigInt = NewType("BigInt", int)
Base64 = NewType("Base64", bytes)

_SAFE = 2**53 - 1


def _serialized(value: Any) -> int | str:
    return value if -_SAFE <= value <= _SAFE else str(value)


def _parsed(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return value
    raise BadInput(f"{str(value)[:40]!r} is no BigInt: an integer of 64 bits, or its digits.")


def _decoded(value: Any) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{str(value)[:40]!r} is no Base64 (RFC 4648, section 4).") from error


SCALARS: dict[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer of 64 bits: a JSON number up to 2^53 - 1, else a string of its "
        "decimal digits. (GraphQL's Int has 32 bits.)",
        serialize=_serialized,
        parse_value=_parsed,
    ),
    AsOf: strawberry.scalar(
        name="AsOf",
        description="A moment of the ledger: the `seq` of a change (a number, or its digits), or a "
        'time with its offset (RFC 3339, `"2026-11-22T18:00:00Z"`), which is that of the newest '
        "change by then. What is yet to come is an error.",
        parse_value=AsOf.of,
    ),
    Base64: strawberry.scalar(
        name="Base64",
        description="Bytes in Base64 (RFC 4648, section 4), padded.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc4648#section-4",
        serialize=lambda data: b64encode(data).decode(),
        parse_value=_decoded,
    ),
}


def json_object(value: object, of: str) -> dict[str, Any]:
    """The JSON object that an argument must be; null is the empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(f"{of} is {type(value).__name__}; it must be a JSON object.")
    return cast("dict[str, Any]", value)
