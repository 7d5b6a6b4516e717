"""Subscriptions: what changes, as it changes."""

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Annotated

import strawberry

from graph_api.models import instant
from graph_api.models import ledger as models
from graph_api.models.entity import kind_of
from graph_api.models.page import at_most
from graph_api.schema.artifact import Artifact
from graph_api.schema.context import Info
from graph_api.schema.entity import Entity
from graph_api.schema.node import load_all
from graph_api.schema.run import Run
from graph_api.schema.scalars import BigInt
from graph_api.services import artifact, entity, ledger
from graph_api.services import project as projects
from graph_api.services import run as runs

After = Annotated[
    BigInt | None,
    strawberry.argument(
        description="The seq after which to begin, such as that of the last event before a "
        "connection broke; with what comes from now on unless given."
    ),
]


@strawberry.type(description="An entry of the organization's ledger of changes.")
class Change:
    seq: BigInt = strawberry.field(description="Its number: it grows by one with each change.")
    at: datetime = strawberry.field(description="Its time, in UTC.")
    by: str = strawberry.field(description="Who made it.")
    what: str = strawberry.field(description="What was done, in words.")

    @classmethod
    def of(cls, row: models.Change) -> "Change":
        return cls(seq=BigInt(row.seq), at=instant.of(row.at), by=row.by, what=row.what)


@strawberry.type(description="A change of an entity that was asked for.")
class EntityChange:
    change: Change = strawberry.field(description="The change.")
    entity: Entity = strawberry.field(description="The entity, as it is now.")


@strawberry.type(description="A version that was committed.")
class ArtifactCommit:
    change: Change = strawberry.field(description="The change.")
    artifact: Artifact = strawberry.field(description="The version.")


@strawberry.type(description="A run of which something was said.")
class RunUpdate:
    change: Change = strawberry.field(description="The change.")
    run: Run = strawberry.field(description="The run, as it is now.")


async def _changes(
    info: Info, after: int | None, wanted: Callable[[models.Change], bool]
) -> AsyncGenerator[models.Change]:
    """Changes as they come; before each, the viewer is asked for again, who may be one no more."""
    context = info.context
    if after is None:
        after = (await ledger.now(context.graph, context.viewer)).seq
    else:
        after = (await ledger.at(context.graph, context.viewer, after)).seq
    async for change in context.changes.follow(context.viewer, after):
        if wanted(change):
            await context.refresh()
            yield change


@strawberry.type(description="What can be waited for. Every event comes once, in order of `seq`.")
class Subscription:
    @strawberry.subscription(
        description="Whatever changes of these entities: words, aliases, stages, links, status. "
        "Metrics, parameters and heartbeats do not."
    )
    async def entity_changed(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Their ids, at most 1,000.")
        ],
        after: After = None,
    ) -> AsyncGenerator[EntityChange, None]:
        at_most(len(ids))
        asked = frozenset(str(id) for id in ids)
        await entity.locate(info.context.graph, info.context.viewer, sorted(asked))
        async for change in _changes(info, after, lambda it: not asked.isdisjoint(it.subjects)):
            changed = [id for id in change.subjects if id in asked]
            for shown in (await load_all(info, changed)).values():
                yield EntityChange(change=Change.of(change), entity=shown)

    @strawberry.subscription(description="Every version that is committed in a project.")
    async def artifact_committed(
        self,
        info: Info,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        after: After = None,
    ) -> AsyncGenerator[ArtifactCommit, None]:
        scope = await projects.named(info.context.graph, info.context.viewer, project)
        async for change in _changes(info, after, lambda it: it.what == artifact.COMMITTED):
            version = await info.context.load(artifact.by_ids, change.subjects[0])
            if version and version.project_id == scope.id:
                yield ArtifactCommit(change=Change.of(change), artifact=Artifact.of(version))

    @strawberry.subscription(
        description="Whatever is said of a project's runs, or of one: that it began, used or "
        "logged something, ended. Metrics, parameters and heartbeats are not told."
    )
    async def run_updated(
        self,
        info: Info,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        run: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Id of the run; all of the project unless given."),
        ] = None,
        after: After = None,
    ) -> AsyncGenerator[RunUpdate, None]:
        context = info.context
        scope = await projects.named(context.graph, context.viewer, project)
        if run is not None:
            await runs.checked(context.graph, context.viewer, str(run))

        def of(change: models.Change) -> list[str]:
            return [id for id in change.subjects if kind_of(id) == "Run" and run in (None, id)]

        async for change in _changes(info, after, lambda it: bool(of(it))):
            for row in await context.load_all(runs.by_ids, of(change)):
                if row and row.project_id == scope.id:
                    yield RunUpdate(change=Change.of(change), run=Run.of(row))
