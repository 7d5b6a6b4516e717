"""The only place where the client reads the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from graph_api.client.errors import BadArgument

DEFAULT_URL = "http://localhost:8000"
DEFAULT_CACHE_BYTES = 10 << 30


@dataclass(frozen=True)
class ClientSettings:
    """Where the service is, who asks for which project, and what is kept on this machine."""

    url: str
    api_key: str | None
    project: str | None
    cache: Path
    """Folder of what was downloaded, and of the index of local files."""
    cache_bytes: int
    """Most bytes of downloaded files that are kept there; 0 for none."""
    offline: Path | None
    """Folder for the bundles of runs that are logged without the service; None: with it."""


def from_environment() -> ClientSettings:
    """What ``GRAPH_API_URL``, ``…_KEY``, ``…_PROJECT``, ``…_CLIENT_CACHE`` and so on say.

    An empty one says nothing. BadArgument where the bytes are no whole number.
    """
    offline = _said("GRAPH_API_CLIENT_OFFLINE")
    return ClientSettings(
        url=_said("GRAPH_API_URL") or DEFAULT_URL,
        api_key=_said("GRAPH_API_KEY"),
        project=_said("GRAPH_API_PROJECT"),
        cache=Path(_said("GRAPH_API_CLIENT_CACHE") or user_cache_path("graph-api") / "client"),
        cache_bytes=_bytes("GRAPH_API_CLIENT_CACHE_BYTES", DEFAULT_CACHE_BYTES),
        offline=None if offline is None else Path(offline),
    )


def _said(name: str) -> str | None:
    return os.environ.get(name) or None  # noqa: TID251


def _bytes(name: str, default: int) -> int:
    said = _said(name)
    if said is None:
        return default
    if not (said.isascii() and said.isdigit()):
        raise BadArgument(f"{name} is {said!r}, not a number of bytes.", "10737418240 is 10 GiB.")
    return int(said)
