"""Storage in the schema: bytes that versions hold."""

from typing import Self

import strawberry

from graph_api.models import storage as models
from graph_api.schema.context import Info
from graph_api.schema.scalars import BigInt
from graph_api.services import storage


@strawberry.type(
    description="Bytes in the store, of contents and manifests, each counted once. Deleted "
    "versions count until their bytes go; kept zips, which can be made again, do not."
)
class Storage:
    bytes: BigInt = strawberry.field(description="All that is held.")
    exclusive_bytes: BigInt = strawberry.field(
        description="What no other version holds, of those that the viewer can read: it would go "
        "with these."
    )
    shared_bytes: BigInt = strawberry.field(description="What other versions hold, too.")

    @classmethod
    def of(cls, row: models.Storage) -> Self:
        return cls(
            bytes=BigInt(row.bytes),
            exclusive_bytes=BigInt(row.exclusive),
            shared_bytes=BigInt(row.bytes - row.exclusive),
        )


async def held(info: Info, id: str) -> Storage:
    """What a version, or all versions of a collection or project, hold."""
    return Storage.of(await info.context.load(storage.held, id))
