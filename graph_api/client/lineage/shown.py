"""What pictures and trees need of a lineage, so that they need not know the rest of it."""

from collections.abc import Sequence
from typing import Protocol

from graph_api.client.lineage.nodes import LineageEdge, LineageNode


class Shown(Protocol):
    """A lineage, as far as it is drawn."""

    @property
    def roots(self) -> Sequence[str]: ...
    @property
    def direction(self) -> str: ...
    @property
    def complete(self) -> bool: ...
    @property
    def incomplete_because(self) -> Sequence[str]: ...
    @property
    def nodes(self) -> Sequence[LineageNode]: ...
    @property
    def edges(self) -> Sequence[LineageEdge]: ...
