"""What has some bytes, and what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph_api.client.api import PAGE
from graph_api.client.artifact import Artifact
from graph_api.client.file import hashed
from graph_api.client.model import VERSION, Model, ModelVersion
from graph_api.client.records import ARTIFACT, NAMED

if TYPE_CHECKING:
    from graph_api.client.client import Client

_VERSIONS = f"""\
query ($digest: String!, $first: Int, $after: String) {{
  containing(digest: $digest, first: $first, after: $after) {{
    nodes {{ {ARTIFACT} }} pageInfo {{ hasNextPage endCursor }} }} }}"""

_MODELS = f"""\
query ($digest: String!, $within: String, $first: Int, $after: String) {{
  containing(digest: $digest, first: $first, after: $within) {{
    pageInfo {{ hasNextPage endCursor }}
    downstream {{
      incompleteBecause
      models(first: $first, after: $after) {{
        nodes {{ model {{ {NAMED} }} version {{ {VERSION} }} }} pageInfo {{ hasNextPage endCursor }}
      }} }} }} }}"""


@dataclass(frozen=True, slots=True)
class ReachedModel:
    """A registered model that bytes reached."""

    model: Model
    version: ModelVersion | None
    """The version that they reached; None where a link leads to the model itself."""

    @classmethod
    def of(cls, client: "Client", data: Mapping[str, Any]) -> "ReachedModel":
        version = data["version"]
        return cls(
            model=Model(client, data["model"]),
            version=None if version is None else ModelVersion.of(client, version),
        )


@dataclass(frozen=True, slots=True)
class ReachedModels:
    """The registered models that bytes reached, and whether these are all."""

    found: tuple[ReachedModel, ...]
    """Each once for each of its versions that they reached."""
    incomplete_because: tuple[str, ...]
    """Why there may be more: TIMEOUT, or PERMISSION. Empty if these are all."""

    @property
    def complete(self) -> bool:
        """Whether these are all."""
        return not self.incomplete_because


class Containing:
    """The versions, of any project, that have some bytes, the oldest first: to go through."""

    def __init__(self, client: "Client", content: Path | str) -> None:
        self._client, self._content = client, content

    def __iter__(self) -> Iterator[Artifact]:
        variables = {"digest": self._digest()}
        for page in self._client.api.pages(_VERSIONS, variables, "containing"):
            yield from (Artifact.of(self._client, node) for node in page["nodes"])

    def models(self) -> ReachedModels:
        """The registered models with versions that are among these, or that came of these."""
        found: dict[tuple[str, int | None], ReachedModel] = {}
        because: set[str] = set()
        variables: dict[str, Any] = {"digest": self._digest(), "first": PAGE}
        while True:
            page = self._client.execute(_MODELS, variables)["containing"]
            models = page["downstream"]["models"]
            because.update(page["downstream"]["incompleteBecause"])
            for node in models["nodes"]:
                one = ReachedModel.of(self._client, node)
                found[one.model.id, one.version and one.version.index] = one
            if models["pageInfo"]["hasNextPage"]:
                variables["after"] = models["pageInfo"]["endCursor"]
            elif page["pageInfo"]["hasNextPage"]:
                variables |= {"within": page["pageInfo"]["endCursor"], "after": None}
            else:
                return ReachedModels(tuple(found.values()), tuple(sorted(because)))

    def _digest(self) -> str:
        content = self._content
        return hashed(content)[1] if isinstance(content, Path) else content
