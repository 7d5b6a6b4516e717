"""Artifact collections: names with versions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

from graph_api.client.artifact import Artifact
from graph_api.client.history import HistoryEntry
from graph_api.client.job import Job, start
from graph_api.client.named import Named
from graph_api.client.period import PERIOD, Period
from graph_api.client.records import ARTIFACT, NAMED
from graph_api.client.storage import Storage, storage

if TYPE_CHECKING:
    from graph_api.client.client import Client

COLLECTION = f"{NAMED} type"


class Collection(Named):
    """A name, whose versions are artifacts of one type, and whose aliases move between them."""

    def __init__(self, client: "Client", data: Mapping[str, Any]) -> None:
        super().__init__(client, data)
        self.type: str = data["type"]

    def storage(self) -> Storage:
        """The bytes that all its versions hold in the store."""
        return storage(self._client, self.id)

    @overload
    def history(self) -> list[HistoryEntry]: ...
    @overload
    def history(self, alias: str) -> list[Period]: ...
    def history(self, alias: str | None = None) -> list[HistoryEntry] | list[Period]:
        """Where an alias pointed, and when, the oldest first; without one, what changed of this."""
        if alias is None:
            return super().history()
        document = (
            "query ($id: ID!, $alias: String!, $first: Int, $after: String) { "
            "artifactCollection(id: $id) { aliasHistory(alias: $alias, first: $first, "
            f"after: $after) {{ nodes {{ {PERIOD} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
        )
        variables = {"id": self.id, "alias": alias}
        pages = self._client.api.pages(document, variables, "artifactCollection", "aliasHistory")
        return [Period.of(self._client, node) for page in pages for node in page["nodes"]]

    def roll_back(self, alias: str) -> Artifact:
        """Point an alias where it pointed before, of the versions that are there; that version.

        To do so again points it back. Refused with ALIAS_MOVED if somebody moves it meanwhile,
        and with NOTHING_BEFORE if it has pointed at no other version.
        """
        document = (
            "query ($id: ID!, $alias: String!) { artifactCollection(id: $id) { "
            "aliasHistory(alias: $alias, last: 1) { nodes { until artifact { id } } } } }"
        )
        nodes = self._asked(document, alias=alias)["aliasHistory"]["nodes"]
        current = [node["artifact"]["id"] for node in nodes if node["until"] is None]
        answer = self._client.api.mutate(
            "rollBackAlias",
            "ArtifactPayload",
            f"artifact {{ {ARTIFACT} }}",
            {"collection": self.id, "alias": alias, "from": current[0] if current else None},
        )
        return Artifact.of(self._client, answer["artifact"])

    def protected_aliases(self) -> list[str]:
        """The aliases that only those may move who may administer the project, sorted."""
        document = "query ($id: ID!) { artifactCollection(id: $id) { protectedAliases } }"
        return list(self._asked(document)["protectedAliases"])

    def protect(self, *aliases: str) -> None:
        """Let only those move these aliases who may administer the project."""
        self._protect("protectAliases", aliases)

    def unprotect(self, *aliases: str) -> None:
        """Let everybody who may write to the project move these aliases again."""
        self._protect("unprotectAliases", aliases)

    def move(self, project: str) -> None:
        """Move it to another project, which must exist; its versions, drafts and aliases go along.

        No content moves, and ids stay. ``project/name`` of the old project is NotFound afterwards.
        It takes the right to administer the project that it leaves and to write to the other;
        Refused with NAME_TAKEN where that has a collection of the name.
        """
        answer = self._client.api.mutate(
            "moveArtifactCollection",
            "ArtifactCollectionPayload",
            f"artifactCollection {{ {NAMED} }}",
            {"collection": self.id, "project": project},
        )
        self._read(answer["artifactCollection"])

    def delete(self, sure: bool = False, really: bool = False, *, force: bool = False) -> Job:
        """Start to put all its versions into the trash, and return the job; :meth:`Job.wait` waits.

        Refused unless both words are said. Versions that are logged meanwhile stay, and so does the
        name, whose next version has the next number. What is deleted can be restored, also where
        the job fails: with Needed, where anything else needs a version, unless ``force``, for which
        a key must have the right to administer the project. Its own aliases are no such need, if
        they are not protected.
        """
        input = {"id": self.id, "sure": sure, "really": really, "force": force}
        return start(self._client, "deleteArtifactCollection", input)

    def __repr__(self) -> str:
        return f"<Collection {self.name} {self.type}>"

    def _protect(self, verb: str, aliases: tuple[str, ...]) -> None:
        input = {"collection": self.id, "aliases": aliases}
        self._client.api.mutate(verb, "ArtifactCollectionPayload", "__typename", input)
