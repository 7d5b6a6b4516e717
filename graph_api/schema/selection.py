"""What of entities a document asks for."""

from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionNode,
)
from strawberry.utils.str_converters import to_camel_case

from graph_api.models.columns import ROWS
from graph_api.schema.context import Info

# What resolvers read of the entity that they belong to.
_READ = frozenset({"id", "project_id", "organization_id", "collection_id", "experiment_id"})

# The fields of rows that a field of the schema shows.
_SHOWN = {
    **{to_camel_case(name): {name} for row in ROWS.values() for name in row.model_fields},
    "label": {"name", "version"},
    "startedAt": {"created_at"},
}


def asked(info: Info) -> frozenset[str]:
    """The fields of entities that the selection below a field may show, of whatever kind.

    It goes by the names alone, however deep they are: a field too many costs little.
    """
    raw = cast("GraphQLResolveInfo[Any]", info._raw_info)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]  # strawberry's own copies all
    names: set[str] = set()
    spread: set[str] = set()
    below: list[SelectionNode] = [*raw.field_nodes]
    while below:
        selection = below.pop()
        if isinstance(selection, FragmentSpreadNode):
            if selection.name.value not in spread:
                spread.add(selection.name.value)
                below.extend(raw.fragments[selection.name.value].selection_set.selections)
        elif isinstance(selection, FieldNode | InlineFragmentNode):
            if isinstance(selection, FieldNode):
                names.add(selection.name.value)
            if selection.selection_set:
                below.extend(selection.selection_set.selections)
    return _READ.union(*(_SHOWN[name] for name in names & _SHOWN.keys()))
