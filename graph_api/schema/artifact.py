"""Artifacts in the schema: reading versions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.scalars import JSON

from graph_api.errors import BadInput, UnknownId
from graph_api.models import ledger
from graph_api.models.entity import expect_kind
from graph_api.models.manifest import Entry
from graph_api.models.names import normalized
from graph_api.models.page import Window
from graph_api.models.table import Column, column
from graph_api.schema.approval import Approval
from graph_api.schema.connection import (
    PAGED,
    Connection,
    CountedConnection,
    Matching,
    Ordered,
    listed,
)
from graph_api.schema.context import Info, Then
from graph_api.schema.entity import AsOf, Entity, load, seq_of
from graph_api.schema.file import File, FileDifference, urls
from graph_api.schema.many import of_many
from graph_api.schema.policy import PolicyCheck, policy_check
from graph_api.schema.request import Download
from graph_api.schema.scalars import BigInt
from graph_api.schema.scope import ById, ByName, InProject, project_named, within
from graph_api.schema.storage import Storage, held
from graph_api.schema.where import (
    AND,
    NOT,
    OR,
    BigIntFilter,
    DateTimeFilter,
    IdFilter,
    NamedWhere,
    StringFilter,
    TagsFilter,
    operator,
)
from graph_api.services import alias, approval, artifact, artifact_collection

if TYPE_CHECKING:
    from graph_api.schema.artifact_collection import ArtifactCollection

LazyCollection = Annotated[
    "ArtifactCollection", strawberry.lazy("graph_api.schema.artifact_collection")
]


@strawberry.enum(description="How far a version is.")
class ArtifactState(Enum):
    PENDING = strawberry.enum_value("PENDING", description="A draft: files can be added.")
    COMMITTED = strawberry.enum_value("COMMITTED", description="Its content never changes.")
    DELETED = strawberry.enum_value(
        "DELETED", description="It remains, but its content cannot be read; its bytes go."
    )


@strawberry.type(description="One version of a collection: files under one digest.")
class Artifact(Entity):
    name: str = strawberry.field(description="Name of its collection.")
    type: str = strawberry.field(description="Type of its collection.")
    index: int | None = strawberry.field(
        description="Its place in its collection, from 0; null for a draft."
    )
    version: str = strawberry.field(
        description="`v0`, `v1` … by its index, or as its maker chose; a draft's begins with `?`."
    )
    state: ArtifactState = strawberry.field(description="How far it is.")
    digest: str | None = strawberry.field(
        description="SHA-256 over its manifest, in lower-case hexadecimal: equal content, equal "
        "digest. Null for a draft."
    )
    size: BigInt | None = strawberry.field(
        description="Bytes of all its files, referenced ones included; null for a draft."
    )
    file_count: int | None = strawberry.field(description="How many files; null for a draft.")
    description: str | None = strawberry.field(description="What it is, in Markdown.")
    metadata: JSON = strawberry.field(description="What its makers noted: a JSON object.")
    tags: list[str] = strawberry.field(description="Free labels, sorted.")
    committed_at: datetime | None = strawberry.field(description="When it was committed, in UTC.")
    deleted_at: datetime | None = strawberry.field(
        description="When it was deleted, in UTC; null where it is not."
    )
    deleted_by: str | None = strawberry.field(
        description="Who deleted it; null where it is not deleted."
    )
    purge_at: datetime | None = strawberry.field(
        description="When the bytes of a deleted version go, in UTC: until then it can be "
        "restored. Null once they have gone."
    )
    time_to_live: BigInt | None = strawberry.field(
        description="Seconds after its last use at which it is deleted; null for never."
    )
    expires_at: datetime | None = strawberry.field(
        description="When that is, in UTC, unless it is used or needed; null for never."
    )
    updated_at: datetime = strawberry.field(
        description="When something that is said of it last changed, in UTC."
    )
    updated_by: str = strawberry.field(description="Who changed it last.")
    system_metadata: JSON = strawberry.field(
        description="What the programs around it note, apart from what its makers do: a JSON "
        "object."
    )
    collection_id: strawberry.Private[str]

    @classmethod
    def known(cls, columns: Mapping[str, Column]) -> dict[str, Column]:
        """As of any entity; it is called by its name and version."""
        known = super().known(columns)
        if "state" in known:
            known["state"] = [*map(ArtifactState, known["state"])]
        if "tags" in known:
            known["tags"] = [*map(list, known["tags"])]
        if "name" in known and "version" in known:
            known["label"] = [*map("{}:{}".format, known["name"], known["version"])]
        return known

    @strawberry.field(
        description="The names that point at it, sorted; `latest` among them where it is."
    )
    async def aliases(self, info: Info, as_of: AsOf = None) -> list[str]:
        seq = await seq_of(info, as_of)
        names = list(await info.context.load(Then(alias.by_artifacts, seq), str(self.id)))
        latest = Then(artifact.latest, seq)
        if await info.context.load(latest, self.collection_id) == self.id:
            names.append("latest")
        return sorted(names)

    @strawberry.field(description="The collection whose version it is.")
    async def collection(self, info: Info) -> LazyCollection:
        from graph_api.schema.artifact_collection import ArtifactCollection

        collection = await load(info, ArtifactCollection, self.collection_id)
        if collection is None:
            raise UnknownId("ArtifactCollection", self.collection_id)
        return collection

    @strawberry.field(
        description="The committed version before it in its collection; null for the first and "
        "for a draft."
    )
    async def previous(self, info: Info) -> "Artifact | None":
        context = info.context
        return await load(info, Artifact, await context.load(artifact.previous, str(self.id)))

    @strawberry.field(
        description="Whether it could be promoted in a project by the policy there, and what "
        "stands against it; it passes where there is no policy. An error for a draft."
    )
    async def policy_check(
        self,
        info: Info,
        project: Annotated[
            str | None,
            strawberry.argument(description="Name of the project; its own unless given."),
        ] = None,
    ) -> PolicyCheck:
        return await policy_check(info, str(self.id), str(self.project_id), project)

    @strawberry.field(description="The approvals of it that stand, the oldest first.")
    @of_many
    @staticmethod
    async def approvals(artifacts: Sequence["Artifact"], info: Info) -> list[list[Approval]]:
        rows = await info.context.load_all(approval.of, column(artifacts, "id"))
        return [[*map(Approval.of, found)] for found in rows]

    @strawberry.field(
        description="Its files, by the bytes of their paths; an error for a draft.",
        extensions=PAGED,
    )
    async def files(
        self,
        info: Info,
        window: Window,
        glob: Annotated[
            str | None,
            strawberry.argument(
                description="Only those whose paths fit: `*` and `?` stand for signs within a "
                "part, `[ab]` for one of some, a part `**` for any number of parts."
            ),
        ] = None,
    ) -> Connection[File]:
        context = info.context
        page = await artifact.files(
            context.graph, context.blobs, context.viewer, str(self.id), window, glob
        )
        return Connection[File].of(page, self._files(page.items))

    @strawberry.field(
        description="The files in which it differs from another version, by the bytes of their "
        "paths; an error for a draft. What both have in common is not read.",
        extensions=PAGED,
    )
    async def diff(
        self,
        info: Info,
        window: Window,
        since: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Id of the other version, as the earlier one; the committed version "
                "before it in its collection unless given, and nothing for the first."
            ),
        ] = None,
    ) -> Connection[FileDifference]:
        return await differing(info, self, since, window)

    @strawberry.field(description="The file of this path; null for none, an error for a draft.")
    async def file(
        self, info: Info, path: Annotated[str, strawberry.argument(description="Its path.")]
    ) -> File | None:
        context = info.context
        entry = await artifact.file(
            context.graph, context.blobs, context.viewer, str(self.id), path
        )
        return self._files([entry])[0] if entry else None

    @strawberry.field(
        description="`downloadUrl` of each of these files, in the order of the paths; an error for "
        "a path that it does not have, and for a draft."
    )
    async def download_urls(
        self,
        info: Info,
        paths: Annotated[list[str], strawberry.argument(description="Their paths, at most 1,000.")],
    ) -> list[str | None]:
        context = info.context
        entries = await artifact.named(
            context.graph, context.blobs, context.viewer, str(self.id), paths
        )
        found = {entry.path: entry for entry in entries}
        return await urls(info, self._files([found[normalized(path)] for path in paths]))

    @strawberry.field(
        description="Where to GET all that is stored of these files, in as few requests as there "
        "can be: small files that lie side by side come in one answer. Empty files and references "
        "are left out; an error for a path that it does not have, and for a draft."
    )
    async def downloads(
        self,
        info: Info,
        paths: Annotated[list[str], strawberry.argument(description="Their paths, at most 1,000.")],
    ) -> list[Download]:
        context = info.context
        found = await artifact.downloads(
            context.graph,
            context.blobs,
            context.viewer,
            str(self.id),
            paths,
            context.url_lifetime,
        )
        return [Download.of(context, one) for one in found]

    def _files(self, entries: Sequence[Entry]) -> list[File]:
        return [File.of(entry, str(self.project_id)) for entry in entries]

    @strawberry.field(description="The bytes that it holds in the store.")
    async def storage(self, info: Info) -> Storage:
        return await held(info, str(self.id))

    @strawberry.field(
        description="Where to GET all its files as one zip. The first who asks gets it while it "
        "is made; from then on Range and ETag work."
    )
    def zip_url(self, info: Info) -> str:
        return info.context.absolute(f"/artifacts/{self.id}/zip")


async def differing(
    info: Info, version: Artifact, since: str | None, window: Window
) -> Connection[FileDifference]:
    """The files in which a version differs from another, or else from the one before it."""
    context = info.context
    page = await artifact.diff(
        context.graph,
        context.blobs,
        context.viewer,
        str(version.id),
        None if since is None else str(since),
        window,
    )
    other = version if since is None else await load(info, Artifact, str(since))
    # A reference is signed for by what its own version's project has, whoever is asked.
    earlier, later = str(other and other.project_id), str(version.project_id)
    return Connection[FileDifference].of(
        page, [FileDifference.of(row, earlier, later) for row in page.items]
    )


@strawberry.input(description="Which versions; all that is said holds together.")
class ArtifactWhere(NamedWhere):
    type: StringFilter | None = operator("The type of its collection.")
    collection: IdFilter | None = operator("The id of its collection.")
    index: BigIntFilter | None = operator("Its place in its collection, from 0.")
    version: StringFilter | None = operator("Its version.")
    digest: StringFilter | None = operator("SHA-256 over its manifest.")
    size: BigIntFilter | None = operator("Bytes of all its files.")
    file_count: BigIntFilter | None = operator("How many files.")
    tags: TagsFilter | None = operator("Its labels.")
    committed_at: DateTimeFilter | None = operator("When it was committed.")
    updated_at: DateTimeFilter | None = operator("When something said of it last changed.")
    expires_at: DateTimeFilter | None = operator("When its time to live is over.")
    and_: list["ArtifactWhere"] | None = operator(AND, "and")
    or_: list["ArtifactWhere"] | None = operator(OR, "or")
    not_: "ArtifactWhere | None" = operator(NOT, "not")


@strawberry.type
class ArtifactQueries:
    @strawberry.field(
        description="A version by id, or by project, name and version; null for none."
    )
    async def artifact(
        self,
        info: Info,
        id: ById = None,
        project: InProject = None,
        name: ByName = None,
        version: Annotated[
            str, strawberry.argument(description="A version, an alias, or `latest`.")
        ] = "latest",
        as_of: Annotated[
            ledger.AsOf | None,
            strawberry.argument(
                description="An earlier moment, as of which `version` is understood; now unless "
                "given. Project and name, and what is said of the version, are those of now: "
                "`past` says what it was."
            ),
        ] = None,
    ) -> Artifact | None:
        context, seq = info.context, await seq_of(info, as_of)
        if id is not None:
            if as_of is not None:
                raise BadInput("asOf says when a version is meant by its name; an id always is.")
            return await load(info, Artifact, expect_kind(str(id), "Artifact"))
        if (scope := await within(info, project, name)) is None:
            return None
        collection = await artifact_collection.by_name(
            context.graph, context.viewer, scope.id, scope.name
        )
        if collection is None:
            return None
        row = await artifact.find(context.graph, context.viewer, collection, version, seq)
        return Artifact.of(row) if row else None

    @strawberry.field(description="The committed versions of a project.", extensions=PAGED)
    async def artifacts(
        self,
        info: Info,
        window: Window,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        collection: Annotated[
            str | None, strawberry.argument(description="Only those of this collection.")
        ] = None,
        where: Annotated[ArtifactWhere | None, Matching] = None,
        order_by: Ordered = None,
        deleted: Annotated[
            bool, strawberry.argument(description="Whether deleted ones are among them.")
        ] = False,
    ) -> CountedConnection[Artifact]:
        scope = await project_named(info, project)
        read, id = artifact.page, scope.id
        if collection is not None:
            graph, viewer = info.context.graph, info.context.viewer
            found = await artifact_collection.named(graph, viewer, scope, collection)
            read, id = artifact.versions, found.id
        read = partial(read, deleted=deleted)
        return await listed(info, read, (id,), window.as_of(scope.newest), order_by, where)
