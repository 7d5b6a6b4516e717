"""Aliases in the schema: names that move from version to version."""

import strawberry

from graph_api.schema.artifact_collection import ArtifactCollectionResult, collection_payload
from graph_api.schema.context import Info
from graph_api.schema.draft import ArtifactPayload, ArtifactResult, shown
from graph_api.schema.idempotency import Repeatable
from graph_api.services import artifact


@strawberry.input(description="Aliases of a version.")
class AliasesInput:
    artifact: strawberry.ID = strawberry.field(description="Id of the version.")
    aliases: list[str] = strawberry.field(description="Their names.")


@strawberry.input(description="Aliases of a collection.")
class AliasProtectionInput:
    collection: strawberry.ID = strawberry.field(description="Id of the collection.")
    aliases: list[str] = strawberry.field(
        description="Their names, whether or not they point anywhere yet."
    )


@strawberry.input(description="An alias to point where it pointed before.")
class RollBackAliasInput(Repeatable):
    collection: strawberry.ID = strawberry.field(description="Id of its collection.")
    alias: str = strawberry.field(description="Its name.")
    from_: strawberry.ID | None = strawberry.field(
        name="from",
        description="Id of the version that it points at now, null for none. Where it points "
        "elsewhere by now the answer is ALIAS_MOVED, so of two who take it back at once one does.",
    )


@strawberry.type
class AliasMutations:
    @strawberry.mutation(description="Point aliases at a version, wherever they pointed before.")
    async def add_aliases(self, info: Info, input: AliasesInput) -> ArtifactResult:
        context = info.context
        await artifact.add_aliases(
            context.graph, context.viewer, context.settings, str(input.artifact), input.aliases
        )
        return ArtifactPayload(artifact=await shown(info, str(input.artifact)))

    @strawberry.mutation(description="Take aliases off a version; those that point elsewhere stay.")
    async def remove_aliases(self, info: Info, input: AliasesInput) -> ArtifactResult:
        context = info.context
        await artifact.remove_aliases(
            context.graph, context.viewer, str(input.artifact), input.aliases
        )
        return ArtifactPayload(artifact=await shown(info, str(input.artifact)))

    @strawberry.mutation(
        description="Point an alias at the version at which it pointed before, of those that are "
        "not deleted. To do so again points it back."
    )
    async def roll_back_alias(self, info: Info, input: RollBackAliasInput) -> ArtifactResult:
        id = await artifact.roll_back_alias(
            info.context.graph,
            info.context.viewer,
            str(input.collection),
            input.alias,
            None if input.from_ is None else str(input.from_),
            input.call(),
        )
        return ArtifactPayload(artifact=await shown(info, id))

    @strawberry.mutation(
        description="Protect aliases: to move, give or take one then takes the right to administer "
        "the project, as this does."
    )
    async def protect_aliases(
        self, info: Info, input: AliasProtectionInput
    ) -> ArtifactCollectionResult:
        return await _protected(info, input, protected=True)

    @strawberry.mutation(
        description="Protect aliases no longer; takes the right to administer the project."
    )
    async def unprotect_aliases(
        self, info: Info, input: AliasProtectionInput
    ) -> ArtifactCollectionResult:
        return await _protected(info, input, protected=False)


async def _protected(
    info: Info, input: AliasProtectionInput, *, protected: bool
) -> ArtifactCollectionResult:
    context = info.context
    await artifact.protect_aliases(
        context.graph,
        context.viewer,
        context.settings,
        str(input.collection),
        input.aliases,
        protected=protected,
    )
    return await collection_payload(info, str(input.collection))
