"""What of entities a document asks for."""

from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionNode,
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
    names: set[str] = set()
    spread: set[str] = set()
    below: list[SelectionNode] = [*info.field_nodes]
    while below:
        selection = below.pop()
        if isinstance(selection, FragmentSpreadNode):
            if selection.name.value not in spread:
                spread.add(selection.name.value)
                below.extend(info.fragments[selection.name.value].selection_set.selections)
        elif isinstance(selection, FieldNode | InlineFragmentNode):
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            if selection.selection_set:
                below.extend(selection.selection_set.selections)
    return _READ.union(*(_SHOWN[name] for name in names & _SHOWN.keys()))
