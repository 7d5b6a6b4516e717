"""Points in time: aware datetimes outside, microseconds since 1970-01-01 UTC in the graph."""

import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from graph_api.errors import BadInput

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> int:
    """The present, in microseconds."""
    return time.time_ns() // 1000


def of(microseconds: int) -> datetime:
    """The same moment as a datetime."""
    return datetime.fromtimestamp(microseconds / SECOND, UTC)


def microseconds(at: datetime) -> int:
    """The same moment in microseconds; one without an offset is taken for UTC."""
    # Wherever the service runs.
    utc = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (utc - _EPOCH) // timedelta(microseconds=1)


def past(name: str, at: int | None) -> int | None:
    """The time, in microseconds, if one is given; BadInput for one that is still to come."""
    if at is not None and at > (present := now()):
        raise BadInput(
            f"{name} is {of(at).isoformat()}, which is still to come: here it is "
            f"{of(present).isoformat()}."
        )
    return at


def _read(value: Any) -> Any:
    return of(value) if isinstance(value, int) else value


Instant = Annotated[datetime, BeforeValidator(_read)]
