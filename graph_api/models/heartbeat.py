"""Heartbeats: how it is known that a run goes on."""

from pydantic import BaseModel

from graph_api.models.run import Status


class Alive(BaseModel, frozen=True):
    """How a run is that says it is alive."""

    status: Status


class Silent(BaseModel, frozen=True):
    """A run that goes on, and when it was last heard of."""

    id: str
    heartbeat_at: int
    """Microseconds since 1970-01-01 UTC."""
