"""What every entity has: a kind, an id that names the kind, a creation, a place in its list."""

from typing import Annotated, Any, ClassVar, Literal, get_args

import orjson
from pydantic import BaseModel, BeforeValidator
from typeid import TypeID

from graph_api.errors import Deleted, WrongKind
from graph_api.models.instant import Instant

Kind = Literal[
    "Organization",
    "Project",
    "ArtifactCollection",
    "Artifact",
    "Experiment",
    "Run",
    "Model",
    "Dataset",
]

PREFIXES: dict[Kind, str] = {
    "Organization": "organization",
    "Project": "project",
    "ArtifactCollection": "artifact_collection",
    "Artifact": "artifact",
    "Experiment": "experiment",
    "Run": "run",
    "Model": "model",
    "Dataset": "dataset",
}
KINDS: dict[str, Kind] = {prefix: kind for kind, prefix in PREFIXES.items()}

assert set(PREFIXES) == set(get_args(Kind))


def _object(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else (value or {})


# The graph holds canonical JSON in one property.
Metadata = Annotated[dict[str, Any], BeforeValidator(_object)]


class Entity(BaseModel, frozen=True):
    """A node that lineage can reach, or the scope of one."""

    kind: ClassVar[Kind]

    id: str
    created_at: Instant
    created_by: str


class Described(Entity, frozen=True):
    """An entity with words about it."""

    description: str | None = None
    metadata: Metadata


class Named(Described, frozen=True):
    """An entity with a name of its own."""

    name: str


class NamedInProject(Named, frozen=True):
    """An entity whose name is its own within a project."""

    project_id: str


class Lockable(NamedInProject, frozen=True):
    """A name that artifacts come under, until it is made read-only."""

    read_only: Annotated[bool, BeforeValidator(bool)]


class ReadOnlyEntity(BaseModel, frozen=True):
    """An entity that is read-only."""

    id: str
    name: str


class Reference(BaseModel, frozen=True):
    """An entity that is known to exist, and where."""

    id: str
    kind: Kind
    project_id: str | None
    since: int
    """The seq with which it came to be."""
    deleted: int | None = None
    """The seq with which it was deleted, if it is."""
    purge_at: Instant | None = None
    """When its bytes go then; None once they have gone."""

    def check_living(self) -> None:
        """Raise Deleted where it is."""
        if self.deleted is not None:
            raise Deleted(self.id, self.purge_at)


def new_id(kind: Kind) -> str:
    """An id that says its kind and sorts by its time (TypeID over UUIDv7)."""
    return str(TypeID(prefix=PREFIXES[kind]))


def kind_of(id: str) -> Kind | None:
    """The kind that the id names, or None where it is no id of ours."""
    return KINDS.get(id.rpartition("_")[0])


def expect_kind(id: str, *kinds: Kind) -> str:
    """The id itself; WrongKind for one of another kind. Any other text is for a look-up to miss."""
    kind = kind_of(id)
    if kind is not None and kind not in kinds:
        raise WrongKind(id, kind, " or ".join(kinds))
    return id


def list_key(scope: str, id: str) -> str:
    """The indexed text by which the entities of a scope, such as a project, list by id."""
    return f"{scope}|{id}"


def name_key(scope: str, name: str, id: str) -> str:
    """The indexed text by which the entities of a scope list by name.

    The tab, which no name has, sorts a name before all that begin with it.
    """
    return f"{scope}|{name}\t{id}"
