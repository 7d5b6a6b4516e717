"""The only place where the client reads the environment."""

import os
from dataclasses import dataclass

DEFAULT_URL = "http://localhost:8000"


@dataclass(frozen=True)
class ClientSettings:
    """Where the service is, and who asks for which project."""

    url: str
    api_key: str | None
    project: str | None


def from_environment() -> ClientSettings:
    """What ``GRAPH_API_URL``, ``…_KEY`` and ``…_PROJECT`` say; an empty one says nothing."""
    return ClientSettings(
        url=os.environ.get("GRAPH_API_URL") or DEFAULT_URL,  # noqa: TID251
        api_key=os.environ.get("GRAPH_API_KEY") or None,  # noqa: TID251
        project=os.environ.get("GRAPH_API_PROJECT") or None,  # noqa: TID251
    )
