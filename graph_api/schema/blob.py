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
from graph_api.schema.moment import pinned
from graph_api.services import blob, ledger


@strawberry.type(description="A page of the versions that have a file with some bytes.")
class ContainingConnection(Connection[Artifact]):
    digest: strawberry.Private[str]
    window: strawberry.Private[Window]

    @strawberry.field(
        description="All that the versions of this page flowed into, themselves included; `models` "
        "of it are the registered models that these bytes reached."
    )
    async def downstream(
        self, info: Info, depth: Depth = None, where: Following = None, limit: Limit = None
    ) -> Lineage:
        graph, viewer = info.context.graph, info.context.viewer
        roots, seq = self.page.items, await pinned(info, Direction.DOWNSTREAM.row)
        if seq is not None:
            # A later page is of what came of the versions that there were then.
            page = await blob.containing(graph, viewer, self.digest, self.window, seq)
            roots = page.items
        if not roots:
            moment = await (
                ledger.now(graph, viewer) if seq is None else ledger.at(graph, viewer, seq)
            )
            return Lineage.of(models.Lineage(as_of=moment), "DOWNSTREAM")
        return await walked(info, roots, Direction.DOWNSTREAM, depth, where, limit, as_of=None)


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
        return ContainingConnection(**vars(versions), digest=digest, window=window)
