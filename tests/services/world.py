"""A few words to build small worlds with, through the services as a client would."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import httpx

from graph_api.blobs import BlobStore
from graph_api.graph import Graph
from graph_api.models.artifact import Committed, NewArtifact
from graph_api.models.manifest import Entry
from graph_api.models.viewer import Viewer
from graph_api.services import artifact, project
from graph_api.settings import Limits

LIMITS = Limits()
HOUR = timedelta(hours=1)


def entry(path: str, data: bytes) -> Entry:
    """A file of these bytes."""
    return Entry(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())


@dataclass
class World:
    """Someone with a graph and a byte store."""

    graph: Graph
    blobs: BlobStore
    viewer: Viewer
    wire: httpx.AsyncClient

    async def project(self, name: str = "digits") -> str:
        """A project; its id."""
        return await project.create(self.graph, self.viewer, LIMITS, name, exists_ok=True)

    async def draft(self, name: str = "data", **new: object) -> str:
        """A draft of a name; its id."""
        values = {"project_id": await self.project(), "name": name, "type": "dataset"} | new
        return await artifact.create_draft(
            self.graph, self.viewer, LIMITS, NewArtifact.model_validate(values)
        )

    async def upload(self, draft: str, files: dict[str, bytes]) -> None:
        """Hand files in and PUT those that are asked for."""
        entries = [entry(path, data) for path, data in files.items()]
        urls = await artifact.request_uploads(
            self.graph, self.blobs, self.viewer, draft, entries, HOUR
        )
        for url, data in zip(urls, files.values(), strict=True):
            if url:
                response = await self.wire.request(
                    url.method, url.url, headers=url.headers, content=data
                )
                assert response.status_code in (200, 412), response.text

    async def commit(self, draft: str) -> Committed:
        """Commit a draft."""
        return await artifact.commit(self.graph, self.blobs, self.viewer, draft)

    async def log(self, name: str, files: dict[str, bytes], **new: object) -> Committed:
        """Draft, upload and commit."""
        draft = await self.draft(name, **new)
        await self.upload(draft, files)
        return await self.commit(draft)
