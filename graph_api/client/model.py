"""Registered models."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graph_api.client.artifact import Artifact
from graph_api.client.as_of import AsOf, said
from graph_api.client.errors import BadArgument, NotFound
from graph_api.client.named import Named
from graph_api.client.period import PERIOD, Period
from graph_api.client.records import ARTIFACT, Record, moment

if TYPE_CHECKING:
    from graph_api.client.client import Client

VERSION = f"index stage linkedAt linkedBy artifact {{ {ARTIFACT} }}"


@dataclass(frozen=True, slots=True, repr=False)
class ModelVersion(Record):
    """An artifact as a version of a model, with the model's own numbering."""

    index: int
    stage: str
    artifact: Artifact
    linked_at: datetime
    linked_by: str

    @classmethod
    def of(cls, client: "Client", data: "Mapping[str, Any] | ModelVersion") -> "ModelVersion":
        if isinstance(data, ModelVersion):
            return data
        return cls(
            index=data["index"],
            stage=data["stage"],
            artifact=Artifact.of(client, data["artifact"]),
            linked_at=moment(data["linkedAt"]),
            linked_by=data["linkedBy"],
        )


class Model(Named):
    """A registered name, whose versions are artifacts in stages."""

    def versions(self) -> list[ModelVersion]:
        """All versions, in the order of the list in the service."""
        document = (
            "query ($id: ID!, $first: Int, $after: String) { model(id: $id) { "
            f"versions(first: $first, after: $after) {{ nodes {{ {VERSION} }} "
            "pageInfo { hasNextPage endCursor } } } }"
        )
        pages = self._client.api.pages(document, {"id": self.id}, "model", "versions")
        return [ModelVersion.of(self._client, node) for page in pages for node in page["nodes"]]

    def version(
        self, index: int | None = None, stage: str | None = None, *, as_of: AsOf | None = None
    ) -> ModelVersion:
        """The version with that index, the newest in that stage, or simply the newest.

        ``as_of`` is an earlier moment: that which it was then.
        """
        if index is not None and stage is not None:
            raise BadArgument("A version and a stage exclude each other; name one of them.")
        document = (
            "query ($id: ID!, $index: Int, $stage: String, $asOf: AsOf) { model(id: $id) { "
            f"version(index: $index, stage: $stage, asOf: $asOf) {{ {VERSION} }} }} }}"
        )
        variables = {"id": self.id, "index": index, "stage": stage, "asOf": said(as_of)}
        found = self._client.execute(document, variables)["model"]["version"]
        if found is None:
            which = f"version {index}" if index is not None else f"version in stage {stage}"
            raise NotFound(
                f"The model {self.name!r} has no {which if index or stage else 'version'}."
            )
        return ModelVersion.of(self._client, found)

    def set_stage(self, index: int, stage: str) -> ModelVersion:
        """Move a version into a stage.

        Usual are NONE, STAGING, PRODUCTION, ABANDONED and DEPRECATED; others may be used.
        """
        answer = self._client.api.mutate(
            "setStage",
            "ModelVersionPayload",
            f"modelVersion {{ {VERSION} }}",
            {"model": self.id, "index": index, "stage": stage},
        )
        return ModelVersion.of(self._client, answer["modelVersion"])

    def stage_history(self, index: int | None = None, stage: str | None = None) -> list[Period]:
        """When versions were in which stages, the oldest first: of one of them, or of one stage."""
        document = (
            "query ($id: ID!, $index: Int, $stage: String, $first: Int, $after: String) { "
            "model(id: $id) { stageHistory(index: $index, stage: $stage, first: $first, "
            f"after: $after) {{ nodes {{ index stage {PERIOD} }} "
            "pageInfo { hasNextPage endCursor } } } }"
        )
        variables = {"id": self.id, "index": index, "stage": stage}
        pages = self._client.api.pages(document, variables, "model", "stageHistory")
        return [Period.of(self._client, node) for page in pages for node in page["nodes"]]

    def roll_back(self, stage: str) -> ModelVersion:
        """Put back into a stage the version that was the newest there before; what is there now.

        The one that is there goes back to the stage that it came from. Refused with STAGE_MOVED if
        somebody changes who is there meanwhile, and with NOTHING_BEFORE if no other was.
        """
        document = (
            "query ($id: ID!, $stage: String!) "
            "{ model(id: $id) { version(stage: $stage) { index } } }"
        )
        found = self._asked(document, stage=stage)["version"]
        answer = self._client.api.mutate(
            "rollBackStage",
            "ModelVersionPayload",
            f"modelVersion {{ {VERSION} }}",
            {"model": self.id, "stage": stage, "from": found and found["index"]},
        )
        return ModelVersion.of(self._client, answer["modelVersion"])
