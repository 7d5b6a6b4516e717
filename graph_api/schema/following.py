"""What a lineage walk may follow and show."""

from collections.abc import Sequence
from enum import Enum

import strawberry

from graph_api.models import lineage as models
from graph_api.models.edge import EdgeKind
from graph_api.models.where import Comparison, Every
from graph_api.schema.context import Info
from graph_api.schema.entity import EntityKind
from graph_api.schema.where import (
    DateTimeFilter,
    IdFilter,
    StringFilter,
    TagsFilter,
    ValueFilter,
    check_size,
    given,
    operator,
    parts_of,
)
from graph_api.services import project


@strawberry.enum(description="What an edge says.")
class LineageEdgeKind(Enum):
    USED_BY = strawberry.enum_value("USED_BY", description="The target, a run, used the source.")
    LOGGED_BY = strawberry.enum_value(
        "LOGGED_BY", description="The source, a run, logged the target."
    )
    LINKED_TO = strawberry.enum_value(
        "LINKED_TO", description="The source is linked to the target as its role."
    )

    @property
    def row(self) -> EdgeKind:
        return self.name


@strawberry.input(
    description="Some of the entities that a walk comes to; all that is said holds together. What "
    "has no such field (a run has no type) is not among them."
)
class LineageEntityWhere:
    kinds: list[EntityKind] | None = operator("Of one of these kinds.")
    projects: list[str] | None = operator("In one of the projects of these names.")
    id: IdFilter | None = operator("Its id.")
    name: StringFilter | None = operator("Its name.")
    type: StringFilter | None = operator("The type of an artifact or of a collection.")
    tags: TagsFilter | None = operator("The tags of an artifact.")
    created_at: DateTimeFilter | None = operator("When it was created.")
    created_by: StringFilter | None = operator("Who created it.")
    metadata: list[ValueFilter] | None = operator("What its makers noted; all of these hold.")

    async def row(self, info: Info) -> models.Filter:
        """What it says; UnknownName for a project that the viewer does not see."""
        said = dict(given(self))
        kinds: list[EntityKind] | None = said.pop("kinds", None)
        names: list[str] | None = said.pop("projects", None)
        parts = [part for name, value in said.items() for part in parts_of(name, value)]
        check_size(info, *parts, *(Comparison("eq", name, "project_id") for name in names or ()))
        if names is not None:
            parts.append(Comparison("in", await _projects(info, names), "project_id"))
        return models.Filter(
            kinds=None if kinds is None else tuple(kind.row for kind in kinds),
            condition=Every(tuple(parts)),
        )


async def _projects(info: Info, names: Sequence[str]) -> tuple[str, ...]:
    context = info.context
    scopes = [await project.scope(context.graph, context.viewer, name) for name in names]
    return tuple(scope.id for scope in scopes)


@strawberry.input(description="What a walk may follow and show; what is left out limits nothing.")
class LineageWhere:
    edges: list[LineageEdgeKind] | None = strawberry.field(
        default=None, description="Follow only edges of these kinds."
    )
    roles: list[str] | None = strawberry.field(
        default=None, description="Follow only links of these roles (and edges that are no links)."
    )
    stop_at: LineageEntityWhere | None = strawberry.field(
        default=None,
        description="End the walk at these: they are shown, and what lies behind them only where "
        "another way leads there. From the roots, and through what the viewer may not see, it "
        "goes on.",
    )
    show_only: LineageEntityWhere | None = strawberry.field(
        default=None,
        description="Show only these, and the roots; the walk passes through the others. Edges are "
        "shown between what is shown.",
    )

    async def row(self, info: Info) -> models.Where:
        """What it says."""
        return models.Where(
            edges=None if self.edges is None else tuple(edge.row for edge in self.edges),
            roles=None if self.roles is None else tuple(self.roles),
            stop_at=self.stop_at and await self.stop_at.row(info),
            show_only=self.show_only and await self.show_only.row(info),
        )
