"""The GraphQL API: one module per entity, put together here."""

from contextlib import aclosing
from typing import Any

import strawberry
from graphql import GraphQLError, located_error
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StreamResult
from strawberry.types import ExecutionContext, ExecutionResult, get_object_definition
from strawberry.types.execution import PreExecutionError

from graph_api.schema import document, secret
from graph_api.schema.alias import AliasMutations
from graph_api.schema.approval import ApprovalMutations
from graph_api.schema.artifact import ArtifactQueries
from graph_api.schema.artifact_collection import (
    ArtifactCollectionMutations,
    ArtifactCollectionQueries,
)
from graph_api.schema.blob import BlobQueries
from graph_api.schema.change import Subscription
from graph_api.schema.context import Info
from graph_api.schema.cost import Costs
from graph_api.schema.dataset import DatasetMutations, DatasetQueries
from graph_api.schema.deadline import Deadline, Execution
from graph_api.schema.deletion import DeletionMutations, DeletionQueries
from graph_api.schema.difference import DifferenceQueries
from graph_api.schema.draft import DraftMutations
from graph_api.schema.errors import HANDLERS, code
from graph_api.schema.execution import RunMutations
from graph_api.schema.experiment import ExperimentMutations, ExperimentQueries
from graph_api.schema.expiry import ExpiryMutations
from graph_api.schema.hints import without_suggestion
from graph_api.schema.impact import ImpactQueries
from graph_api.schema.integration import IntegrationMutations, IntegrationQueries
from graph_api.schema.job import JobMutations, JobQueries
from graph_api.schema.lineage import LineageQueries
from graph_api.schema.link import LinkMutations
from graph_api.schema.member import MemberMutations
from graph_api.schema.model import ModelMutations, ModelQueries
from graph_api.schema.node import NodeQueries
from graph_api.schema.note import NoteMutations
from graph_api.schema.organization import OrganizationQueries
from graph_api.schema.path import PathQueries
from graph_api.schema.policy import PolicyMutations
from graph_api.schema.project import ProjectMutations, ProjectQueries
from graph_api.schema.read_only import ReadOnlyMutations
from graph_api.schema.run import RunQueries
from graph_api.schema.scalars import SCALARS
from graph_api.schema.search import SearchQueries
from graph_api.schema.summary import SummaryQueries
from graph_api.schema.upload import UploadMutations
from graph_api.schema.webhook import WebhookMutations, WebhookQueries
from graph_api.schema.withdrawal import WithdrawalMutations, WithdrawalQueries


@strawberry.type(description="What can be read.")
class Query(
    NodeQueries,
    OrganizationQueries,
    ProjectQueries,
    ArtifactCollectionQueries,
    ArtifactQueries,
    ExperimentQueries,
    RunQueries,
    ModelQueries,
    DatasetQueries,
    LineageQueries,
    SummaryQueries,
    PathQueries,
    DifferenceQueries,
    ImpactQueries,
    WithdrawalQueries,
    BlobQueries,
    DeletionQueries,
    SearchQueries,
    IntegrationQueries,
    JobQueries,
    WebhookQueries,
):
    pass


@strawberry.type(description="What can be changed.")
class Mutation(
    ProjectMutations,
    ArtifactCollectionMutations,
    DraftMutations,
    AliasMutations,
    UploadMutations,
    ExperimentMutations,
    RunMutations,
    ModelMutations,
    DatasetMutations,
    MemberMutations,
    LinkMutations,
    DeletionMutations,
    ExpiryMutations,
    NoteMutations,
    WithdrawalMutations,
    PolicyMutations,
    ApprovalMutations,
    ReadOnlyMutations,
    IntegrationMutations,
    JobMutations,
    WebhookMutations,
):
    pass


# What a mutation takes is said once, by the type of its one argument.
for field in get_object_definition(Mutation, strict=True).fields:
    for argument in field.arguments:
        argument.description = get_object_definition(argument.type, strict=True).description


class Schema(strawberry.Schema):
    """The schema; what goes wrong gets its code, and is logged, in one place."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Give each error its code, and leave out secrets, and suggestions that are not wanted."""
        if execution_context:
            secret.hide(errors, self._schema, execution_context)
        suggestions = execution_context is None or execution_context.context.settings.suggestions
        for error in errors:
            code(error)
            if not suggestions:
                error.message = without_suggestion(error.message)

    async def stream(self, *args: Any, **kwargs: Any) -> StreamResult:
        """The results of an operation; what breaks it off is the last one, and has its code."""
        return self._ended(await super().stream(*args, **kwargs))

    async def _ended(self, results: StreamResult) -> StreamResult:
        begun = False
        try:
            async with aclosing(results):
                async for result in results:
                    begun = True
                    yield result
        except Exception as error:
            found = error if isinstance(error, GraphQLError) else located_error(error)
            self.process_errors([found])
            of = ExecutionResult if begun else PreExecutionError
            yield of(data=None, errors=[found])


schema = Schema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(scalar_map=SCALARS, info_class=Info),
    extensions=[document.Parsing, document.Validation, Costs, Deadline],
    exception_handlers=HANDLERS,
    execution_context_class=Execution,
)
