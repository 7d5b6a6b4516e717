"""The answer of a lineage walk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from graph_api.models import instant
from graph_api.models.edge import Edge, EdgeKind
from graph_api.models.entity import Kind
from graph_api.models.ledger import Moment
from graph_api.models.membership import Member
from graph_api.models.part import part
from graph_api.models.where import ALWAYS, Condition

Direction = Literal["UPSTREAM", "DOWNSTREAM", "BOTH"]
Rows = Literal["NODES", "EDGES"]
"""What a stream tells."""
Reason = Literal["DEPTH", "NODE_LIMIT", "TIMEOUT", "PERMISSION"]


@dataclass(frozen=True)
class Filter:
    """Of some entities those of these kinds (None: all), as far as the condition holds of them."""

    kinds: tuple[Kind, ...] | None = None
    condition: Condition = ALWAYS


@dataclass(frozen=True)
class Where:
    """What a walk may follow and show; None: everything.

    ``edges`` and ``roles`` (of links) limit what is followed. ``stop_at`` ends the walk: what it
    lets through is shown, and what lies behind only where another way leads there. ``show_only``
    limits what is shown: the walk passes through the others. The roots are always shown and walked
    from, and what the viewer may not see is always walked through.
    """

    edges: tuple[EdgeKind, ...] | None = None
    roles: tuple[str, ...] | None = None
    stop_at: Filter | None = None
    show_only: Filter | None = None
    avoiding: frozenset[str] = frozenset()
    """Ids of what no walk comes to, seen or not."""

    @property
    def compares_the_present(self) -> bool:
        """Whether it asks for more than never changes."""
        filters = (it for it in (self.stop_at, self.show_only) if it is not None)
        return any(it.condition != ALWAYS for it in filters)


class Hop(Edge, frozen=True):
    """An edge that a walk met, and the project of its far end."""

    project_id: str | None


class Hops(BaseModel, frozen=True):
    """Edges by columns, in which no text is an empty one, and some fields of each far end."""

    sources: list[str]
    targets: list[str]
    kinds: list[EdgeKind]
    roles: list[str]
    reused: list[bool]
    vias: list[str]
    projects: list[str]
    fields: list[list[Any]]

    def ends_of(self, *, upstream: bool) -> tuple[list[str], list[str]]:
        """The near and the far ends."""
        return (self.targets, self.sources) if upstream else (self.sources, self.targets)

    def without(self, ids: frozenset[str], *, upstream: bool) -> "Hops":
        """Those whose far ends are none of these."""
        _, fars = self.ends_of(upstream=upstream)
        kept = [id not in ids for id in fars]
        columns = {name: [*compress(values, kept)] for name, values in vars(self).items()}
        return part(Hops, columns)

    def each(self) -> list[Hop]:
        """The edges, one by one."""
        names = "source", "target", "kind", "role", "reused", "via", "project_id"
        rows = zip(
            self.sources,
            self.targets,
            self.kinds,
            (role or None for role in self.roles),
            self.reused,
            (via or None for via in self.vias),
            (project or None for project in self.projects),
            strict=True,
        )
        # The columns are checked; Pydantic's own way is slow where there are many.
        return [part(Hop, dict(zip(names, row, strict=True))) for row in rows]


class Chosen(BaseModel, frozen=True):
    """Ids of entities that a filter let through."""

    ids: list[str]


@dataclass(frozen=True, order=True)
class Region:
    """What is connected and may not be seen, told by what it touches of what is shown.

    ``sources`` and ``targets`` are the entities, sorted, from which data flowed into it and into
    which it flowed on.
    """

    depth: int
    sources: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class ReachedModel:
    """A model of an answer: by one of its versions, or (None) because a link leads to it."""

    model_id: str
    member: Member | None = None

    @property
    def place(self) -> str:
        """A text that sorts as they lie: by model, then by index."""
        return f"{self.model_id}|{'' if self.member is None else f'{self.member.index:010d}'}"


@dataclass
class Lineage:
    """Entities by their depth (edges from the nearest root), in order of depth, then id.

    ``incomplete_because`` is empty exactly where the answer holds every entity that the walk could
    reach and every edge between those it shows. ``omitted`` are the entities that were seen but
    lie beyond a limit; further ones may lie behind them. ``hidden`` is sorted and holds no two
    that are alike; docs/lineage.md says what is told of the hidden. ``reached_by`` has, where that
    was asked, a bit for each of the distinct ``roots`` from which a walk comes to an entity.
    """

    as_of: Moment
    depths: dict[str, int] = field(default_factory=dict[str, int])
    edges: list[Edge] = field(default_factory=list[Edge])
    incomplete_because: list[Reason] = field(default_factory=list[Reason])
    omitted: set[str] = field(default_factory=set[str])
    hidden: list[Region] = field(default_factory=list[Region])
    roots: tuple[str, ...] = ()
    reached_by: dict[str, int] | None = None

    @classmethod
    def empty(cls) -> "Lineage":
        """Of nothing."""
        return cls(as_of=Moment(seq=0, at=instant.of(0)))

    def roots_of(self, id: str) -> list[str]:
        """The roots from which a walk comes to an entity; none where that was not asked."""
        bits = (self.reached_by or {}).get(id, 0)
        return [root for place, root in enumerate(self.roots) if bits >> place & 1]

    @cached_property
    def places(self) -> list[str]:
        """Texts that sort as the entities lie: depth, then id."""
        return [f"{depth:012d}|{id}" for id, depth in self.depths.items()]


@dataclass(frozen=True)
class Between:
    """The entities on the ways from a source to a target, and the edges between these.

    All ways, unless ``incomplete_because`` says TIMEOUT. What the viewer may not see is among them
    (PERMISSION): what is told of it is for the caller to know.
    """

    as_of: Moment
    source: str
    target: str
    edges: tuple[Edge, ...]
    hidden: frozenset[str]
    incomplete_because: tuple[Reason, ...]


@dataclass(frozen=True)
class Path:
    """A way along which data flowed, on which nothing comes twice."""

    ids: tuple[str, ...]
    """Of the entities on it that the viewer sees."""
    steps: tuple["Step", ...]

    @property
    def length(self) -> int:
        """Edges; those within what is hidden count nothing."""
        return sum(1 if step.edges else 2 for step in self.steps)


@dataclass(frozen=True)
class Step:
    """From one entity that the viewer sees to the next."""

    source: str
    target: str
    edges: tuple[Edge, ...]
    """Those between the two; none where the way leads through what the viewer may not see."""


FIELDS = "name", "version", "type", "state", "status", "created_at", "created_by"
"""The properties of an entity that a stream tells, where it has them."""


class Reached(NamedTuple):
    """An entity that a stream tells."""

    id: str
    depth: int
    """Edges from the nearest root."""
    project: str | None
    """The name of its project."""
    name: str | None
    version: str | None
    type: str | None
    state: str | None
    status: str | None
    created_at: int
    """Microseconds since 1970 UTC."""
    created_by: str

    @property
    def label(self) -> str:
        """What to call it."""
        name = self.name or ""
        return name if self.version is None else f"{name}:{self.version}"


Told = Sequence[Reached] | Sequence[Edge]
"""Some rows of a stream."""


@dataclass(frozen=True)
class End:
    """What is known once all of an answer is told, as of a :class:`Lineage`."""

    as_of: Moment
    incomplete_because: tuple[Reason, ...]
    hidden: tuple[Region, ...]
