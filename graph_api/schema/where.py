"""Filters of lists: what they compare, and how an input becomes a condition."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from graph_api.errors import BadFilter
from graph_api.models import where as models
from graph_api.models.where import Comparison, Condition, Every, Flow, Not, Operand, Related, Some
from graph_api.schema.compared import compared_value, compared_values, normal_path, text
from graph_api.schema.context import Info
from graph_api.schema.scalars import BigInt

AND = "All of these hold; of none, that is so."
OR = "One of these holds at least; of none, that is never so."
NOT = "This does not hold."


def operator(description: str, name: str | None = None) -> Any:
    """An optional field of an input; null is told from nothing."""
    return strawberry.field(default=strawberry.UNSET, name=name, description=description)


def given(filter: object) -> Iterator[tuple[str, Any]]:
    """What an input says, by name."""
    for field in dataclasses.fields(cast("Any", filter)):
        value = getattr(filter, field.name)
        if value is None:
            shown = to_camel_case(field.name.rstrip("_"))
            raise BadFilter(
                f"`{shown}` is null; leave it out, or ask for what has no value by `exists: false`"
            )
        if value is not strawberry.UNSET:
            yield field.name, value


class Comparable:
    """An input whose fields are operators on one value."""

    def conditions(self, key: str, operand: Operand = "property") -> Iterator[Condition]:
        """What it says of the value."""
        for name, value in given(self):
            compared = name.rstrip("_")
            if compared == "ne":
                yield Not(Comparison("eq", compared_value(value, key), key, operand))
            elif compared in ("has_any", "has_all"):
                each = tuple(Comparison("has", compared_value(it, key), key) for it in value)
                yield Some(each) if compared == "has_any" else Every(each)
            elif compared not in ("path", "key"):
                operator = cast("models.Operator", compared)
                plain = compared_values if operator == "in" else compared_value
                yield Comparison(operator, plain(value, key), key, operand)


@strawberry.input(description="Compares a text by its UTF-16 code units; case matters.")
class StringFilter(Comparable):
    eq: str | None = operator("Equal.")
    ne: str | None = operator("Not equal, or no value.")
    in_: list[str] | None = operator("Equal to one of these, at most 1,000.", "in")
    gt: str | None = operator("After.")
    gte: str | None = operator("After, or equal.")
    lt: str | None = operator("Before.")
    lte: str | None = operator("Before, or equal.")
    contains: str | None = operator("Has this within it.")
    starts_with: str | None = operator("Begins so.")
    exists: bool | None = operator("Whether there is a value.")


@strawberry.input(description="Compares an id.")
class IdFilter(Comparable):
    eq: strawberry.ID | None = operator("Equal.")
    ne: strawberry.ID | None = operator("Not equal, or no value.")
    in_: list[strawberry.ID] | None = operator("Equal to one of these, at most 1,000.", "in")
    exists: bool | None = operator("Whether there is a value.")


@strawberry.input(description="Compares an integer.")
class BigIntFilter(Comparable):
    eq: BigInt | None = operator("Equal.")
    ne: BigInt | None = operator("Not equal, or no value.")
    in_: list[BigInt] | None = operator("Equal to one of these, at most 1,000.", "in")
    gt: BigInt | None = operator("Greater.")
    gte: BigInt | None = operator("Greater or equal.")
    lt: BigInt | None = operator("Less.")
    lte: BigInt | None = operator("Less or equal.")
    exists: bool | None = operator("Whether there is a value.")


@strawberry.input(description="Compares a number.")
class FloatFilter(Comparable):
    eq: float | None = operator("Equal.")
    ne: float | None = operator("Not equal, or no value.")
    in_: list[float] | None = operator("Equal to one of these, at most 1,000.", "in")
    gt: float | None = operator("Greater.")
    gte: float | None = operator("Greater or equal.")
    lt: float | None = operator("Less.")
    lte: float | None = operator("Less or equal.")
    exists: bool | None = operator("Whether there is a value.")


@strawberry.input(description="Compares a time, to the microsecond; one without an offset is UTC.")
class DateTimeFilter(Comparable):
    eq: datetime | None = operator("At that time.")
    ne: datetime | None = operator("At another time, or no value.")
    gt: datetime | None = operator("Later.")
    gte: datetime | None = operator("Later, or at that time.")
    lt: datetime | None = operator("Earlier.")
    lte: datetime | None = operator("Earlier, or at that time.")
    exists: bool | None = operator("Whether there is a value.")


@strawberry.input(description="Looks for labels.")
class TagsFilter(Comparable):
    has: str | None = operator("Has this one.")
    has_any: list[str] | None = operator("Has one of these at least.")
    has_all: list[str] | None = operator("Has all of these.")


@strawberry.input(
    description="Compares a scalar in a JSON object. A comparison of different types (a number "
    "with a string, say) does not hold, and lists, objects and nulls are no values."
)
class ValueFilter(Comparable):
    path: str = strawberry.field(
        description="The keys that lead to it, with dots between: `optimizer.lr`. A dot or a "
        "backslash within a key has a backslash before it."
    )
    eq: JSON | None = operator("Equal.")
    ne: JSON | None = operator("Not equal, or no value.")
    in_: list[JSON] | None = operator("Equal to one of these, at most 1,000.", "in")
    gt: JSON | None = operator("Greater; of texts: after; of booleans: true.")
    gte: JSON | None = operator("Greater or equal.")
    lt: JSON | None = operator("Less; of texts: before; of booleans: false.")
    lte: JSON | None = operator("Less or equal.")
    contains: str | None = operator("Is a text and has this within it.")
    starts_with: str | None = operator("Is a text and begins so.")
    exists: bool | None = operator("Whether there is a value.")

    def within(self, prefix: str) -> Iterator[Condition]:
        """What it says of an object that lies flat under the prefix."""
        return self.conditions(f"{prefix}.{normal_path(self.path)}", "flat")


@strawberry.input(description="Compares what a metric of a run comes to; the three together.")
class MetricFilter:
    key: str = strawberry.field(description="Name of the metric.")
    last: FloatFilter | None = operator("Its last value, where that is a finite number.")
    min: FloatFilter | None = operator("The least of its finite numbers.")
    max: FloatFilter | None = operator("The greatest of its finite numbers.")

    def conditions(self) -> Iterator[Condition]:
        """What it says of a run."""
        for name, value in given(self):
            if name != "key":
                yield from value.conditions(
                    text(self.key, "key"), cast("Operand", f"metric_{name}")
                )


@strawberry.input(description="What can be asked of everything; all that is said holds together.")
class EntityWhere:
    id: IdFilter | None = operator("Its id.")
    created_at: DateTimeFilter | None = operator("When it was created.")
    created_by: StringFilter | None = operator("Who created it.")
    description: StringFilter | None = operator("What it is.")
    metadata: list[ValueFilter] | None = operator("What its makers noted; all of these hold.")
    used_by: strawberry.ID | None = operator("This run used it directly.")
    logged_by: strawberry.ID | None = operator("This run logged it.")
    upstream_of: strawberry.ID | None = operator(
        "Data flowed from it into this entity, as far as the viewer can follow."
    )
    downstream_of: strawberry.ID | None = operator(
        "Data flowed from this entity into it, as far as the viewer can follow."
    )

    def condition(self, depth: int) -> Condition:
        """What it says, at most so many levels deep."""
        if depth < 0:
            raise BadFilter("`and`, `or` and `not` are nested too deep in it; nest less")
        return Every(
            tuple(part for name, value in given(self) for part in parts_of(name, value, depth - 1))
        )


@strawberry.input(description="What can be asked of everything with a name of its own.")
class NamedWhere(EntityWhere):
    name: StringFilter | None = operator("Its name.")


def where_of(info: Info, where: EntityWhere | None) -> models.Where | None:
    """The condition of a list; BadFilter for one that is too large, or that nothing can mean."""
    if where is None:
        return None
    settings = info.context.settings
    condition = where.condition(settings.where_depth)
    check_size(info, condition)
    return models.Where(condition, settings.lineage_seconds)


def check_size(info: Info, *conditions: Condition) -> None:
    """BadFilter where these are too many together."""
    most = info.context.settings.where_conditions
    if (count := sum(map(_size, conditions))) > most:
        raise BadFilter(f"it has {count} conditions; at most {most} are taken")


def parts_of(name: str, value: Any, depth: int = 0) -> Iterator[Condition]:
    """What a field of an input says."""
    match name:
        case "and_" | "or_":
            inner = tuple(part.condition(depth) for part in value)
            yield Every(inner) if name == "and_" else Some(inner)
        case "not_":
            yield Not(value.condition(depth))
        case "used_by" | "logged_by" | "uses" | "logged":
            yield Related(name, str(value))
        case "upstream_of" | "downstream_of":
            yield Flow("UPSTREAM" if name == "upstream_of" else "DOWNSTREAM", str(value))
        case "metadata" | "parameters":
            prefix = "meta" if name == "metadata" else "parameter"
            for each in value:
                yield from each.within(prefix)
        case "metrics":
            for each in value:
                yield from each.conditions()
        case "experiment" | "collection":
            yield from value.conditions(f"{name}_id")
        case _:
            yield from value.conditions(name)


def _size(condition: Condition) -> int:
    match condition:
        # Also one without parts: it is in the statement, too.
        case Every(parts) | Some(parts):
            return max(1, sum(map(_size, parts)))
        case Not(part):
            return _size(part)
        case _:
            return 1
