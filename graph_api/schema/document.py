"""Documents: parsed and validated once, and refused where they are too large to be looked at.

1. A long text is parsed only where it has no more tokens than may be: to count them takes a
   hundredth of the time.
2. The size is measured before any rule of the validation sees the document, since some of those
   rules take time that grows with the square of it, or worse. Each fragment is measured once,
   however often it is spread.
3. Only then is it validated. Both results are kept for the next request with the same text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import ExecutionContext

from graph_api.errors import DocumentTooLarge
from graph_api.schema.context import Context
from graph_api.schema.hints import NoIntrospection
from graph_api.settings import Limits


@dataclass(frozen=True)
class Size:
    """What a selection amounts to with every fragment in its place."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    spreads: int = 0

    def beside(self, other: "Size") -> "Size":
        """The size of both together."""
        return Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.spreads + other.spreads,
        )


class Parsing(ParserCache):
    """Parses a document of at most so many tokens."""

    def on_parse(self) -> Iterator[None]:
        """GraphQLError where the document is none, or too large."""
        context, limits = self.execution_context, _limits(self.execution_context)
        most = limits.document_tokens
        if has_more_tokens(context.query or "", most):
            raise _error(DocumentTooLarge("tokens", None, most))
        try:
            parsed = self.cached_parse_document(context.query)
        except GraphQLSyntaxError as error:
            # The parser has no other name for this limit than these words.
            if "nested too deeply" in error.message:
                raise _error(DocumentTooLarge("levels", None, limits.document_depth)) from error
            raise
        context.graphql_document = parsed
        yield


# GraphQL, 2.1: what is no comment is a token; each kind of them is a regular language.
_LEXEMES = re.compile(
    r"""\#[^\n\r]* | (
      \"{3} (?: \\"{3} | [^"] | "(?!"") )* \"{3} | " (?: \\. | [^"\\\n\r] )* "
      | [A-Za-z_][A-Za-z_0-9]* | -?[0-9]+ (?: \.[0-9]+ )? (?: [eE][+-]?[0-9]+ )?
      | \.\.\. | [!$&()=:@\[\]{|}?] )""",
    re.VERBOSE,
)


def has_more_tokens(text: str, most: int) -> bool:
    """Whether a text has more tokens than so many."""
    if len(text) <= most:
        return False
    tokens = (it for it in _LEXEMES.finditer(text) if it.lastindex)
    return next(islice(tokens, most, None), None) is not None


class Validation(ValidationCache):
    """Validates a document that is not too large, and has one operation that is meant."""

    def on_validate(self) -> Iterator[None]:
        """Leaves what is wrong with it in the context."""
        context = self.execution_context
        document = context.graphql_document
        assert document
        refused = _too_large(document, _limits(context))
        if not context.context.settings.introspection:
            context.validation_rules = (*context.validation_rules, NoIntrospection)
        operations = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
        named = context._provided_operation_name is not None  # pyright: ignore[reportPrivateUsage]  # the public one is that of the first
        if refused:
            context.pre_execution_errors = [_error(refused)]
        elif len(operations) > 1 and not named:
            # Strawberry would execute the first; GraphQL, 6.1, has it refused.
            said = f"The document has {len(operations)} operations; name one by `operationName`."
            context.pre_execution_errors = [GraphQLError(said, operations)]
        elif said := _elsewhere(_meant(operations, context.operation_name), context.context):
            context.pre_execution_errors = [GraphQLError(said, operations)]
        else:
            yield from super().on_validate()
            return
        yield


def _meant(
    operations: list[OperationDefinitionNode], name: str | None
) -> list[OperationDefinitionNode]:
    """The operation that is named, or all."""
    return [it for it in operations if it.name and it.name.value == name] or operations


def _elsewhere(operations: list[OperationDefinitionNode], context: object) -> str | None:
    """Where operations are to be sent that are not carried out where they came."""
    lasting = isinstance(context, Context) and context.lasting
    if all((it.operation is OperationType.SUBSCRIPTION) is lasting for it in operations):
        return None
    if lasting:
        return "Queries and mutations are answered to a POST, as application/json."
    return "Events come by a WebSocket (graphql-transport-ws) or as text/event-stream."


def measured(document: DocumentNode) -> Size:
    """The size of a document's operations together."""
    fragments = fragments_of(document)
    known: dict[str, Size] = {}
    total = Size()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            total = total.beside(_definition(node, fragments, known, ()))
    return total


def _too_large(document: DocumentNode, limits: Limits) -> DocumentTooLarge | None:
    # First, as they are measured within each other.
    if (fragments := len(fragments_of(document))) > limits.document_fragments:
        return DocumentTooLarge("fragments", fragments, limits.document_fragments)
    size = measured(document)
    for what, found, most in (
        ("levels", size.depth, limits.document_depth),
        ("fields", size.fields, limits.document_fields),
        ("aliases", size.aliases, limits.document_aliases),
        ("directives", size.directives, limits.document_directives),
        ("spreads of fragments", size.spreads, limits.document_spreads),
    ):
        if found > most:
            return DocumentTooLarge(what, found, most)
    return None


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments that a document defines, by name."""
    definitions = document.definitions
    return {it.name.value: it for it in definitions if isinstance(it, FragmentDefinitionNode)}


def _definition(
    node: OperationDefinitionNode | FragmentDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    known: dict[str, Size],
    within: tuple[str, ...],
) -> Size:
    """The size of an operation or fragment, whose own fragments are measured before it."""
    for name in _spread(node.selection_set):
        # One that comes round to itself, or is not there, is for the validation to refuse.
        if name in fragments and name not in known and name not in within:
            known[name] = _definition(fragments[name], fragments, known, (*within, name))
    size = _selections(node.selection_set, known)
    return Size(directives=len(node.directives or ())).beside(size)


def _selections(selections: SelectionSetNode | None, known: dict[str, Size]) -> Size:
    total = Size()
    for node in selections.selections if selections else ():
        size = Size(directives=len(node.directives or ()))
        if isinstance(node, FieldNode):
            below = _selections(node.selection_set, known)
            own = Size(below.depth + 1, fields=1, aliases=int(node.alias is not None))
            size = size.beside(below).beside(own)
        elif isinstance(node, FragmentSpreadNode):
            spread = known.get(node.name.value, Size())
            size = size.beside(spread).beside(Size(spreads=1))
        elif isinstance(node, InlineFragmentNode):
            size = size.beside(_selections(node.selection_set, known))
        total = total.beside(size)
    return total


def _spread(selections: SelectionSetNode | None) -> Iterator[str]:
    for node in selections.selections if selections else ():
        if isinstance(node, FragmentSpreadNode):
            yield node.name.value
        elif isinstance(node, FieldNode | InlineFragmentNode):
            yield from _spread(node.selection_set)


def _limits(execution: ExecutionContext) -> Limits:
    context: Context = execution.context
    return context.settings


def _error(refused: DocumentTooLarge) -> GraphQLError:
    return GraphQLError(str(refused), original_error=refused)
