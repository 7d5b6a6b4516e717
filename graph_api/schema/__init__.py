"""The GraphQL API: one module per entity, put together here."""

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext

from graph_api.schema.artifact import ArtifactQueries
from graph_api.schema.artifact_collection import (
    ArtifactCollectionMutations,
    ArtifactCollectionQueries,
)
from graph_api.schema.dataset import DatasetMutations, DatasetQueries
from graph_api.schema.draft import DraftMutations
from graph_api.schema.errors import HANDLERS, ErrorCodes
from graph_api.schema.execution import RunMutations
from graph_api.schema.experiment import ExperimentMutations, ExperimentQueries
from graph_api.schema.lineage import LineageQueries
from graph_api.schema.link import LinkMutations
from graph_api.schema.member import MemberMutations
from graph_api.schema.model import ModelMutations, ModelQueries
from graph_api.schema.node import NodeQueries
from graph_api.schema.organization import OrganizationQueries
from graph_api.schema.project import ProjectMutations, ProjectQueries
from graph_api.schema.run import RunQueries
from graph_api.schema.scalars import SCALARS

Query = merge_types(
    "Query",
    (
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
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        ProjectMutations,
        ArtifactCollectionMutations,
        DraftMutations,
        ExperimentMutations,
        RunMutations,
        ModelMutations,
        DatasetMutations,
        MemberMutations,
        LinkMutations,
    ),
)


class Schema(strawberry.Schema):
    """The schema; what goes wrong is logged in one place, by :class:`ErrorCodes`."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing more."""


schema = Schema(
    Query,
    Mutation,
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[ErrorCodes, ParserCache, ValidationCache],
    exception_handlers=HANDLERS,
)
