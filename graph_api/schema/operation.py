"""Which operation of a document is executed."""

from collections.abc import Iterator

from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension


class OneOperation(SchemaExtension):
    """Refuses a document of several operations where none is named: GraphQL, 6.1.

    Strawberry would execute the first. It comes after what sets the errors of the validation.
    """

    def on_validate(self) -> Iterator[None]:
        """Before the execution; the document has been parsed by then, or is none."""
        context = self.execution_context
        document = context.graphql_document
        if document and context._provided_operation_name is None:  # pyright: ignore[reportPrivateUsage]  # the name that holds is the first one's
            found = [
                one for one in document.definitions if isinstance(one, OperationDefinitionNode)
            ]
            if len(found) > 1:
                said = f"The document has {len(found)} operations; name one by `operationName`."
                context.pre_execution_errors = [GraphQLError(said, found)]
        yield
