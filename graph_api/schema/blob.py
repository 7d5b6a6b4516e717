"""Contents in the schema: the versions that have them, and what came of those."""

from typing import Annotated, Any

import strawberry

from graph_api.models import lineage as models
from graph_api.models.page import Window
from graph_api.schema.artifact import Artifact
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import Depth, Following, Limit
from graph_api.schema.lineage import Direction, Lineage, walked
from graph_api.services import blob


@strawberry.type(description="A page of the versions that have a file with some bytes.")
class ContainingConnection(Connection[Artifact]):
    @strawberry.field(
        description="All that the versions of this page flowed into, themselves included; `models` "
        "of it are the registered models that these bytes reached."
    )
    async def downstream(
        self, info: Info, depth: Depth = None, where: Following = None, limit: Limit = None
    ) -> Lineage:
        if not self.page.items:
            return Lineage.of(models.Lineage.empty(), "DOWNSTREAM")
        return await walked(
            info, self.page.items, Direction.DOWNSTREAM, depth, where, limit, as_of=None
        )


@strawberry.type
class BlobQueries:
    @strawberry.field(
        description="The committed versions that have a file with these bytes, oldest first.",
        extensions=PAGED,
    )
    async def containing(
        self,
        info: Info,
        window: Window,
        digest: Annotated[
            str,
            strawberry.argument(description="SHA-256 of the bytes, in lower-case hexadecimal."),
        ],
    ) -> ContainingConnection:
        from graph_api.schema.node import load_all

        context = info.context
        page = await blob.containing(context.graph, context.viewer, digest, window)
        versions = Connection[Any].of(page, await load_all(info, page.items))
        return ContainingConnection(**vars(versions))
