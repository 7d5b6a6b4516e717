"""Datasets: named, growing sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph_api.client.artifact import Artifact
from graph_api.client.errors import NotFound
from graph_api.client.named import Named
from graph_api.client.records import ARTIFACT, NAMED, Record, moment

if TYPE_CHECKING:
    from graph_api.client.client import Client

SNAPSHOT = f"index linkedAt linkedBy artifact {{ {ARTIFACT} }}"


@dataclass(frozen=True, slots=True, repr=False)
class Snapshot(Record):
    """An artifact as the content of a dataset at one time, with the dataset's own numbering."""

    index: int
    artifact: Artifact
    linked_at: datetime
    linked_by: str

    @classmethod
    def of(cls, client: "Client", data: "Mapping[str, Any] | Snapshot") -> "Snapshot":
        if isinstance(data, Snapshot):
            return data
        return cls(
            index=data["index"],
            artifact=Artifact.of(client, data["artifact"]),
            linked_at=moment(data["linkedAt"]),
            linked_by=data["linkedBy"],
        )


class Dataset(Named):
    """A named set, whose snapshots are artifacts."""

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, in the order of the list in the service."""
        document = (
            "query ($id: ID!, $first: Int, $after: String) { dataset(id: $id) { "
            f"snapshots(first: $first, after: $after) {{ nodes {{ {SNAPSHOT} }} "
            "pageInfo { hasNextPage endCursor } } } }"
        )
        pages = self._client.api.pages(document, {"id": self.id}, "dataset", "snapshots")
        return [Snapshot.of(self._client, node) for page in pages for node in page["nodes"]]

    def clone(
        self, name: str, *, project: str | None = None, with_metadata: bool = True
    ) -> "Dataset":
        """A dataset of another name with the same snapshots, as far as you see them.

        Nothing is copied: they are the same artifacts, under the same indexes. This dataset is
        linked to it as its "source dataset". Without a ``project`` it lies in this one's.
        """
        answer = self._client.api.mutate(
            "cloneDataset",
            "DatasetPayload",
            f"dataset {{ {NAMED} }}",
            {"dataset": self.id, "name": name, "project": project, "withMetadata": with_metadata},
        )
        return Dataset(self._client, answer["dataset"])

    def snapshot(self, index: int | None = None) -> Snapshot:
        """The snapshot with that index, or the newest."""
        document = (
            "query ($id: ID!, $index: Int) { dataset(id: $id) { "
            f"snapshot(index: $index) {{ {SNAPSHOT} }} }} }}"
        )
        found = self._client.execute(document, {"id": self.id, "index": index})
        snapshot = found["dataset"]["snapshot"]
        if snapshot is None:
            which = "snapshot" if index is None else f"snapshot {index}"
            raise NotFound(f"The dataset {self.name!r} has no {which}.")
        return Snapshot.of(self._client, snapshot)
