"""Approvals: somebody's word that a version is in order."""

from pydantic import BaseModel

from graph_api.models.instant import Instant


class Approval(BaseModel, frozen=True):
    """An approval of a version that stands."""

    artifact_id: str
    name: str
    """As what it is approved, such as ``legal``."""
    note: str
    at: Instant
    by: str
    since: int
