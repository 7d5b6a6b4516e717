"""Moments of the ledger, as calls take them."""

from datetime import datetime

from graph_api.client.errors import BadArgument

AsOf = int | datetime
"""The ``seq`` of a change, or a time with its zone: that of the newest change by then."""


def said(as_of: AsOf | None) -> int | str | None:
    """The moment as the service takes it. BadArgument for a time that could be of any zone."""
    if not isinstance(as_of, datetime):
        return as_of
    if as_of.tzinfo is None:
        raise BadArgument(
            f"as_of is {as_of.isoformat()}, in no time zone.",
            "Give it one: datetime(…, tzinfo=UTC).",
        )
    return as_of.isoformat()
