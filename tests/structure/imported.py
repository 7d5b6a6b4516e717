"""Gates on what a tree says once it is imported: rows and the GraphQL schema."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)
from pydantic import BaseModel

from graph_api import services
from graph_api.graph import Nothing, Query
from graph_api.schema import schema
from tests.structure.codes import the_page_of_codes_is_whole
from tests.structure.source import Statement


def queries() -> list[Query[Any]]:
    """Every statement with its row, by name."""
    found: dict[str, Query[Any]] = {}
    for module in pkgutil.walk_packages(services.__path__, "graph_api.services."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, Query):
                found[value.name] = value
    return [query for _, query in sorted(found.items())]


def rows_have_the_names_returned(root: Path) -> list[str]:
    """What a statement returns are the fields of its row, which is one of ``models/``."""
    return [violation for query in queries() for violation in _row(query)]


def _row(query: Query[Any]) -> Iterator[str]:
    statement = Statement(query.name, query.text)
    path, row = f"cypher/{query.name}.cypher", query.row
    if row is Nothing:
        if statement.returned is not None:
            yield f"{path} returns {_list(statement.returned)}; its row is Nothing."
        return
    if not row.__module__.startswith("graph_api.models."):
        yield f"{row.__module__}.{row.__name__} is a row of {path}; rows lie in models/."
    if statement.returned is None:
        yield f"{path} returns nothing; its row is {row.__name__}."
        return
    yield from _differences(path, statement.returned, row)
    for name, keys in statement.collected.items():
        if field := row.model_fields.get(name):
            yield from _differences(path, keys, get_args(field.annotation)[0])


def _differences(path: str, returned: list[str], row: type[BaseModel]) -> Iterator[str]:
    if missing := sorted(row.model_fields.keys() - set(returned)):
        yield f"{path} does not return {_list(missing)} of {row.__name__}."
    if extra := sorted(set(returned) - row.model_fields.keys()):
        yield f"{path} returns {_list(extra)}, which {row.__name__} lacks."


def schema_file_is_current(root: Path) -> list[str]:
    """``schema.graphql`` is what the code says."""
    if (root / "schema.graphql").read_text("utf-8") == schema.as_str() + "\n":
        return []
    return ["schema.graphql is not the schema; run make schema."]


def everything_in_the_schema_is_described(root: Path) -> list[str]:
    """Every type, field, argument, input field, enum value and directive has a description."""
    return [
        f"{name} has no description."
        for name, thing in _described(schema._schema)  # pyright: ignore[reportPrivateUsage]  # strawberry has no public way
        if not thing.description
    ]


def _described(graphql: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    for directive in graphql.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive
            for name, argument in directive.args.items():
                yield f"@{directive.name}({name})", argument
    for type in graphql.type_map.values():
        if is_introspection_type(type) or is_specified_scalar_type(type):
            continue
        yield type.name, type
        if isinstance(type, GraphQLEnumType):
            for name, value in type.values.items():
                yield f"{type.name}.{name}", value
        if isinstance(type, GraphQLInputObjectType):
            for name, field in type.fields.items():
                yield f"{type.name}.{name}", field
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type.fields.items():
                yield f"{type.name}.{name}", field
                for argument_name, argument in field.args.items():
                    yield f"{type.name}.{name}({argument_name})", argument


def _list(names: list[str]) -> str:
    return ", ".join(names)


GATES = (
    rows_have_the_names_returned,
    schema_file_is_current,
    everything_in_the_schema_is_described,
    the_page_of_codes_is_whole,
)
