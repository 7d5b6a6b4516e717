"""Expiry in the schema: how long versions live."""

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.draft import ArtifactPayload, ArtifactResult, shown
from graph_api.schema.scalars import BigInt
from graph_api.services import expiry


@strawberry.input(description="How long a version lives.")
class SetTimeToLiveInput:
    artifact: strawberry.ID = strawberry.field(description="Id of the version.")
    seconds: BigInt | None = strawberry.field(
        description="Seconds after its last use, counted from now on, at which it is deleted; null "
        "for never."
    )


@strawberry.type
class ExpiryMutations:
    @strawberry.mutation(
        description="Have a version deleted so long after its last use: that a run used or logged "
        "it, or this call. It stays while a protected alias, a model, a dataset, a link, a "
        "reference or a run that goes on needs it or what came of it; then it is looked at again "
        "each day. From the trash it can be restored."
    )
    async def set_time_to_live(self, info: Info, input: SetTimeToLiveInput) -> ArtifactResult:
        seconds = None if input.seconds is None else int(input.seconds)
        id = str(input.artifact)
        await expiry.set_time_to_live(info.context.graph, info.context.viewer, id, seconds)
        return ArtifactPayload(artifact=await shown(info, id))
