"""What of entities a document asks for."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionNode,
    Undefined,
    value_from_ast_untyped,
)
from strawberry.utils.str_converters import to_camel_case

from graph_api.models.columns import ROWS

# What resolvers read of the entity that they belong to.
_READ = frozenset({"id", "project_id", "organization_id", "collection_id", "experiment_id"})

# The fields of rows that a field of the schema shows.
_SHOWN = {
    **{to_camel_case(name): {name} for row in ROWS.values() for name in row.model_fields},
    "label": {"name", "version"},
    "startedAt": {"started_at", "created_at"},
}


def asked(info: GraphQLResolveInfo[Any]) -> frozenset[str]:
    """The fields of entities that the selection below a field may show, of whatever kind.

    It goes by the names alone, however deep they are: a field too many costs little.
    """
    names = {field.name.value for field in _fields(info, info.field_nodes, deep=True)}
    return _READ.union(*(_SHOWN[name] for name in names & _SHOWN.keys()))


def selects(info: GraphQLResolveInfo[Any], name: str) -> bool:
    """Whether a field of this name is anywhere below a field."""
    return any(field.name.value == name for field in _fields(info, info.field_nodes, deep=True))


def cursors(info: GraphQLResolveInfo[Any], lists: Sequence[str]) -> set[str]:
    """The cursors that pages of lists are asked for by, which lie right below a field."""
    pages = (arguments for name, arguments in _below(info) if name in lists)
    given = {page[end] for page in pages for end in ("after", "before") if end in page}
    return {cursor for cursor in given if isinstance(cursor, str)}


def alone(info: GraphQLResolveInfo[Any], list: str, *others: str) -> Sequence[dict[str, Any]]:
    """The arguments of each page of a list right below a field; none where it asks for more.

    Fields of the other names may be there.
    """
    below = [*_below(info)]
    if {name for name, _ in below} - {list, *others, "__typename"}:
        return []
    return [arguments for name, arguments in below if name == list]


def selects_below(info: GraphQLResolveInfo[Any], name: str) -> bool:
    """Whether a field of this name is right below a field."""
    return any(found == name for found, _ in _below(info))


def _below(info: GraphQLResolveInfo[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The names of the fields right below a field, and the arguments that they are given."""
    # Its type says something else than Strawberry gives it.
    variables = cast("dict[str, Any]", info.variable_values)
    sets = [it.selection_set for it in info.field_nodes]
    below = [selection for it in sets if it for selection in it.selections]
    for field in _fields(info, below, deep=False):
        given = {
            argument.name.value: value_from_ast_untyped(argument.value, variables)
            for argument in field.arguments or ()
        }
        # A variable that was not sent is as if the argument were not there.
        sent = {name: value for name, value in given.items() if value is not Undefined}
        yield field.name.value, sent


def _fields(
    info: GraphQLResolveInfo[Any], selections: Sequence[SelectionNode], *, deep: bool
) -> Iterator[FieldNode]:
    """The fields that are selected, fragments in their places; with those below them if deep."""
    spread: set[str] = set()
    below = [*selections]
    while below:
        selection = below.pop()
        if not _included(info, selection):
            continue
        if isinstance(selection, FragmentSpreadNode):
            if selection.name.value not in spread:
                spread.add(selection.name.value)
                below.extend(info.fragments[selection.name.value].selection_set.selections)
        elif isinstance(selection, FieldNode | InlineFragmentNode):
            if isinstance(selection, FieldNode):
                yield selection
                if not deep:
                    continue
            if selection.selection_set:
                below.extend(selection.selection_set.selections)


def _included(info: GraphQLResolveInfo[Any], selection: SelectionNode) -> bool:
    """Whether ``@include`` and ``@skip`` let it be."""
    variables = cast("dict[str, Any]", info.variable_values)
    for directive in selection.directives or ():
        wanted = {"include": True, "skip": False}.get(directive.name.value)
        for argument in directive.arguments or ():
            said = value_from_ast_untyped(argument.value, variables)
            if wanted is not None and said is not wanted:
                return False
    return True
