"""What differs between two versions or runs, and why, in the schema."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Self, TypeVar

import orjson
import strawberry
from strawberry.scalars import JSON

from graph_api.models import difference as models
from graph_api.models.entity import Entity as Row
from graph_api.models.entity import kind_of
from graph_api.models.page import Listed, Stretch, Window
from graph_api.schema.artifact import Artifact, differing
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.schema.entity import AsOf, Entity, load
from graph_api.schema.file import DifferenceKind, FileDifference
from graph_api.schema.lineage import IncompleteReason
from graph_api.schema.moment import Moment, page_at, pinned
from graph_api.schema.node import load_by_id
from graph_api.schema.run import Run
from graph_api.services import difference, metric, revision

# What its cursors are of.
_SCOPE = "DIFFERENCE"

Item = TypeVar("Item")


@strawberry.type(description="A value that differs.")
class ValueDifference:
    path: str = strawberry.field(
        description="The keys that lead to it, with dots between; a dot within a key has a "
        "backslash before it."
    )
    change: DifferenceKind = strawberry.field(description="How it differs.")
    before: JSON | None = strawberry.field(description="The earlier value; null for none, too.")
    after: JSON | None = strawberry.field(description="The later value; null for none, too.")

    @classmethod
    def between(cls, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Self]:
        """What differs between two objects."""
        return [
            cls(
                path=it.path,
                change=DifferenceKind.of(before=it.there[0], after=it.there[1]),
                before=JSON(it.before),
                after=JSON(it.after),
            )
            for it in models.values_differing(before, after)
        ]


@strawberry.type(
    description="An entity that one has and the other has not, beside its counterpart: a version "
    "of the same collection."
)
class EntityDifference:
    change: DifferenceKind = strawberry.field(description="How it differs.")
    before: Entity | None = strawberry.field(description="What the earlier one has.")
    after: Entity | None = strawberry.field(description="What the later one has.")

    @classmethod
    def of(cls, row: models.Changed, shown: Mapping[str, Entity]) -> Self:
        return cls(**_beside(row, shown))


@strawberry.type(
    description="An entity that only one of two came of, beside its counterpart: of a version one "
    "of the same collection, of a run one that logged to the same collections."
)
class AncestorDifference(EntityDifference):
    depth: int = strawberry.field(
        description="Edges from the later of the two, or from the earlier where only that one came "
        "of it."
    )
    begins: bool = strawberry.field(
        description="Whether nothing that flowed into it differs, or is hidden from the viewer: "
        "the difference begins here. Such a run was given something else than data: other "
        "parameters, say, or other code."
    )

    @classmethod
    def of(cls, row: models.Changed, shown: Mapping[str, Entity]) -> Self:
        assert isinstance(row, models.ChangedAncestor)
        return cls(**_beside(row, shown), depth=row.depth, begins=row.begins)


@strawberry.type(
    description="How the runs differ that made two versions (`loggedBy`), or the two runs."
)
class RunDifference:
    before: Run | None = strawberry.field(
        description="The earlier one; null where the viewer sees none."
    )
    after: Run | None = strawberry.field(
        description="The later one; null where the viewer sees none."
    )
    rows: strawberry.Private[tuple[Row | None, Row | None]]

    @strawberry.field(description="What they were given, by path, as of now.")
    def parameters(self) -> list[ValueDifference]:
        return _between(*self.rows, "parameters")

    @strawberry.field(description="The last value of each of their metrics, by key, as of now.")
    async def metrics(self, info: Info) -> list[ValueDifference]:
        said: list[dict[str, Any]] = []
        for run in (self.before, self.after):
            rows = await info.context.load(metric.by_runs, str(run.id)) if run else []
            said.append({row.key: orjson.loads(row.last) for row in rows})
        return ValueDifference.between(*said)

    @strawberry.field(description="What their makers noted of them, by path.")
    def metadata(self) -> list[ValueDifference]:
        return _between(*self.rows, "metadata")

    @strawberry.field(description="What the programs around them noted of them, by path.")
    def system_metadata(self) -> list[ValueDifference]:
        return _between(*self.rows, "system_metadata")


@strawberry.type(description="Why a version or run is not what an earlier one is.")
class LineageDiff:
    as_of: Moment = strawberry.field(
        description="The moment it shows: all that was written until then, nothing later, unless "
        "a field says that it is as of now."
    )
    complete: bool = strawberry.field(
        description="Whether `inputs` and `ancestors` are all that differs, and all of it does. A "
        "promise."
    )
    incomplete_because: list[IncompleteReason] = strawberry.field(
        description="Why not; empty exactly where it is complete. With TIMEOUT what is said to be "
        "only in one may be in the other, too."
    )
    found: strawberry.Private[models.LineageDifference]

    @classmethod
    def of(cls, found: models.LineageDifference) -> Self:
        return cls(
            as_of=Moment.of(found.as_of),
            complete=not found.incomplete_because,
            incomplete_because=[IncompleteReason(it) for it in found.incomplete_because],
            found=found,
        )

    @strawberry.field(description="The earlier of the two.")
    async def before(self, info: Info) -> Entity:
        return (await load_by_id(info, [self.found.before]))[self.found.before]

    @strawberry.field(description="The later of the two.")
    async def after(self, info: Info) -> Entity:
        return (await load_by_id(info, [self.found.after]))[self.found.after]

    @strawberry.field(
        description="The files in which two versions differ, as `Artifact.diff` has them; null for "
        "runs.",
        extensions=PAGED,
    )
    async def files(self, info: Info, window: Window) -> Connection[FileDifference] | None:
        if kind_of(self.found.after) != "Artifact":
            return None
        version = await load(info, Artifact, self.found.after)
        return version and await differing(info, version, self.found.before, window)

    @strawberry.field(
        description="What was noted of the two, by path: of versions their metadata, of runs too."
    )
    async def metadata(self, info: Info) -> list[ValueDifference]:
        before, after = await self._past(info, (self.found.before, self.found.after))
        return _between(before, after, "metadata")

    @strawberry.field(description="How the runs differ that made them, or that they are.")
    async def run(self, info: Info) -> RunDifference:
        before, after = [await load(info, Run, id) for id in self.found.runs]
        earlier, later = await self._past(info, self.found.runs)
        return RunDifference(before=before, after=after, rows=(earlier, later))

    @strawberry.field(
        description="What flowed directly into the two, or into the runs that made them: used by "
        "one and not by the other, beside each other by collection.",
        extensions=PAGED,
    )
    async def inputs(self, info: Info, window: Window) -> Connection[EntityDifference]:
        return await self._listed(info, window, self.found.inputs, EntityDifference.of)

    @strawberry.field(
        description="The versions of type `code` that one of the runs used or logged and the other "
        "did not.",
        extensions=PAGED,
    )
    async def code(self, info: Info, window: Window) -> Connection[EntityDifference]:
        context = info.context
        rows = await difference.code(context.graph, context.viewer, self.found)
        return await self._listed(info, window, rows, EntityDifference.of)

    @strawberry.field(
        description="All that one of the two came of and the other did not, where the difference "
        "begins first, then by depth, then by id.",
        extensions=PAGED,
    )
    async def ancestors(self, info: Info, window: Window) -> Connection[AncestorDifference]:
        return await self._listed(info, window, self.found.ancestors, AncestorDifference.of)

    async def _past(self, info: Info, ids: Sequence[str | None]) -> list[Row | None]:
        """What was said of these as of the answer's moment."""
        past = revision.Past(self.found.as_of.seq)
        return [await info.context.load(past, id) if id else None for id in ids]

    async def _listed(
        self,
        info: Info,
        window: Window,
        rows: Sequence[models.Changed],
        of: Callable[[models.Changed, Mapping[str, Entity]], Item],
    ) -> Connection[Item]:
        async def read(stretch: Stretch) -> Listed[models.Changed]:
            return stretch.numbered(rows)

        page = await page_at(self.found.as_of, _SCOPE, window, read)
        ids = [id for row in page.items for id in (row.before, row.after) if id]
        shown = await load_by_id(info, ids)
        return Connection[Any].of(page, [of(row, shown) for row in page.items])


def _beside(row: models.Changed, shown: Mapping[str, Entity]) -> dict[str, Any]:
    return {
        "change": DifferenceKind.of(before=row.before is not None, after=row.after is not None),
        "before": row.before and shown.get(row.before),
        "after": row.after and shown.get(row.after),
    }


def _between(before: Row | None, after: Row | None, field: str) -> list[ValueDifference]:
    """What differs between a field of two rows, which is an object or not there at all."""
    return ValueDifference.between(*(getattr(row, field, {}) for row in (before, after)))


@strawberry.type
class DifferenceQueries:
    @strawberry.field(
        description="Why a version is not what an earlier one is, or a run: files, words, "
        "parameters, metrics, code, inputs, and all that they came of, in one answer."
    )
    async def lineage_diff(
        self,
        info: Info,
        before: Annotated[
            strawberry.ID, strawberry.argument(description="Id of the earlier version or run.")
        ],
        after: Annotated[
            strawberry.ID, strawberry.argument(description="Id of the later one: the same kind.")
        ],
        as_of: AsOf = None,
    ) -> LineageDiff:
        context = info.context
        found = await difference.difference(
            context.graph,
            context.viewer,
            str(before),
            str(after),
            as_of=await pinned(info, _SCOPE, as_of),
            seconds=context.settings.lineage_seconds,
            kept=context.kept,
        )
        return LineageDiff.of(found)
