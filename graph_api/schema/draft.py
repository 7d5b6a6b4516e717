"""Artifacts in the schema: drafts, uploads, commits, and what may change of a version."""

from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from graph_api.models.artifact import NewArtifact
from graph_api.models.manifest import Entry
from graph_api.schema.artifact import Artifact
from graph_api.schema.context import Info
from graph_api.schema.errors import (
    ConflictError,
    InvalidInputError,
    NeedsUploadError,
    NotFoundError,
)
from graph_api.schema.idempotency import Repeatable
from graph_api.schema.scalars import Base64, BigInt, json_object
from graph_api.services import artifact


@strawberry.input(description="A version to begin.")
class CreateDraftInput(Repeatable):
    project: str = strawberry.field(
        description="Name of its project, which is made where there is none."
    )
    name: str = strawberry.field(
        description="Name of its collection, which is made where there is none."
    )
    type: str = strawberry.field(description="Its type; the first version binds the name to it.")
    run: strawberry.ID | None = strawberry.field(
        default=None, description="Id of the run that logs it."
    )
    description: str | None = strawberry.field(default=None, description="What it is, in Markdown.")
    metadata: JSON | None = strawberry.field(default=None, description="A JSON object.")
    version: str | None = strawberry.field(
        default=None,
        description="A version of your own; `v<n>` by the index unless given. `v7` can be chosen "
        "only where it is the next.",
    )
    aliases: list[str] = strawberry.field(
        default_factory=list[str], description="Names that are to point at it once committed."
    )
    tags: list[str] = strawberry.field(default_factory=list[str], description="Free labels.")
    deduplicate: bool = strawberry.field(
        default=True,
        description="Whether the latest version answers where it has the same content.",
    )
    base: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of the version with whose files it begins; those that are given come to "
        "them or replace them. A commit then takes as long as what changed.",
    )

    def new(self) -> NewArtifact:
        return NewArtifact(
            project=self.project,
            name=self.name,
            type=self.type,
            run_id=None if self.run is None else str(self.run),
            description=self.description,
            metadata=json_object(self.metadata, "metadata"),
            version=self.version,
            aliases=tuple(self.aliases),
            tags=tuple(self.tags),
            deduplicate=self.deduplicate,
            base=None if self.base is None else str(self.base),
        )


@strawberry.input(description="A file of at most 64 KiB, or a reference, in the call itself.")
class ContentInput:
    path: str = strawberry.field(description="Its path within the version.")
    content: Base64 | None = strawberry.field(
        default=None, description="Its bytes in Base64, at most 64 KiB of them."
    )
    size: BigInt | None = strawberry.field(
        default=None, description="Bytes of a reference, where known."
    )
    reference: str | None = strawberry.field(
        default=None, description="URI of bytes that stay where they are."
    )
    digest: str | None = strawberry.field(
        default=None, description="What the reference's own store calls its content."
    )
    metadata: JSON | None = strawberry.field(default=None, description="A JSON object.")

    def given(self) -> artifact.Given:
        return artifact.Given(
            entry=Entry(
                path=self.path,
                size=self.size,
                reference=self.reference,
                digest=self.digest,
                metadata=_metadata(self.metadata),
            ),
            content=self.content,
        )


def _metadata(metadata: JSON | None) -> dict[str, Any] | None:
    return None if metadata is None else json_object(metadata, "metadata")


@strawberry.input(description="A draft to commit.")
class CommitArtifactInput:
    draft: strawberry.ID = strawberry.field(description="Id of the draft.")


@strawberry.input(description="A version of small files and references, in one call.")
class LogArtifactInput(CreateDraftInput):
    files: list[ContentInput] = strawberry.field(
        default_factory=list[ContentInput], description="Its files, at most 1,000."
    )


@strawberry.input(description="What to change of a version; its content never changes.")
class UpdateArtifactInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    description: str | None = strawberry.field(
        default=None, description="Its new description; an empty one removes it."
    )
    metadata: JSON | None = strawberry.field(
        default=None, description="The JSON object that replaces its metadata."
    )
    system_metadata: JSON | None = strawberry.field(
        default=None, description="The JSON object that replaces its system metadata."
    )
    add_tags: list[str] = strawberry.field(
        default_factory=list[str], description="Tags it is to have."
    )
    remove_tags: list[str] = strawberry.field(
        default_factory=list[str], description="Tags it is not to have."
    )


@strawberry.type(description="The draft.")
class DraftPayload:
    artifact: Artifact = strawberry.field(description="The draft.")


@strawberry.type(description="The version that answers for the draft.")
class CommitPayload:
    artifact: Artifact = strawberry.field(description="The version.")
    created: bool = strawberry.field(
        description="Whether it is new; if not, the latest version had the same content."
    )


@strawberry.input(description="A draft to remove.")
class DeleteDraftInput:
    draft: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="The draft is gone.")
class DeletedDraftPayload:
    draft: strawberry.ID = strawberry.field(description="The id that it had.")


@strawberry.type(description="The version as it is now.")
class ArtifactPayload:
    artifact: Artifact = strawberry.field(description="The version.")


DraftResult = Annotated[
    DraftPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("DraftResult", description="The draft, or why there is none."),
]
DeletedDraftResult = Annotated[
    DeletedDraftPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("DeletedDraftResult", description="Its id, or why it is still there."),
]
CommitResult = Annotated[
    CommitPayload | NotFoundError | InvalidInputError | ConflictError | NeedsUploadError,
    strawberry.union("CommitResult", description="The version, or why there is none."),
]
ArtifactResult = Annotated[
    ArtifactPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("ArtifactResult", description="The version, or why it did not change."),
]


@strawberry.type
class DraftMutations:
    @strawberry.mutation(description="Begin a version.")
    async def create_draft(self, info: Info, input: CreateDraftInput) -> DraftResult:
        context = info.context
        id = await artifact.create_draft(
            context.graph, context.viewer, context.settings, input.new(), input.call()
        )
        return DraftPayload(artifact=await shown(info, id))

    @strawberry.mutation(
        description="Make a draft the next version of its collection; to do so again answers the "
        "same."
    )
    async def commit_artifact(self, info: Info, input: CommitArtifactInput) -> CommitResult:
        context = info.context
        made = await artifact.commit(context.graph, context.blobs, context.viewer, str(input.draft))
        return CommitPayload(artifact=await shown(info, made.id), created=made.created)

    @strawberry.mutation(
        description="Remove a draft that will not be committed. What it uploaded goes once its "
        "URLs have expired."
    )
    async def delete_draft(self, info: Info, input: DeleteDraftInput) -> DeletedDraftResult:
        await artifact.delete_draft(info.context.graph, info.context.viewer, str(input.draft))
        return DeletedDraftPayload(draft=input.draft)

    @strawberry.mutation(description="Begin, fill and commit a version of small files at once.")
    async def log_artifact(self, info: Info, input: LogArtifactInput) -> CommitResult:
        context = info.context
        made = await artifact.log(
            context.graph,
            context.blobs,
            context.viewer,
            context.settings,
            input.new(),
            [file.given() for file in input.files],
            input.call(),
        )
        return CommitPayload(artifact=await shown(info, made.id), created=made.created)

    @strawberry.mutation(description="Change what is said of a version.")
    async def update_artifact(self, info: Info, input: UpdateArtifactInput) -> ArtifactResult:
        context = info.context
        await artifact.update(
            context.graph,
            context.viewer,
            context.settings,
            str(input.id),
            description=input.description,
            metadata=_metadata(input.metadata),
            system_metadata=_metadata(input.system_metadata),
            add_tags=input.add_tags,
            remove_tags=input.remove_tags,
        )
        return ArtifactPayload(artifact=await shown(info, str(input.id)))


async def shown(info: Info, id: str) -> Artifact:
    """The version or draft of an id, as it is now."""
    return Artifact.of(await artifact.checked(info.context.graph, info.context.viewer, id))
