"""What is told of the schema to those who do not know it."""

import re
from typing import Any

from graphql import FieldNode, GraphQLError, ValidationRule

from graph_api.errors import IntrospectionOff

_SUGGESTION = re.compile(r" Did you mean [^?]*\?")


class NoIntrospection(ValidationRule):
    """Refuses `__schema` and `__type`; `__typename` tells nothing that was not asked for."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Report them under any alias, in any fragment."""
        name = node.name.value
        if name in ("__schema", "__type"):
            off = IntrospectionOff(name)
            self.report_error(GraphQLError(str(off), node, original_error=off))


def without_suggestion(message: str) -> str:
    """What graphql-core says, but for the names that it guesses."""
    return _SUGGESTION.sub("", message)
