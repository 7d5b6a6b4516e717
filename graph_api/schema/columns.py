"""Lists of plain fields are completed by columns: all names, then all sizes, then the rows of both.

A field is plain where it has no resolver and only reads an attribute. While nothing goes wrong,
completing such values (GraphQL, section 6.4.3) needs neither a path nor an error nor a task, which
is nearly all that it costs value by value. Anything else, a null where there may be none as well as
a field with a resolver, is left to graphql-core, for that list from its beginning: what only reads
attributes may be done twice.
"""

from collections.abc import Callable, Sequence
from functools import cache
from inspect import isawaitable
from itertools import chain, islice
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple, cast

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    UndefinedType,
    is_leaf_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

Type = Any
"""A GraphQL type of values; graphql-core's own alias leaves its parameters open."""

Column = list[Any]
"""A value of each object."""

# Types whose values are sent as they are, by the only class of these values.
_SENT_AS_IS: dict[Type, type] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLBoolean: bool,
}


_class = attrgetter("__class__")


class NotPlain(Exception):
    """A value is for graphql-core to complete."""


class Plain(NamedTuple):
    """A plain field of a selection."""

    name: str
    """In the answer."""
    read: Callable[[Any], Any] | None
    """Its attribute of an object; None: it is the type's name."""
    type: Type
    nodes: Any
    """Where the document selects it; graphql-core's."""


class ByColumns(StrawberryGraphQLCoreExecutionContext):
    """Executes an operation, its plain fields by columns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manager = self.middleware_manager
        # Extensions that see every field see those of graphql-core.
        self._watched = manager is not None and bool(manager.middlewares)
        self._selections: dict[int, tuple[Any, tuple[list[Plain], dict[str, Any]]]] = {}

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """The items as they are answered; an awaitable where some are not plain."""
        if result and result.__class__ is list:
            try:
                return self._completed(return_type.of_type, field_details_list, result)
            except NotPlain:
                pass
        core: Any = super()
        return core.complete_list_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        """The fields of one object, those that are plain without graphql-core."""
        plain, others = self._parted(parent_type, grouped_field_set)
        row: dict[str, Any] = {}
        try:
            if plain:
                (row,) = self._rows(parent_type, plain, [source_value])
        except NotPlain:
            others = grouped_field_set
        if not others:
            return row
        core: Any = super()
        rest = core.execute_fields(parent_type, source_value, path, others, position_context)
        if not row:
            return rest
        answered: dict[str, Any] = dict.fromkeys(grouped_field_set) | row
        if not isawaitable(rest):
            return answered | rest

        async def later() -> dict[str, Any]:
            return answered | await rest

        return later()

    def _completed(self, type: Type, nodes: Any, values: Column) -> Column:
        """The values as they are answered."""
        classes = {*map(_class, values)}
        if type.__class__ is GraphQLNonNull:
            if NoneType in classes:
                raise NotPlain
            type = type.of_type
        elif NoneType in classes:
            some = [value for value in values if value is not None]
            found = iter(self._completed(type, nodes, some) if some else ())
            return [None if value is None else next(found) for value in values]
        if any(map(_is_special, classes)):
            raise NotPlain
        if type.__class__ is GraphQLList:
            return self._lists(type, nodes, classes, values)
        if is_leaf_type(type):
            return _leaves(type, classes, values)
        if type.__class__ is not GraphQLObjectType:
            return self._of_some_types(nodes, classes, values)
        if type.is_type_of and classes != {_origin(type)}:
            raise NotPlain
        return self._objects(type, nodes, values)

    def _lists(self, type: Type, nodes: Any, classes: set[Any], values: Column) -> Column:
        if classes != {list}:
            raise NotPlain
        items = [*chain.from_iterable(values)]
        found = iter(self._completed(type.of_type, nodes, items) if items else ())
        return [[*islice(found, len(value))] for value in values]

    def _of_some_types(self, nodes: Any, classes: set[Any], values: Column) -> Column:
        types = _types(self.schema)
        if not classes <= types.keys():
            raise NotPlain
        found = {
            of: iter(self._objects(types[of], nodes, [it for it in values if it.__class__ is of]))
            for of in classes
        }
        return [next(found[value.__class__]) for value in values]

    def _objects(self, type: GraphQLObjectType, nodes: Any, values: Column) -> Column:
        plain, others = self._parted(type, self.collect_subfields(type, nodes)[0])
        if others:
            raise NotPlain
        return self._rows(type, plain, values)

    def _rows(self, type: GraphQLObjectType, plain: Sequence[Plain], values: Column) -> Column:
        if not plain:
            return [{} for _ in values]
        columns = [self._column(type, field, values) for field in plain]
        names = [field.name for field in plain]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _column(self, type: GraphQLObjectType, field: Plain, values: Column) -> Column:
        if field.read is None:
            return [type.name] * len(values)
        try:
            found = [*map(field.read, values)]
        except Exception as error:
            raise NotPlain from error
        return self._completed(field.type, field.nodes, found)

    def _parted(self, type: GraphQLObjectType, grouped: Any) -> tuple[list[Plain], dict[str, Any]]:
        """The fields of a selection that are plain to their leaves, and the others."""
        known = self._selections.get(id(grouped))
        if known is None:
            plain: list[Plain] = []
            others: dict[str, Any] = {}
            for name, nodes in grouped.items():
                field = nodes[0].node.name.value
                definition = type.fields.get(field)
                if field == "__typename":
                    plain.append(Plain(name, None, GraphQLString, nodes))
                elif definition and self._is_plain(definition, nodes):
                    read = attrgetter(_definition(definition).python_name)
                    plain.append(Plain(name, read, definition.type, nodes))
                else:
                    others[name] = nodes
            # The selection is kept with what is known of it, so that no other gets its id.
            known = self._selections[id(grouped)] = grouped, (plain, others)
        return known[1]

    def _is_plain(self, field: GraphQLField, nodes: Any) -> bool:
        if not getattr(field.resolve, "_is_default", False) or self._watched:
            return False
        type = cast("Type", field).type
        while type.__class__ in (GraphQLNonNull, GraphQLList):
            type = type.of_type
        if is_leaf_type(type):
            return True
        one = type.__class__ is GraphQLObjectType
        of: Sequence[Type] = [type] if one else self.schema.get_possible_types(type)
        return not any(self._parted(it, self.collect_subfields(it, nodes)[0])[1] for it in of)


def _leaves(type: Type, classes: set[Any], values: Column) -> Column:
    if classes == {_SENT_AS_IS.get(type)}:
        return values
    send = type.coerce_output_value
    try:
        if isinstance(type, GraphQLEnumType):
            names = {value: send(value) for value in {*values}}
            sent = [names[value] for value in values]
        else:
            sent = [*map(send, values)]
    except Exception as error:
        raise NotPlain from error
    if any(value is None or value is Undefined for value in sent):
        raise NotPlain
    return sent


def _is_special(of: Any) -> bool:
    """Whether graphql-core does more with such a value than to complete it."""
    return issubclass(of, Exception | UndefinedType) or hasattr(of, "__await__")


@cache
def _types(schema: GraphQLSchema) -> dict[type, GraphQLObjectType]:
    """The type of the objects of each class."""
    types = [it for it in schema.type_map.values() if isinstance(it, GraphQLObjectType)]
    return {
        _origin(it): it for it in types if GraphQLCoreConverter.DEFINITION_BACKREF in it.extensions
    }


def _origin(type: GraphQLObjectType) -> type:
    return type.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].origin


def _definition(field: GraphQLField) -> StrawberryField:
    return field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
