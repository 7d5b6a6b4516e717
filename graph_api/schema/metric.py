"""Metrics in the schema."""

from datetime import datetime
from typing import Annotated, Self

import orjson
import strawberry
from strawberry.scalars import JSON

from graph_api.models import instant
from graph_api.models import metric as models
from graph_api.models.page import Window
from graph_api.schema.connection import PAGED, Connection
from graph_api.schema.context import Info
from graph_api.services import metric

MaxPoints = Annotated[
    int,
    strawberry.argument(
        description=f"Most `points` to show it by: {models.FEWEST_POINTS} to "
        f"{models.MOST_POINTS:,}."
    ),
]


@strawberry.type(description="One value that a run logged.")
class MetricPoint:
    step: int = strawberry.field(description="The step it belongs to.")
    value: JSON = strawberry.field(
        description="The value; `NaN`, `Infinity` and `-Infinity` are strings of these names."
    )
    at: datetime = strawberry.field(description="When it was logged, in UTC.")

    @classmethod
    def of(cls, point: models.Point) -> Self:
        return cls(
            step=point.step or 0,
            value=JSON(point.value),
            at=instant.of(point.at or 0),
        )


@strawberry.type(description="A series of values that a run logged under one key.")
class Metric:
    key: str = strawberry.field(description="Its name.")
    last: JSON = strawberry.field(description="The value that was logged last.")
    min: float | None = strawberry.field(description="The least of its finite numbers.")
    max: float | None = strawberry.field(description="The greatest of its finite numbers.")
    count: int = strawberry.field(description="How many values.")
    row: strawberry.Private[models.Metric]
    max_points: strawberry.Private[int]

    @classmethod
    def of(cls, row: models.Metric, max_points: int = models.DEFAULT_POINTS) -> Self:
        return cls(
            key=row.key,
            last=JSON(orjson.loads(row.last)),
            min=row.min,
            max=row.max,
            count=row.count,
            row=row,
            max_points=max_points,
        )

    @strawberry.field(
        description="Its values in the order in which they were logged, thinned to `maxPoints` of "
        f"`metric` ({models.DEFAULT_POINTS:,} unless given): the first, the last, the least and "
        "the greatest of every part are kept."
    )
    async def points(self, info: Info) -> list[MetricPoint]:
        rows = await info.context.load(metric.Thinned(self.max_points), self.row)
        return [MetricPoint.of(row) for row in rows]

    @strawberry.field(
        description="All its values, in pages, in the order in which they were logged.",
        extensions=PAGED,
    )
    async def all_points(self, info: Info, window: Window) -> Connection[MetricPoint]:
        context = info.context
        page = await metric.page(context.graph, context.viewer, self.row, window)
        return Connection[MetricPoint].of(page, [*map(MetricPoint.of, page.items)])
