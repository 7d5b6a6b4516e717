"""Files of a version in the schema."""

import asyncio
from collections.abc import Sequence
from enum import Enum
from typing import Self

import strawberry
from strawberry.scalars import JSON

from graph_api.models.manifest import Difference, Entry
from graph_api.schema.context import Info
from graph_api.schema.scalars import BigInt
from graph_api.services import blob, integration


@strawberry.type(description="One file of a version: bytes stored here, or a reference.")
class File:
    path: str = strawberry.field(description="Its path within the version, `/` between parts.")
    size: BigInt | None = strawberry.field(
        description="Bytes; null where a reference does not say."
    )
    sha256: str | None = strawberry.field(
        description="SHA-256 of its bytes in lower-case hexadecimal; null for a reference."
    )
    reference: str | None = strawberry.field(description="URI of bytes that are not stored here.")
    digest: str | None = strawberry.field(
        description="What the reference's own store calls its content."
    )
    metadata: JSON | None = strawberry.field(description="What was noted about this file.")
    project_id: strawberry.Private[str]

    @classmethod
    def of(cls, entry: Entry, project_id: str) -> Self:
        """A file of a version in this project."""
        return cls(
            path=entry.path,
            size=None if entry.size is None else BigInt(entry.size),
            sha256=entry.sha256,
            reference=entry.reference,
            digest=entry.digest,
            metadata=None if entry.metadata is None else JSON(entry.metadata),
            project_id=project_id,
        )

    @strawberry.field(
        description="Where to GET its bytes, for an hour unless set otherwise; Range works. Null "
        "for a reference, unless an integration of the project signs for what it names: nothing "
        "was asked of the store then, so what comes is to be compared with `size` and `digest`."
    )
    async def download_url(self, info: Info) -> str | None:
        return await _url(info, self)


@strawberry.enum(description="How something differs between two.")
class DifferenceKind(Enum):
    ADDED = strawberry.enum_value("ADDED", description="Only the later one has it.")
    CHANGED = strawberry.enum_value(
        "CHANGED",
        description="Each has another: of a file, other bytes, another reference or other notes.",
    )
    REMOVED = strawberry.enum_value("REMOVED", description="Only the earlier one has it.")

    @classmethod
    def of(cls, *, before: bool, after: bool) -> "DifferenceKind":
        """By which of the two has it."""
        return cls.CHANGED if before and after else cls.ADDED if after else cls.REMOVED


@strawberry.type(description="A path at which two versions differ.")
class FileDifference:
    path: str = strawberry.field(description="Its path within the versions.")
    change: DifferenceKind = strawberry.field(description="How they differ.")
    before: File | None = strawberry.field(description="The file as it was; null where none was.")
    after: File | None = strawberry.field(description="The file as it is; null where none is.")

    @classmethod
    def of(cls, row: Difference, earlier: str, later: str) -> Self:
        """A difference between a version in one project and a later one in another, or the same."""
        return cls(
            path=row.path,
            change=DifferenceKind.of(before=row.before is not None, after=row.after is not None),
            before=row.before and File.of(row.before, earlier),
            after=row.after and File.of(row.after, later),
        )


async def urls(info: Info, files: Sequence[File]) -> list[str | None]:
    """Where to GET the bytes of each file."""
    return await asyncio.gather(*(_url(info, file) for file in files))


async def _url(info: Info, file: File) -> str | None:
    context = info.context
    filename = file.path.rpartition("/")[2]
    if file.reference is not None:
        signing = await context.load(integration.Signings(context.keyring), file.project_id)
        return signing.url(file.reference, filename, context.url_lifetime)
    found = file.sha256 and await context.load(blob.by_digests, file.sha256)
    if not found:
        return None
    part = (found.offset, found.size) if found.packed else None
    url = context.blobs.sign_get(found.object_key, context.url_lifetime, filename, part)
    return context.absolute(url.url)
