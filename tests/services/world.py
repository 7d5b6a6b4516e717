"""A few words to build small worlds with, through the services as a client would."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from pydantic import BaseModel

from graph_api.blobs import BlobStore, SignedUrl
from graph_api.graph import Graph, Query
from graph_api.models.artifact import Artifact, Committed, NewArtifact
from graph_api.models.artifact_collection import ArtifactCollection
from graph_api.models.manifest import Entry
from graph_api.models.page import Window
from graph_api.models.run import NewRun
from graph_api.models.viewer import Viewer
from graph_api.services import (
    artifact,
    artifact_collection,
    dataset,
    edge,
    experiment,
    model,
    project,
    run,
)
from graph_api.settings import Limits


class Properties(BaseModel, frozen=True):
    """All properties of a node."""

    of: dict[str, Any]


class Snapshot(BaseModel, frozen=True):
    """How much there is."""

    nodes: list[list[Any]]
    relationships: list[list[Any]]
    seq: list[int]


PROPERTIES = Query("tests/properties", "MATCH (n {id: $id}) RETURN properties(n) AS of", Properties)
SNAPSHOT = Query(
    "tests/snapshot",
    """
    RETURN
      COLLECT { MATCH (n) WITH labels(n) AS l, count(*) AS c ORDER BY l RETURN [l, c] } AS nodes,
      COLLECT {
        MATCH ()-[e]->() WITH type(e) AS t, count(*) AS c ORDER BY t RETURN [t, c]
      } AS relationships,
      COLLECT { MATCH (l:Ledger) RETURN l.seq } AS seq
    """,
    Snapshot,
)
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
        values = {"project": "digits", "name": name, "type": "dataset"} | new
        return await artifact.create_draft(
            self.graph, self.viewer, LIMITS, NewArtifact.model_validate(values)
        )

    async def upload(self, draft: str, files: dict[str, bytes]) -> None:
        """Hand files in and PUT those that are asked for."""
        entries = [entry(path, data) for path, data in files.items()]
        urls, _ = await artifact.request_uploads(
            self.graph, self.blobs, self.viewer, LIMITS, draft, entries, HOUR
        )
        for url, data in zip(urls, files.values(), strict=True):
            if isinstance(url, SignedUrl):
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

    async def download(self, id: str) -> dict[str, bytes]:
        """The bytes of every stored file of a version, over signed URLs."""
        page = await artifact.files(self.graph, self.blobs, self.viewer, id, Window(1000))
        paths = [file.path for file in page.items]
        contents = await self.fetch(id, paths)
        return {file.path: contents[file.sha256] for file in page.items if file.sha256}

    async def fetch(self, id: str, paths: list[str]) -> dict[str, bytes]:
        """The contents of these files of a version, by SHA-256, each as it was asked for."""
        found = {hashlib.sha256(b"").hexdigest(): b""}
        for one in await artifact.downloads(self.graph, self.blobs, self.viewer, id, paths, HOUR):
            answer = await self.wire.get(one.request.url, headers=one.request.headers)
            assert answer.status_code in (200, 206), answer.text
            rest = answer.content
            for content in one.contents:
                found[content.sha256], rest = rest[: content.size], rest[content.size :]
            assert rest == b""
        return found

    async def collection(self, name: str, project_name: str = "digits") -> ArtifactCollection:
        """The collection of a name."""
        scope = await project.scope(self.graph, self.viewer, project_name)
        return await artifact_collection.named(self.graph, self.viewer, scope, name)

    async def versions(self, name: str) -> list[Artifact]:
        """The committed versions of a name."""
        collection = await self.collection(name)
        page = await artifact.versions(self.graph, self.viewer, collection.id, Window(1000))
        return [*page.items]

    async def run(self, **new: object) -> str:
        """A run that goes on; its id."""
        values = {"project": "digits"} | new
        started = await run.start(self.graph, self.viewer, LIMITS, NewRun.model_validate(values))
        return started.id

    async def experiment(self, name: str, **new: Any) -> str:
        """An experiment; its id."""
        return await experiment.create(self.graph, self.viewer, LIMITS, "digits", name, **new)

    async def model(self, name: str, **new: Any) -> str:
        """A model; its id."""
        return await model.create(self.graph, self.viewer, LIMITS, "digits", name, **new)

    async def dataset(self, name: str, **new: Any) -> str:
        """A dataset; its id."""
        return await dataset.create(self.graph, self.viewer, LIMITS, "digits", name, **new)

    async def link(self, source: str, target: str, role: str = "input") -> str:
        """Link one entity to another; the role."""
        return await edge.link(self.graph, self.viewer, LIMITS, source, target, role)

    async def use(self, run_id: str, *ids: str) -> None:
        """Say that a run used things."""
        await run.use(self.graph, self.viewer, run_id, ids)

    async def properties(self, id: str, prefix: str) -> dict[str, Any]:
        """The properties of a node whose names begin so."""
        (found,) = await self.graph.fetch(PROPERTIES, id=id)
        return {key: value for key, value in found.of.items() if key.startswith(prefix)}

    async def snapshot(self, *, stored: bool = True) -> dict[str, Any]:
        """How much there is of everything, and the ledger's place: equal if nothing changed.

        Without what is ``stored``: a commit that is refused leaves the pages and contents of its
        draft, which no version has.
        """
        (found,) = await self.graph.fetch(SNAPSHOT)
        data = found.model_dump()
        if not stored:
            bytes_of_drafts = (["Blob"], ["ManifestPage"], ["Pack"])
            data["nodes"] = [one for one in data["nodes"] if one[0] not in bytes_of_drafts]
            data["relationships"] = [one for one in data["relationships"] if one[0] != "LISTS"]
        return data
