"""What an operation costs, told before any of it is executed.

1. Each field costs 1, and a few cost more (``_WEIGHTS``).
2. What lies below a list counts for each item that the list can have: a page by its ``first`` or
   ``last``, any other by ``LISTS``.
3. A fragment is reckoned once, however often it is spread: what it costs for each item of the page
   around it is kept apart, to be multiplied where the size of that page is known.

So no more fields are executed than the cost says; but some lists have no end, and count as if they
had the length in ``LISTS``. What is selected of different types of a union is added up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    get_operation_ast,
    is_leaf_type,
    value_from_ast_untyped,
)
from strawberry.extensions import SchemaExtension

from graph_api.errors import QueryTooExpensive
from graph_api.models.deletion import BLOCKERS
from graph_api.models.entity import KINDS
from graph_api.models.metric import DEFAULT_POINTS, MOST_POINTS
from graph_api.models.page import DEFAULT, MOST
from graph_api.models.policy import BARRIERS, FORBIDDEN_TAGS, REQUIRED_APPROVALS
from graph_api.schema.context import Context
from graph_api.schema.document import fragments_of
from graph_api.schema.introspection import META_FIELDS, Introspection, written

# What asks the stores for more than its rows: fields (of one type, where others are of that name,
# too), and the argument `where`.
_WEIGHTS: Mapping[str, int] = {
    "where": 10,
    "search": 10,
    "totalCount": 10,
    "files": 100,
    "file": 100,
    "downloads": 100,
    "downloadUrls": 100,
    "storage": 100,
    "lineage": 100,
    "lineagePaths": 100,
    "lineageSummary": 1_000,
    "impact": 200,
    "lineageDiff": 200,
    "policyCheck": 1_000,
    "tainted": 1_000,
    "taints": 1_000,
    "upstream": 100,
    "downstream": 100,
    "Lineage.models": 100,
    "diff": 200,
    "deletePlan": 200,
    "deleteArtifacts": 200,
}

# Items of the lists that are no pages: the argument that has one for each, or the most there are.
LISTS: Mapping[str, str | int] = {
    "Affected.models": 10,  # no end
    "Artifact.approvals": 10,  # no end
    "Artifact.downloads": "paths",
    "DeletePlan.artifacts": MOST,
    "DeletePlan.blockers": BLOCKERS,
    "Download.headers": 1,
    "EntityChange.entities": MOST,
    "ForbiddenTag.barriers": BARRIERS,
    "HistoryEntry.overwritten": 5,
    "LineageDiff.metadata": 10,  # no end
    "RunDifference.metadata": 10,  # no end
    "RunDifference.metrics": 10,  # no end
    "RunDifference.parameters": 10,  # no end
    "RunDifference.systemMetadata": 10,  # no end
    "Lineage.counts": 1_000,  # no end
    "Lineage.edges": 1_000,  # no end
    "Lineage.hidden": 1_000,  # no end
    "Lineage.omitted": len(KINDS),
    "LineagePath.nodes": 100,  # no end
    "LineagePath.steps": 100,  # no end
    "LineageStep.edges": 2,
    "LineageSummary.counts": 1_000,  # no end
    "LineageSummary.edgeCounts": 100,  # no end
    "LineageSummary.groupEdges": 1_000,  # no end
    "LineageSummary.hidden": 1_000,  # no end
    "LineageChange.entities": MOST,
    "PartsPayload.uploads": MOST,
    "Policy.forbiddenTags": FORBIDDEN_TAGS,
    "Policy.requiredApprovals": REQUIRED_APPROVALS,
    "Query.nodes": "ids",
    "RestorePayload.artifacts": MOST,
    "RunUpdate.runs": MOST,
    "Run.metrics": 10,  # no end
    **{f"{kind}.taints": 10 for kind in ("Entity", "Named", "Lockable", *KINDS.values())},  # no end
    "Upload.headers": 10,  # no end, but the store's
    "UploadsPayload.multipartUploads": MOST,
    "UploadsPayload.uploads": MOST,
    "Withdrawal.clearances": 10,  # no end
}

Composite = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True)
class Cost:
    """Of a selection: once, and for each item of the page that the field around it asks for."""

    once: int = 0
    each: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.once + other.once, self.each + other.each)


class Costs(SchemaExtension):
    """Refuses a valid operation that costs too much, and says what the others cost."""

    _cost: int | None = None

    def on_validate(self) -> Iterator[None]:
        """Leaves in the context what is wrong with the operation."""
        execution = self.execution_context
        document = execution.graphql_document
        assert document
        # To be reckoned, a document must be valid.
        operation = get_operation_ast(document, execution.operation_name)
        if operation and not execution.pre_execution_errors:
            fragments = fragments_of(document)
            schema = execution.schema._schema  # pyright: ignore[reportPrivateUsage]  # the core's own
            self._cost = cost(schema, operation, fragments, execution.variables or {})
            if self._cost > self._limit:
                refused = QueryTooExpensive(self._cost, self._limit)
                error = GraphQLError(str(refused), operation, original_error=refused)
                execution.pre_execution_errors = [error]
        yield

    def get_results(self) -> dict[str, object]:
        """The cost of what was executed."""
        return {} if self._cost is None else {"cost": {"cost": self._cost, "limit": self._limit}}

    @property
    def _limit(self) -> int:
        context: Context = self.execution_context.context
        return context.settings.cost


def cost(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> int:
    """The cost of a valid operation with these variables, which need not be valid."""
    defaults = {
        it.variable.name.value: value_from_ast_untyped(it.default_value)
        for it in operation.variable_definitions or ()
        if it.default_value
    }
    root = schema.get_root_type(operation.operation)
    assert root
    return _Reckoning(schema, fragments, defaults | dict(variables)).of(operation, root).once


class _Reckoning:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: dict[str, Any],
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables
        self._introspection = Introspection(schema, fragments, variables)
        self._known: dict[str, Cost] = {}

    def of(
        self,
        node: OperationDefinitionNode | FragmentDefinitionNode | InlineFragmentNode | FieldNode,
        type: GraphQLNamedType,
    ) -> Cost:
        selections: SelectionSetNode | None = node.selection_set
        found = selections.selections if selections else ()
        return sum((self._selection(it, type) for it in found if self._included(it)), Cost())

    def _selection(self, node: SelectionNode, type: GraphQLNamedType) -> Cost:
        if isinstance(node, FieldNode):
            return self._field(node, type)
        if isinstance(node, InlineFragmentNode):
            on = node.type_condition
            return self.of(node, self._schema.type_map[on.name.value] if on else type)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self._known:
            fragment = self._fragments[name]
            on = self._schema.type_map[fragment.type_condition.name.value]
            self._known[name] = self.of(fragment, on)
        return self._known[name]

    def _field(self, node: FieldNode, type: GraphQLNamedType) -> Cost:
        name = node.name.value
        if name in META_FIELDS:
            return Cost(1 + self._introspection.below(node))
        if name == "__typename" or not isinstance(type, Composite):
            return Cost(1)
        field = type.fields[name]
        named = self._schema.type_map[written(field).strip("[]!")]
        own = 1 + _WEIGHTS.get(f"{type.name}.{name}", _WEIGHTS.get(name, 0))
        own += _WEIGHTS["where"] * (self._argument(node, "where") is not None)
        own += self._length(node, "roots")
        if is_leaf_type(named):
            return Cost(own)
        below = self.of(node, named)
        inner = below.once + below.each * self._page(node, named)
        if not written(field).startswith("["):
            # A walk from all items of a page has each for a root.
            return Cost(own + inner, int(name == "downstream" and "pageInfo" in type.fields))
        if name in paged(type):
            return Cost(own, inner)
        items = LISTS[f"{type.name}.{name}"]
        if isinstance(items, str):
            items = self._length(node, items)
        return Cost(own + inner * items)

    def _page(self, node: FieldNode, type: GraphQLNamedType) -> int:
        """The size of the page that the field asks for, where its type has one."""
        if type.name == "Metric":
            return self._number(node, "maxPoints", MOST_POINTS) or DEFAULT_POINTS
        numbers = [self._number(node, name, MOST) for name in ("first", "last")]
        return max((it for it in numbers if it is not None), default=DEFAULT)

    def _number(self, node: FieldNode, name: str, most: int) -> int | None:
        """An argument; what is beyond its bounds is refused later, and has nothing below it."""
        found = self._argument(node, name)
        return int(max(0, min(found, most))) if isinstance(found, int | float) else None

    def _length(self, node: FieldNode, name: str) -> int:
        """How many an argument has; GraphQL takes a single one for a list of it."""
        found = self._argument(node, name)
        return len(found) if isinstance(found, list) else int(found is not None)  # pyright: ignore[reportUnknownArgumentType]  # of anything

    def _argument(self, node: FieldNode, name: str) -> object:
        for argument in node.arguments or ():
            if argument.name.value == name:
                found = value_from_ast_untyped(argument.value, self._variables)
                return None if found is Undefined else found
        return None

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            for argument in directive.arguments or ():
                given = value_from_ast_untyped(argument.value, self._variables)
                if name in ("skip", "include") and given is (name == "skip"):
                    return False
        return True


def paged(type: Composite) -> list[str]:
    """The lists of a type whose length is asked for by the field that gives it."""
    if type.name == "Metric":
        return ["points"]
    if "pageInfo" not in type.fields:
        return []
    return [name for name, field in type.fields.items() if written(field).startswith("[")]
