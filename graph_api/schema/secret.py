"""Secrets in variables, which no error repeats."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from graphql import GraphQLError, GraphQLSchema, get_operation_ast, get_variable_values
from strawberry.types import ExecutionContext


class _Unsaid(str):
    """A text that messages do not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


class _UnsaidNumber(int):
    """A number that messages do not show: a secret may be all digits."""

    def __repr__(self) -> str:
        return "…"


def hide(
    errors: Sequence[GraphQLError], schema: GraphQLSchema, execution: ExecutionContext
) -> None:
    """Take the texts of variables out of what is said of them, where one can be a secret.

    graphql-core repeats the whole of an input in which anything is wrong; so the same is asked of
    it with variables whose texts do not show.
    """
    document, variables = execution.graphql_document, execution.variables
    wrong = [error for error in errors if error.message.startswith("Variable '$")]
    if not (wrong and document and variables and "Integration" in (execution.query or "")):
        return
    operation = get_operation_ast(document, execution.operation_name)
    assert operation
    said = get_variable_values(schema, operation.variable_definitions or (), _unsaid(variables))
    others = said if isinstance(said, list) else []
    for error, other in zip_longest(wrong, others[: len(wrong)]):
        error.message = other.message if other else "A variable is not what it can be."


def _unsaid(value: Any) -> Any:
    if isinstance(value, str):
        return _Unsaid(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _UnsaidNumber(value)
    if isinstance(value, list):
        return [_unsaid(item) for item in value]  # pyright: ignore[reportUnknownVariableType]  # of anything
    if isinstance(value, dict):
        return {key: _unsaid(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]  # of anything
    return value
