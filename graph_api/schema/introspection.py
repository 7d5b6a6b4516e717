"""What an introspection amounts to. It is told exactly: what it asks is the schema itself."""

from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    is_type,
    value_from_ast_untyped,
)

META_FIELDS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


class Introspection:
    """Counts the fields of introspections in one document.

    Types refer to each other, so what is selected of one of them is counted once: the time grows
    with the size of the document and of the schema, not with that of the answer.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: dict[str, Any],
    ) -> None:
        self._info = SimpleNamespace(schema=schema)
        self._fragments, self._variables = fragments, variables
        self._known: dict[tuple[int, int], int] = {}

    def below(self, node: FieldNode) -> int:
        """How many fields are executed below ``__schema`` or ``__type``."""
        arguments = {
            argument.name.value: value_from_ast_untyped(argument.value, self._variables)
            for argument in node.arguments or ()
        }
        return self._below(node, META_FIELDS[node.name.value], None, arguments)

    def _below(
        self, node: FieldNode, field: GraphQLField, source: object, arguments: dict[str, Any]
    ) -> int:
        if not node.selection_set or not field.resolve:
            return 0
        found: object = field.resolve(source, self._info, **arguments)
        if found is None:
            return 0
        items = cast("Iterable[object]", found) if written(field).startswith("[") else (found,)
        return sum(self._of(node.selection_set, field, it) for it in items)

    def _of(self, selections: SelectionSetNode, field: GraphQLField, source: object) -> int:
        # Only types live as long as the schema; other things may get each other's addresses.
        key = (id(selections), id(source)) if is_type(source) else None
        if key and key in self._known:
            return self._known[key]
        fields = self._info.schema.type_map[written(field).strip("[]!")].fields
        count = 0
        for node in self._fields(selections):
            count += 1
            if node.selection_set:
                below: GraphQLField = fields[node.name.value]
                # What is deprecated counts whether it is asked for or not.
                all = dict.fromkeys(below.args.keys() & {"includeDeprecated"}, True)
                count += self._below(node, below, source, all)
        if key:
            self._known[key] = count
        return count

    def _fields(self, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                yield from self._fields(self._fragments[node.name.value].selection_set)


def written(field: GraphQLField) -> str:
    """The type of a field as it is written: ``[Run!]!``."""
    return str(field.type)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # it leaves out what lists are of
