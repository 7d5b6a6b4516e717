"""Lists are completed by columns: all names, then all sizes, then the rows of both.

Completing values (GraphQL, section 6.4.3) needs neither a path nor an error nor a task of its own
while nothing goes wrong, and that is nearly all that it costs value by value. So a field of all
objects of a list is read, or asked of its resolver, before the next one; its arguments are coerced
once. Whatever goes wrong, a null where there may be none as well as an error of a resolver, is left
to graphql-core, for that list from its beginning: what only reads may be done twice. An operation
in which that happened to resolvers has none of them called by columns any more, so that nothing is
ever done three times.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import cache, partial
from inspect import isawaitable
from itertools import islice
from types import NoneType
from typing import Any, NamedTuple, TypeVar, cast

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
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter, get_arguments
from strawberry.types.field import StrawberryField

from graph_api.models.table import Column, Table, column, joined, only
from graph_api.models.table import classes as classes_of
from graph_api.schema.many import for_many

Type = Any
"""A GraphQL type of values; graphql-core's own alias leaves its parameters open."""

Done = TypeVar("Done")

# Types whose values are sent as they are, by the only class of these values.
_SENT_AS_IS: dict[Type, type] = {
    GraphQLString: str,
    GraphQLID: str,
    GraphQLBoolean: bool,
}


_BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF
_LISTS = {list, Table}


class NotPlain(Exception):
    """A value is for graphql-core to complete."""


class Field(NamedTuple):
    """A field of a selection."""

    name: str
    """In the answer."""
    read: str | None
    """Its attribute of an object."""
    asked: GraphQLField | None
    """Whose resolver is asked, where it has one. Without either it is the type's name."""
    type: Type
    nodes: Any
    """Where the document selects it; graphql-core's."""
    plain: bool
    """Whether no resolver is in it, down to its leaves."""


Selection = tuple[list[Field], bool]
"""The fields of a selection, and whether those are all."""


class ByColumns(StrawberryGraphQLCoreExecutionContext):
    """Executes an operation, its lists by columns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manager = self.middleware_manager
        # Extensions that see every field see those of graphql-core.
        self._watched = manager is not None and bool(manager.middlewares)
        self._selections: dict[int, tuple[Any, Selection]] = {}
        self._failed = False

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        """The items as they are answered; an awaitable where resolvers are asked."""

        def by_core() -> Any:
            core: Any = super(ByColumns, self)
            return core.complete_list_value(
                return_type, field_details_list, info, path, result, position_context
            )

        async def by_columns() -> Any:
            try:
                return await self._completed(return_type.of_type, field_details_list, result)
            except NotPlain:
                self._failed = True
                items = by_core()
                return await items if isawaitable(items) else items

        if result.__class__ not in _LISTS or not result:
            return by_core()
        plain = self._is_plain(return_type, field_details_list)
        if plain is None:
            return by_core()
        if not plain:
            return by_core() if self._failed else by_columns()
        try:
            return _at_once(self._completed(return_type.of_type, field_details_list, result))
        except NotPlain:
            return by_core()

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        """The fields of one object, those that are plain without graphql-core."""
        plain = [field for field in self._fields(parent_type, grouped_field_set)[0] if field.plain]
        row: dict[str, Any] = {}
        others = grouped_field_set
        try:
            if plain:
                (row,) = _at_once(self._rows(parent_type, plain, [source_value]))
                others = {
                    name: nodes for name, nodes in grouped_field_set.items() if name not in row
                }
        except NotPlain:
            pass
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

    async def _completed(self, type: Type, nodes: Any, values: Column) -> Column:
        """The values as they are answered. Waits for nothing where all is plain."""
        classes = {*classes_of(values)}
        if type.__class__ is GraphQLNonNull:
            if NoneType in classes:
                raise NotPlain
            type = type.of_type
        elif NoneType in classes:
            some = [value for value in values if value is not None]
            found = iter(await self._completed(type, nodes, some) if some else ())
            return [None if value is None else next(found) for value in values]
        if any(map(_is_special, classes)):
            raise NotPlain
        if type.__class__ is GraphQLList:
            return await self._lists(type, nodes, classes, values)
        if is_leaf_type(type):
            return _leaves(type, classes, values)
        if type.__class__ is not GraphQLObjectType:
            return await self._of_some_types(nodes, classes, values)
        if type.is_type_of and classes != {_origin(type)}:
            raise NotPlain
        return await self._objects(type, nodes, values)

    async def _lists(self, type: Type, nodes: Any, classes: set[Any], values: Column) -> Column:
        if not classes <= _LISTS:
            raise NotPlain
        items = joined(values)
        found = iter(await self._completed(type.of_type, nodes, items) if items else ())
        return [[*islice(found, len(value))] for value in values]

    async def _of_some_types(self, nodes: Any, classes: set[Any], values: Column) -> Column:
        types = _types(self.schema)
        if not classes <= types.keys():
            raise NotPlain
        if len(classes) == 1:
            return await self._objects(types[classes.pop()], nodes, values)
        parts = [partial(self._objects, types[of], nodes, only(values, of)) for of in classes]
        plain = all(self._is_plain(types[of], nodes) for of in classes)
        rows = await (_in_turn(parts) if plain else _together(parts))
        found = dict(zip(classes, map(iter, rows), strict=True))
        return [next(found[of]) for of in classes_of(values)]

    async def _objects(self, type: GraphQLObjectType, nodes: Any, values: Column) -> Column:
        fields, whole = self._fields(type, self.collect_subfields(type, nodes)[0])
        if not whole:
            raise NotPlain
        return await self._rows(type, fields, values)

    async def _rows(self, type: Type, fields: Sequence[Field], values: Column) -> Column:
        if not fields:
            return [{} for _ in values]
        names = [field.name for field in fields]
        asked = [field for field in fields if not field.plain]
        # Who waits may be told that all is for graphql-core: so plain fields come first.
        order = [field for field in fields if field.plain] + asked
        parts = [partial(self._column, type, field, values) for field in order]
        first = len(order) - len(asked)
        columns = await _in_turn(parts[:first]) + await _together(parts[first:])
        if asked:
            found = dict(zip((field.name for field in order), columns, strict=True))
            columns = [found[name] for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    async def _column(self, type: Type, field: Field, values: Column) -> Column:
        if field.read:
            try:
                found = column(values, field.read)
            except Exception as error:
                raise NotPlain from error
        elif field.asked:
            found = await self._asked(type, field, field.asked, values)
        else:
            return [type.name] * len(values)
        return await self._completed(field.type, field.nodes, found)

    async def _asked(
        self, type: Type, field: Field, definition: GraphQLField, values: Column
    ) -> Column:
        """What the resolver of a field says of each object."""
        first, strawberry = field.nodes[0], _definition(definition)
        at = Path(None, field.name, type.name)
        core: Any = self
        info = core.build_resolve_info(definition, [it.node for it in field.nodes], type, at)
        try:
            arguments = get_argument_values(
                definition,
                first.node,
                self.variable_values,
                first.fragment_variable_values,
                self.hide_suggestions,
            )
            resolve = cast("Any", strawberry).base_resolver.wrapped_func
            keywords = _converted(strawberry, info, arguments)
            if many := for_many(resolve):
                return await many(values, **keywords)
            found = [resolve(value, **keywords) for value in values]
        except Exception as error:
            raise NotPlain from error
        if strawberry.is_async:
            found = await asyncio.gather(*found, return_exceptions=True)
        return found

    def _fields(self, type: GraphQLObjectType, grouped: Any) -> Selection:
        """The fields of a selection that columns know how to complete."""
        known = self._selections.get(id(grouped))
        if known is None:
            named = grouped.items()
            fields = [field for it in named if (field := self._field(type, *it))]
            # The selection is kept with what is known of it, so that no other gets its id.
            known = self._selections[id(grouped)] = grouped, (fields, len(fields) == len(grouped))
        return known[1]

    def _field(self, type: GraphQLObjectType, name: str, nodes: Any) -> Field | None:
        selected = nodes[0].node.name.value
        if selected == "__typename":
            return Field(name, None, None, GraphQLString, nodes, plain=True)
        field = type.fields.get(selected)
        if self._watched or not field or _BACKREF not in field.extensions:
            return None
        definition = _definition(field)
        if not getattr(field.resolve, "_is_default", False):
            known = Field(name, None, field, field.type, nodes, plain=False)
            return known if _is_method(definition) else None
        plain = self._is_plain(field.type, nodes)
        if plain is None:
            return None
        return Field(name, definition.python_name, None, field.type, nodes, plain)

    def _is_plain(self, type: Type, nodes: Any) -> bool | None:
        """Whether completing a value of this type asks no resolver; None where columns cannot."""
        while type.__class__ in (GraphQLNonNull, GraphQLList):
            type = type.of_type
        if is_leaf_type(type):
            return True
        one = type.__class__ is GraphQLObjectType
        of: Sequence[Type] = [type] if one else self.schema.get_possible_types(type)
        selections = [self._fields(it, self.collect_subfields(it, nodes)[0]) for it in of]
        if not all(whole for _, whole in selections):
            return None
        return all(it.plain for fields, _ in selections for it in fields)


Part = Callable[[], Coroutine[Any, Any, Done]]


async def _in_turn(parts: Sequence[Part[Done]]) -> list[Done]:
    """What each answers, one after the other."""
    return [await part() for part in parts]


async def _together(parts: Sequence[Part[Done]]) -> list[Done]:
    """What each answers, all under way at once."""
    if len(parts) < 2:
        return await _in_turn(parts)
    done = await asyncio.gather(*(part() for part in parts), return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return cast("list[Done]", done)


def _at_once(done: Coroutine[Any, Any, Done]) -> Done:
    """What a coroutine answers that waits for nothing."""
    try:
        done.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError


def _is_method(field: StrawberryField) -> bool:
    """Whether a resolver takes its object as self, and no extension stands before it."""
    resolver = cast("Any", field).base_resolver
    extended = any(extension.has_resolver for extension in field.extensions)
    return bool(resolver and resolver.self_parameter) and not extended


def _converted(field: StrawberryField, info: Any, arguments: Any) -> dict[str, Any]:
    """What a resolver is called with, converted once for all objects."""
    schema = info.schema._strawberry_schema
    _, keywords = get_arguments(
        field=field,
        source=None,
        info=schema.config.info_class(_raw_info=info, _field=field),
        kwargs=arguments,
        config=schema.config,
        scalar_registry=schema.schema_converter.scalar_registry,
    )
    return keywords


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
    return issubclass(of, BaseException | UndefinedType) or hasattr(of, "__await__")


@cache
def _types(schema: GraphQLSchema) -> dict[type, GraphQLObjectType]:
    """The type of the objects of each class."""
    types = [it for it in schema.type_map.values() if isinstance(it, GraphQLObjectType)]
    return {_origin(it): it for it in types if _BACKREF in it.extensions}


def _origin(type: GraphQLObjectType) -> type:
    return type.extensions[_BACKREF].origin


def _definition(field: GraphQLField) -> StrawberryField:
    return field.extensions[_BACKREF]
