"""Subscriptions: what changes, as it changes."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from graph_api.errors import BadInput
from graph_api.models import instant
from graph_api.models import ledger as models
from graph_api.models.entity import kind_of
from graph_api.models.notice import Asked
from graph_api.models.page import at_most
from graph_api.schema.artifact import Artifact
from graph_api.schema.context import Info
from graph_api.schema.deadline import turn
from graph_api.schema.entity import Entity, load
from graph_api.schema.lineage import Direction
from graph_api.schema.node import load_all
from graph_api.schema.run import Run
from graph_api.schema.scalars import BigInt
from graph_api.services import artifact, entity, ledger
from graph_api.services import project as projects
from graph_api.services import run as runs
from graph_api.services.notice import notices

Event = TypeVar("Event")

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
    by: str | None = strawberry.field(
        description="Who made it; null where the viewer may not see all that it is about."
    )
    what: str | None = strawberry.field(
        description="What was done, in words; null where the viewer may not see all that it is "
        "about."
    )

    @classmethod
    async def of(cls, info: Info, row: models.Change) -> "Change":
        graph, viewer = info.context.graph, info.context.viewer
        whole = not await entity.hidden(graph, viewer, row.subjects)
        return cls(
            seq=BigInt(row.seq),
            at=instant.of(row.at),
            by=row.by if whole else None,
            what=row.what if whole else None,
        )


@strawberry.type(description="A change of entities that were asked for.")
class EntityChange:
    change: Change = strawberry.field(description="The change.")
    entities: list[Entity] = strawberry.field(description="Those of them, as they are now.")


@strawberry.type(description="A change in the lineage of an entity.")
class LineageChange:
    change: Change = strawberry.field(description="The change.")
    entities: list[Entity] = strawberry.field(
        description="Those in the lineage that it is about, as they are now."
    )


@strawberry.type(description="A version that was committed.")
class ArtifactCommit:
    change: Change = strawberry.field(description="The change.")
    artifact: Artifact = strawberry.field(description="The version.")


@strawberry.type(description="Runs of which something was said.")
class RunUpdate:
    change: Change = strawberry.field(description="The change.")
    runs: list[Run] = strawberry.field(description="The runs, as they are now.")


async def _events(
    info: Info,
    after: int | None,
    wanted: Callable[[models.Change], bool | Awaitable[bool]],
    told: Callable[[models.Change], Awaitable[Event | None]],
) -> AsyncGenerator[Event]:
    """What is told of changes as they come; None is nothing.

    Before each the viewer is asked for again, who may be one no more. Unauthenticated once the key
    has ended, whether anything comes or not.
    """
    context = info.context
    async with turn(info.context):
        if after is None:
            after = (await ledger.now(context.graph, context.viewer)).seq
        else:
            after = (await ledger.at(context.graph, context.viewer, after)).seq
    async for change in context.changes.follow(context.viewer, after, context.end):
        answer = wanted(change)
        if answer is False:
            continue
        async with turn(info.context):
            # What takes a walk to be told is walked in a turn, too.
            if answer is not True and not await answer:
                continue
            await context.refresh()
            event = await told(change)
        if event is not None:
            yield event
    # This says why there are no more.
    await context.refresh()


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
        if not ids:
            raise BadInput("ids is empty; name at least one entity.")
        at_most(len(ids))
        asked = frozenset(str(id) for id in ids)
        async with turn(info.context):
            await entity.locate(info.context.graph, info.context.viewer, sorted(asked))

        async def told(change: models.Change) -> EntityChange | None:
            shown = [*await load_all(info, [id for id in change.subjects if id in asked])]
            if not shown:
                return None
            return EntityChange(change=await Change.of(info, change), entities=shown)

        async for event in _events(info, after, lambda it: not asked.isdisjoint(it.subjects), told):
            yield event

    @strawberry.subscription(
        description="Whatever changes upstream or downstream of an entity, itself included: what "
        "flows to it or from it as of the change, or did as of the one before. A webhook with "
        "LINEAGE_CHANGED is told the same."
    )
    async def lineage_changed(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Id of the entity.")],
        direction: Annotated[
            Direction, strawberry.argument(description="Which lineage.")
        ] = Direction.BOTH,
        after: After = None,
    ) -> AsyncGenerator[LineageChange, None]:
        context, root = info.context, str(id)
        async with turn(info.context):
            await entity.locate(context.graph, context.viewer, [root])
        follower, ids = object(), list[str]()
        asked = Asked(events=("lineage.changed",), project_id="", of=root, direction=direction.row)

        async def wanted(change: models.Change) -> bool:
            graph, viewer, closures = context.graph, context.viewer, context.closures
            found = await notices(graph, viewer, closures, follower, asked, change)
            ids[:] = [id for notice in found for id in notice.entities]
            return bool(ids)

        async def told(change: models.Change) -> LineageChange | None:
            shown = [*await load_all(info, ids)]
            if not shown:
                return None
            return LineageChange(change=await Change.of(info, change), entities=shown)

        try:
            async for event in _events(info, after, wanted, told):
                yield event
        finally:
            context.closures.forget(follower)

    @strawberry.subscription(description="Every version that is committed in a project.")
    async def artifact_committed(
        self,
        info: Info,
        project: Annotated[str, strawberry.argument(description="Name of the project.")],
        after: After = None,
    ) -> AsyncGenerator[ArtifactCommit, None]:
        async with turn(info.context):
            scope = await projects.scope(info.context.graph, info.context.viewer, project)

        async def told(change: models.Change) -> ArtifactCommit | None:
            version = await load(info, Artifact, change.subjects[0])
            if version is None or version.project_id != scope.id:
                return None
            return ArtifactCommit(change=await Change.of(info, change), artifact=version)

        async for event in _events(info, after, lambda it: it.what == artifact.COMMITTED, told):
            yield event

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
        async with turn(info.context):
            scope = await projects.scope(context.graph, context.viewer, project)
            if run is not None:
                await runs.checked(context.graph, context.viewer, str(run))

        def of(change: models.Change) -> list[str]:
            return [id for id in change.subjects if kind_of(id) == "Run" and run in (None, id)]

        async def told(change: models.Change) -> RunUpdate | None:
            found = await load_all(info, of(change))
            ours = [it for it in found if isinstance(it, Run) and it.project_id == scope.id]
            return RunUpdate(change=await Change.of(info, change), runs=ours) if ours else None

        async for event in _events(info, after, lambda it: bool(of(it)), told):
            yield event
