"""What can be asked of the lineage of things."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from graph_api.client.as_of import AsOf
from graph_api.client.connection import Connection
from graph_api.client.entity import Entity
from graph_api.client.lineage import (
    CollapseBy,
    Lineage,
    LineageDiff,
    LineageEdge,
    LineageNode,
    LineagePath,
    LineageStream,
    LineageSummary,
    difference,
    fetch,
    paths,
    summary,
)

Way = Literal["UPSTREAM", "DOWNSTREAM"]
Direction = Literal["UPSTREAM", "DOWNSTREAM", "BOTH"]


class LineageQuestions(Connection, ABC):
    """A connection that answers questions about lineage."""

    @abstractmethod
    def resolve(self, thing: str | Entity) -> str:
        """The id of an object, of an id itself, or of the artifact that a reference names."""

    def lineage(
        self,
        *roots: str | Entity,
        direction: Direction = "BOTH",
        depth: int | None = None,
        where: Mapping[str, Any] | None = None,
        limit: int | None = None,
        as_of: AsOf | None = None,
        shared: bool = False,
    ) -> Lineage:
        """What the roots (references, ids, or objects of this package) came from and led to.

        ``where`` is as in GraphQL: ``{"showOnly": {"type": {"eq": "model"}}}``, with ``edges``,
        ``roles`` and ``stopAt`` besides. ``as_of`` is an earlier moment: the ``seq`` of an answer,
        or a time with its zone. ``shared`` shows, of one direction, only what every root reaches:
        common ancestors or descendants.
        """
        ids = [self.resolve(root) for root in roots]
        return fetch(
            self.api,
            ids,
            direction,
            depth=depth,
            where=where,
            limit=limit,
            as_of=as_of,
            shared=shared,
        )

    def lineage_summary(
        self,
        *roots: str | Entity,
        direction: Direction = "BOTH",
        depth: int | None = None,
        where: Mapping[str, Any] | None = None,
        as_of: AsOf | None = None,
        shared: bool = False,
        collapse_by: CollapseBy | None = None,
    ) -> LineageSummary:
        """How much that is, without any of it; and, where ``collapse_by`` is given, as groups.

        COLLECTION draws versions together by collection, and runs by what they used and logged;
        TYPE, PROJECT and ROLE (of the links that lead from them) what their names say. All else is
        as in :meth:`lineage`.
        """
        ids = [self.resolve(root) for root in roots]
        return summary(
            self.api,
            ids,
            direction,
            depth=depth,
            where=where,
            as_of=as_of,
            shared=shared,
            collapse_by=collapse_by,
        )

    def lineage_paths(self, source: str | Entity, target: str | Entity) -> Iterator[LineagePath]:
        """The ways along which data flowed from one thing to another, the shortest first.

        They are found as you go: ``next(client.lineage_paths("scans:v1", model))``.
        """
        return paths(self.api, self.resolve(source), self.resolve(target))

    def lineage_diff(
        self, before: str | Entity, after: str | Entity, *, as_of: AsOf | None = None
    ) -> LineageDiff:
        """Why a version is not what an earlier one is, or a run: ``print`` it.

        Files, metadata, parameters, metrics, code, inputs, and all that they came of.
        """
        return difference(self.api, self.resolve(before), self.resolve(after), as_of)

    def lineage_nodes(
        self,
        *roots: str | Entity,
        direction: Way,
        depth: int | None = None,
        kinds: Sequence[str] | None = None,
        edges: Sequence[str] | None = None,
        as_of: AsOf | None = None,
    ) -> LineageStream[LineageNode]:
        """What the roots came from (UPSTREAM) or led to (DOWNSTREAM), however much that is.

        It is read as you go: ``for node in client.lineage_nodes(data, direction="DOWNSTREAM")``.
        """
        ids = [self.resolve(root) for root in roots]
        return LineageStream.nodes(self.api, ids, direction, depth, kinds, edges, as_of)

    def lineage_edges(
        self,
        *roots: str | Entity,
        direction: Way,
        depth: int | None = None,
        kinds: Sequence[str] | None = None,
        edges: Sequence[str] | None = None,
        as_of: AsOf | None = None,
    ) -> LineageStream[LineageEdge]:
        """The edges between these, likewise."""
        ids = [self.resolve(root) for root in roots]
        return LineageStream.edges(self.api, ids, direction, depth, kinds, edges, as_of)
