"""Artifacts: drafts on this machine, and the versions that they become."""

import warnings
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from graph_api.client import parcel
from graph_api.client.again import begin_again
from graph_api.client.approval import Approvable
from graph_api.client.content import Content
from graph_api.client.draft import Draft
from graph_api.client.errors import NotLogged, Refused, SameContent
from graph_api.client.file import File, sources
from graph_api.client.kept import Kept
from graph_api.client.metadata import checked_metadata
from graph_api.client.records import ARTIFACT, ArtifactRecord
from graph_api.client.upload import begin, commit
from graph_api.client.writable import Writable

if TYPE_CHECKING:
    from graph_api.client.client import Client

_LINKS = """\
query ($id: ID!) {
  artifact(id: $id) { links(direction: IN, first: 100) { nodes { role } pageInfo { hasNextPage } } }
}"""


class Artifact(Kept, Writable, Approvable):
    """A named version of some files, with metadata.

    ``Artifact(name, type)`` is a draft: add files, then log it by ``run.log_artifact`` (or
    ``client.log_artifact``), which makes it the next version. From then on its files never
    change; ``description``, ``metadata``, ``aliases`` and ``tags`` do, by :meth:`save`.

    ``version`` chooses the version's name; left out, it is ``v0``, ``v1``, …
    """

    QUERY: ClassVar[str] = f"query ($id: ID!) {{ artifact(id: $id) {{ {ARTIFACT} }} }}"
    """The GraphQL behind an artifact."""

    def __init__(
        self,
        name: str,
        type: str,
        *,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        version: str | None = None,
        aliases: Iterable[str] = (),
        tags: Iterable[str] = (),
    ) -> None:
        super().__init__()
        self._name, self._type, self._version = name, type, version
        self.description = description
        self.metadata = checked_metadata(metadata)
        self.system_metadata: dict[str, Any] = {}
        self.aliases = list(dict.fromkeys(aliases))
        self.tags = list(dict.fromkeys(tags))
        self.created: bool | None = None
        """After logging: whether the version is new; False if equal content was there already.

        None as long as nobody knows: of a draft, and offline.
        """
        self._draft = Draft(name)
        self._client: Client | None = None
        self._record: ArtifactRecord | None = None

    @classmethod
    def of(cls, client: "Client", data: Mapping[str, Any] | ArtifactRecord) -> "Artifact":
        """The artifact that GraphQL describes."""
        record = ArtifactRecord.of(data)
        artifact = cls(record.name, record.type)
        artifact._became(client, record)
        return artifact

    @classmethod
    def from_bytes(cls, data: bytes, key: bytes | None = None) -> "Artifact":
        """The draft that :meth:`to_bytes` made these bytes of, with all its files.

        With a ``key`` they must be encrypted, and with that one: WrongKey, a ValueError, if not.
        CannotRead, a ValueError, for other bytes. Nothing in them is run, nor asked for.
        """
        return parcel.unpack(cls, data, key)

    @property
    def client(self) -> "Client":
        if self._client is None:
            raise NotLogged(repr(self))
        return self._client

    @property
    def record(self) -> ArtifactRecord:
        """All that was read of the version: ``index``, ``digest``, ``created_at`` and so on."""
        if self._record is None:
            raise NotLogged(repr(self))
        return self._record

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def name(self) -> str:
        return self._record.name if self._record else self._name

    @property
    def type(self) -> str:
        return self._record.type if self._record else self._type

    @property
    def version(self) -> str | None:
        """The version's name; of a draft the one that was chosen, if one was."""
        return self._record.version if self._record else self._version

    @property
    def state(self) -> str:
        """PENDING, COMMITTED or DELETED."""
        return self._record.state if self._record else "PENDING"

    @property
    def project(self) -> str:
        return self.record.project

    @property
    def entity(self) -> str:
        """Name of the organization that it belongs to."""
        document = "query ($id: ID!) { artifact(id: $id) { project { organization { name } } } }"
        found = self.client.execute(document, {"id": self.id})
        return str(found["artifact"]["project"]["organization"]["name"])

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest: equal for equal content."""
        return str(self.record.digest)

    @property
    def size(self) -> int:
        """Bytes of all files, references included where they say theirs."""
        if self._draft is not None:
            return sum(file.size or 0 for file in self._draft.files)
        return self.record.size or 0

    def new_draft(self) -> "Artifact":
        """A draft of the same name that begins with the files of this version.

        It has this version's description and metadata, too, but not its aliases and tags. Change
        any of it, and log it as every draft: only files that are new are sent, and without a
        change of the files it is this version again.
        """
        record, content = self.record, self._read()
        made = Artifact(
            record.name, record.type, description=record.description, metadata=record.metadata
        )
        content.check()
        made._writable().begin_with(content)
        return made

    def to_bytes(self, key: bytes | None = None) -> bytes:
        """The draft with all its files, for another program or service to go on with.

        Of a version it is what :meth:`new_draft` gives. References stay references. All of it is
        in memory; :meth:`zip` writes what is large. With a ``key``, 32 bytes that you keep
        (``secrets.token_bytes(32)``), it is encrypted, and no change of it goes unnoticed.
        """
        if self._draft is None:
            return self.new_draft().to_bytes(key)
        said = {
            "name": self._name,
            "type": self._type,
            "version": self._version,
            "description": self.description,
            "metadata": checked_metadata(self.metadata),
            "aliases": self.aliases,
            "tags": self.tags,
        }
        return parcel.pack(said, self._draft, key)

    def log(
        self,
        client: "Client",
        *,
        run_id: str | None = None,
        project: str | None = None,
        aliases: Iterable[str] = (),
        tags: Iterable[str] = (),
        deduplicate: bool = True,
    ) -> "Artifact":
        """Make the draft a version; ``run.log_artifact`` and ``client.log_artifact`` call this."""
        draft = self._writable()
        self.aliases = list(dict.fromkeys([*self.aliases, *aliases]))
        self.tags = list(dict.fromkeys([*self.tags, *tags]))
        said = self.description, checked_metadata(self.metadata)
        within = client.named_project(project)
        input = {
            "project": within,
            "name": self._name,
            "type": self._type,
            "run": run_id,
            "description": said[0],
            "metadata": said[1],
            "version": self._version,
            "aliases": self.aliases,
            "tags": self.tags,
            "deduplicate": deduplicate,
        }
        begin_again(client.api, client.store, draft, within, self._name)
        done = self._logged(client, draft, input)
        self._became(client, done["artifact"])
        self.created = done["created"]
        # The version that it begins with is listed only where its links say that it refers.
        listed = draft.base is None or draft.over or _refers(client, draft.base)
        for source in sources(draft.files if listed else draft.changed):
            self.link("reference", client.artifact(source))
        if self.created is False and said != (self.description, self.metadata):
            warnings.warn(
                f"{self} has this content already and keeps its own description and metadata; "
                "set them and call save() to change them.",
                SameContent,
                stacklevel=3,
            )
        return self

    def _logged(self, client: "Client", draft: Draft, input: dict[str, Any]) -> dict[str, Any]:
        selection = f"created artifact {{ {ARTIFACT} }}"

        def log() -> dict[str, Any]:
            id = begin(client.api, draft, input)
            return commit(client.api, client.store, id, draft, self._name, selection)

        try:
            return log()
        except Refused as refused:
            if not draft.over or refused.code not in ("DELETED", "NOT_FOUND"):
                raise
            # The version that it was told by went meanwhile; all files are here.
            draft.tell_all()
            return log()

    def save(self, *, system_metadata: bool = False) -> "Artifact":
        """Store the description, metadata, aliases and tags of a logged artifact.

        An empty description, or None, removes it. ``system_metadata``, which is for the programs
        around the service, is stored only if this says so.
        """
        record, api = self.record, self.client.api
        input = {
            "id": record.id,
            "description": self.description or "",
            "metadata": checked_metadata(self.metadata),
            "systemMetadata": checked_metadata(self.system_metadata) if system_metadata else None,
            "addTags": [tag for tag in self.tags if tag not in record.tags],
            "removeTags": [tag for tag in record.tags if tag not in self.tags],
        }
        selection = f"artifact {{ {ARTIFACT} }}"
        data = api.mutate("updateArtifact", "ArtifactPayload", selection, input)
        # The service itself says which version is the latest.
        wanted, present = (set(names) - {"latest"} for names in (self.aliases, record.aliases))
        for verb, names in (
            ("addAliases", wanted - present),
            ("removeAliases", present - wanted),
        ):
            if names:
                input = {"artifact": record.id, "aliases": sorted(names)}
                data = api.mutate(verb, "ArtifactPayload", selection, input)
        self._became(self.client, data["artifact"])
        return self

    def wait(self) -> "Artifact":
        """Return the artifact: it is logged once ``log_artifact`` has returned; else NotLogged."""
        if self._record is None:
            raise NotLogged(str(self))
        return self

    @property
    def manifest(self) -> Mapping[str, File]:
        """The files by path. Reading that of a draft ends it: nothing can be added any more."""
        if self._draft is not None:
            self._draft.seal()
            return {file.path: file for file in self._draft.files}
        return self._read().manifest()

    def __str__(self) -> str:
        return f"{self.name}:{self.version or '(draft)'}"

    def __repr__(self) -> str:
        return f"<Artifact {self} {self.type} {self.state}>"

    def _became(self, client: "Client", data: Mapping[str, Any] | ArtifactRecord) -> None:
        record = ArtifactRecord.of(data)
        self._client, self._record, self._draft = client, record, None
        self.description, self.metadata = record.description, deepcopy(record.metadata)
        self.system_metadata = deepcopy(record.system_metadata)
        self.aliases, self.tags = list(record.aliases), list(record.tags)
        digest: str | None = getattr(record, "digest", None)
        self._content = Content(
            client.api, client.store, record.id, record.name, record.version, digest
        )

    def _read_anew(self) -> None:
        self._became(self.client, self.client.execute(self.QUERY, {"id": self.id})["artifact"])


def _refers(client: "Client", id: str) -> bool:
    """Whether a version may refer to files of others."""
    links = client.execute(_LINKS, {"id": id})["artifact"]["links"]
    return links["pageInfo"]["hasNextPage"] or any(
        link["role"] == "reference" for link in links["nodes"]
    )
