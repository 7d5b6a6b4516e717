"""A connection: where the service is, who comes, and in which project."""

import weakref
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from graph_api.client import settings
from graph_api.client.api import Api
from graph_api.client.errors import ProjectMissing
from graph_api.client.heartbeat import Heartbeats
from graph_api.client.offline import Contents, Recorder
from graph_api.client.readable import PathLike
from graph_api.client.store import Store


class Connection:
    """A connection to one service, or to the folder that stands for it offline."""

    def __init__(
        self,
        url: str | None = None,
        *,
        project: str | None = None,
        api_key: str | None = None,
        offline: PathLike | Literal[False] | None = None,
    ) -> None:
        chosen = settings.from_environment()
        self.project = chosen.project if project is None else project
        folder = chosen.offline if offline is None else offline
        self._recorder = Recorder(Path(folder)) if folder else None
        self.api = self._recorder or Api(url or chosen.url, api_key or chosen.api_key)
        """GraphQL over HTTP, with retries."""
        self.store = Contents(self.api.url) if self._recorder else Store(self.api.url)
        """Bytes by signed URLs."""
        self.heartbeats = Heartbeats(self.api)
        """Of the runs that were started here and have not ended."""
        for close in (self.heartbeats.close, self.api.close, self.store.close):
            weakref.finalize(self, close)

    @property
    def url(self) -> str:
        """Address of the service."""
        return self.api.url

    def named_project(self, project: str | None = None) -> str:
        """The given project or the client's own; ProjectMissing, a ValueError, if there is none."""
        named = self.project if project is None else project
        if named is None:
            raise ProjectMissing
        return named

    def execute(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The ``data`` of a GraphQL request; the first of its errors is raised.

        Queries are sent again after a broken answer, documents with a mutation are not.
        """
        return self.api.execute(document, variables)

    def close(self) -> None:
        """Close all connections."""
        self.heartbeats.close()
        self.api.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()
