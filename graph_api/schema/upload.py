"""Uploads in the schema: where the bytes of a draft's files go, whole or in parts."""

from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from graph_api.models import upload as models
from graph_api.models.manifest import Entry
from graph_api.schema.context import Info
from graph_api.schema.errors import ConflictError, InvalidInputError, NotFoundError
from graph_api.schema.request import Upload
from graph_api.schema.scalars import BigInt, json_object
from graph_api.services import artifact, upload
from graph_api.services import pack as services


@strawberry.input(description="A file of a draft: bytes to upload, or a reference.")
class FileInput:
    path: str = strawberry.field(
        description="Its path within the version: relative, `/` between parts, no `.` or `..`."
    )
    size: BigInt | None = strawberry.field(
        default=None, description="Bytes; may be left out for a reference."
    )
    sha256: str | None = strawberry.field(
        default=None, description="SHA-256 of the bytes to upload, in lower-case hexadecimal."
    )
    reference: str | None = strawberry.field(
        default=None, description="URI of bytes that stay where they are."
    )
    digest: str | None = strawberry.field(
        default=None, description="What the reference's own store calls its content."
    )
    metadata: JSON | None = strawberry.field(default=None, description="A JSON object.")

    def entry(self) -> Entry:
        return Entry(
            path=self.path,
            size=self.size,
            sha256=self.sha256,
            reference=self.reference,
            digest=self.digest,
            metadata=None if self.metadata is None else json_object(self.metadata, "metadata"),
        )


@strawberry.input(description="Files for a draft.")
class RequestUploadsInput:
    draft: strawberry.ID = strawberry.field(description="Id of the draft.")
    files: list[FileInput] = strawberry.field(description="At most 1,000 a call.")
    remove: list[str] = strawberry.field(
        default_factory=list[str],
        description="Paths of files that are not to be in it; they go before the others come. At "
        "most 1,000 a call.",
    )
    pack: bool = strawberry.field(
        default=False,
        description="Whether small files may go up together, which is much quicker.",
    )


@strawberry.input(description="A part of an upload that is to be sent.")
class PartInput:
    number: int = strawberry.field(description="Its number, from 1 on.")
    sha256: str = strawberry.field(description="SHA-256 of its bytes, in lower-case hexadecimal.")


@strawberry.input(description="Parts of an upload that are to be sent.")
class RequestPartsInput:
    upload: strawberry.ID = strawberry.field(description="Id of the multipart upload.")
    parts: list[PartInput] = strawberry.field(description="At most 1,000 a call.")


@strawberry.input(description="An upload whose parts have all been sent.")
class CompleteUploadInput:
    upload: strawberry.ID = strawberry.field(description="Id of the multipart upload.")


@strawberry.input(description="A pack whose bytes have been sent.")
class CompletePackInput:
    draft: strawberry.ID = strawberry.field(description="Id of the draft.")
    number: int = strawberry.field(description="The pack's number in the draft.")


@strawberry.type(
    description="A file that goes up in parts: request each, PUT it, and complete the upload."
)
class MultipartUpload:
    upload: strawberry.ID = strawberry.field(
        description="Its id. It stays the same for one user and content, also for another draft, "
        "until it is complete or nobody has asked for it for long."
    )
    part_size: BigInt = strawberry.field(
        description="Bytes of each part; the last has what is left."
    )
    part_count: int = strawberry.field(description="How many parts there are.")
    uploaded: list[int] = strawberry.field(
        description="Numbers of the parts that have arrived, ascending; send the others."
    )

    @classmethod
    def of(cls, progress: models.Progress) -> Self:
        return cls(
            upload=strawberry.ID(progress.upload.id),
            part_size=BigInt(progress.upload.part_size),
            part_count=progress.upload.part_count,
            uploaded=list(progress.uploaded),
        )


@strawberry.type(
    description="Small contents that go up together: PUT them, one after the other in this order, "
    "and complete the pack."
)
class PackUpload:
    number: int = strawberry.field(description="Its number in the draft.")
    sha256s: list[str] = strawberry.field(
        description="SHA-256 of each content, in lower-case hexadecimal."
    )
    upload: Upload = strawberry.field(description="Where to send them all, once.")


@strawberry.type(description="Where to send what.")
class UploadsPayload:
    uploads: list[Upload | None] = strawberry.field(
        description="One for each file, in their order; null where nothing is to be sent in one "
        "request: its bytes are here already or in the pack, it is a reference, or it goes up in "
        "parts."
    )
    multipart_uploads: list[MultipartUpload | None] = strawberry.field(
        description="One for each file, in their order; null for all but files that are too big "
        "for one request (above 64 MiB, unless set otherwise) and not here yet."
    )
    pack: PackUpload | None = strawberry.field(
        description="What of small files (at most 64 KiB) goes up together, if that was asked for "
        "and there are at least eight."
    )


@strawberry.type(description="Where to send parts.")
class PartsPayload:
    uploads: list[Upload] = strawberry.field(
        description="One for each part, in their order. A part that is sent again is no error; a "
        "404 says that the upload has become a file or was given up: ask for the uploads again."
    )


@strawberry.type(description="How far the service is with an upload.")
class CompletePayload:
    verified: bool = strawberry.field(
        description="Whether all is read and found right, so that the draft can be committed. "
        "False: the service is still reading; ask again."
    )
    checked: BigInt = strawberry.field(description="Bytes that were read so far.")


@strawberry.type(description="The pack holds what it should; its contents can be committed.")
class PackPayload:
    number: int = strawberry.field(description="Its number in the draft.")


PackResult = Annotated[
    PackPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("PackResult", description="The pack, or what is wrong with it."),
]
UploadsResult = Annotated[
    UploadsPayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union("UploadsResult", description="Where to send what, or why not."),
]
PartsResult = Annotated[
    PartsPayload | NotFoundError | InvalidInputError,
    strawberry.union("PartsResult", description="Where to send parts, or why not."),
]
CompleteResult = Annotated[
    CompletePayload | NotFoundError | InvalidInputError | ConflictError,
    strawberry.union(
        "CompleteResult", description="How far the service is, or what is wrong with the upload."
    ),
]


@strawberry.type
class UploadMutations:
    @strawberry.mutation(
        description="Add files to a draft and learn where to PUT each. To ask again for the same "
        "files gives fresh URLs, and says which parts have arrived."
    )
    async def request_uploads(self, info: Info, input: RequestUploadsInput) -> UploadsResult:
        context = info.context
        targets, pack = await artifact.request_uploads(
            context.graph,
            context.blobs,
            context.viewer,
            context.settings,
            str(input.draft),
            [file.entry() for file in input.files],
            context.url_lifetime,
            remove=input.remove,
            pack=input.pack,
        )
        return UploadsPayload(
            uploads=[
                Upload.of(context, target) if isinstance(target, upload.SignedUrl) else None
                for target in targets
            ],
            multipart_uploads=[
                MultipartUpload.of(target) if isinstance(target, models.Progress) else None
                for target in targets
            ],
            pack=pack
            and PackUpload(
                number=pack.pack.number,
                sha256s=list(pack.pack.contents.digests),
                upload=Upload.of(context, pack.url),
            ),
        )

    @strawberry.mutation(
        description="Have the service read a pack that has arrived, content by content. To ask "
        "again is harmless."
    )
    async def complete_pack(self, info: Info, input: CompletePackInput) -> PackResult:
        context = info.context
        await services.complete(
            context.graph, context.blobs, context.viewer, str(input.draft), input.number
        )
        return PackPayload(number=input.number)

    @strawberry.mutation(description="Learn where to PUT parts of a multipart upload.")
    async def request_parts(self, info: Info, input: RequestPartsInput) -> PartsResult:
        context = info.context
        urls = await upload.sign_parts(
            context.graph,
            context.blobs,
            context.viewer,
            context.settings,
            str(input.upload),
            [(part.number, part.sha256) for part in input.parts],
            context.url_lifetime,
        )
        return PartsPayload(uploads=[Upload.of(context, url) for url in urls])

    @strawberry.mutation(
        description="Put the parts of an upload together. The service reads the whole once to "
        "verify it, which takes a while: ask until `verified` is true. To ask again is harmless."
    )
    async def complete_upload(self, info: Info, input: CompleteUploadInput) -> CompleteResult:
        context = info.context
        made = await context.completions.complete(
            context.viewer, context.settings, str(input.upload)
        )
        return CompletePayload(verified=made.state == "VERIFIED", checked=BigInt(made.checked))
