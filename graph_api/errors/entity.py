"""What a call can get wrong about entities, runs, links and lists."""

from collections.abc import Sequence

from graph_api.errors.base import (
    BadInput,
    Conflict,
    GraphApiError,
    InvalidInput,
    NotFound,
    NotPromoted,
    way,
)


class BadCursor(BadInput):
    """A cursor that no list gave out."""

    def __init__(self, cursor: str) -> None:
        super().__init__(f"{cursor[:120]!r} is no cursor; take one from pageInfo or an edge.")


class CursorOfAnother(BadInput):
    """A cursor of another list, or of another order."""

    code = "CURSOR_OF_ANOTHER_LIST"

    def __init__(self, cursor: str) -> None:
        super().__init__(
            f"The cursor {cursor[:120]!r} is of another list or another order; begin without "
            "a cursor, or ask for the list and the order that gave it.",
        )


class BadFilter(InvalidInput):
    """A condition that no list can be asked for."""

    code = "BAD_FILTER"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The filter cannot be applied: {reason}.")


class UnknownId(NotFound):
    """No entity that the viewer may see has this id."""

    def __init__(self, kind: str, id: str) -> None:
        self.kind, self.id = kind, id
        super().__init__(f"No {kind} has the id {id!r}.")


class UnknownName(NotFound):
    """No entity that the viewer may see has this name."""

    def __init__(self, kind: str, name: str, within: str) -> None:
        self.kind, self.name, self.within = kind, name, within
        super().__init__(f"{within} has no {kind} named {name!r}.")


class WrongKind(InvalidInput):
    """The id is of another kind than the call takes."""

    code = "WRONG_KIND"

    def __init__(self, id: str, kind: str, expected: str) -> None:
        self.id, self.kind, self.expected = id, kind, expected
        super().__init__(f"{id!r} is an id of kind {kind}; this takes one of kind {expected}.")


class BadName(InvalidInput):
    """A name that cannot be given."""

    code = "BAD_NAME"

    def __init__(self, kind: str, name: str, reason: str) -> None:
        shown = name if len(name) <= 120 else name[:117] + "…"
        super().__init__(f"The {kind} name {shown!r} {reason}.")


class NameTaken(Conflict):
    """Another entity of this kind has the name already."""

    code = "NAME_TAKEN"

    def __init__(self, kind: str, name: str, within: str) -> None:
        super().__init__(f"{within} already has a {kind} named {name!r}.")


class ReadOnly(Conflict):
    """Nothing of what is read-only changes."""

    code = "READ_ONLY"

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        super().__init__(
            f"The {kind} {name!r} is read-only, and nothing in it changes; setReadOnly ends that."
        )


class AlreadyWithdrawn(Conflict):
    """It was withdrawn for another reason."""

    code = "ALREADY_WITHDRAWN"

    def __init__(self, id: str, reason: str) -> None:
        super().__init__(
            f"{id!r} is withdrawn already, for this reason: {reason!r}. Clear it of that first, or "
            "add a note to it."
        )


class NotWithdrawn(Conflict):
    """There is nothing to clear it of."""

    code = "NOT_WITHDRAWN"

    def __init__(self, id: str) -> None:
        super().__init__(f"{id!r} is not withdrawn; a clearance names the entity that was.")


class Tainted(NotPromoted):
    """A promotion of what came of something that was withdrawn."""

    code = "TAINTED"

    def __init__(self, path: Sequence[str], reason: str | None) -> None:
        because = "" if reason is None else f", for this reason: {reason!r}"
        super().__init__(
            f"{path[-1]!r} came of {path[0]!r}, which was withdrawn{because}; the way is "
            f"{way(path)}. Derive it anew without that, or have it cleared.",
            path,
        )


class NotSure(InvalidInput):
    """A deletion without both words for it."""

    code = "NOT_SURE"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(
            f"To delete the {kind} {name!r} takes two words; say sure: true and really: true."
        )


class BadMetadata(InvalidInput):
    """Metadata that cannot be stored."""

    code = "BAD_METADATA"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The metadata cannot be stored: {reason}.")


class KeyReused(Conflict):
    """An idempotency key came with another request before."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The idempotency key {key!r} came with another request before; make a new one."
        )


class RunEnded(Conflict):
    """The run has another final status already."""

    code = "RUN_ENDED"

    def __init__(self, id: str, status: str) -> None:
        super().__init__(f"Run {id!r} is {status} already; resume it to change that.")


class BadParameter(InvalidInput):
    """A parameter that is no scalar."""

    code = "BAD_PARAMETER"

    def __init__(self, key: str, kind: str) -> None:
        super().__init__(
            f"The parameter {key!r} is of type {kind}; a parameter is a string, a number, a "
            "boolean or null."
        )


class TooManyPoints(InvalidInput):
    """More points of metrics than one call takes."""

    code = "TOO_MANY_POINTS"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(f"{count:,} points came in one call; send at most {most:,} in each.")


class SearchTooLong(InvalidInput):
    """A text of more than a search takes."""

    code = "SEARCH_TOO_LONG"

    def __init__(self, count: int, most: int, unit: str) -> None:
        super().__init__(f"The text to search for has {count:,} {unit}; at most {most:,} go.")


class BadRole(InvalidInput):
    """A role that no link can be given."""

    code = "BAD_ROLE"

    def __init__(self, role: str) -> None:
        super().__init__(
            f"The role {role!r} is kept for members; register a model version or add a snapshot."
        )


class WouldCloseCycle(GraphApiError):
    """A link along which data would flow back to where it came from."""

    code = "WOULD_CLOSE_CYCLE"

    def __init__(self, path: list[str]) -> None:
        self.path = path
        shown = path if len(path) <= 12 else [*path[:6], "…", *path[-5:]]
        super().__init__(f"The link would close the cycle {' → '.join(shown)}.")


class NoMember(NotFound):
    """A Model or Dataset without what was asked for."""

    def __init__(self, id: str, index: int | None = None, stage: str | None = None) -> None:
        wanted = f" {index}" if index is not None else f" in stage {stage!r}" if stage else ""
        noun = "snapshot" if id.startswith("dataset") else "version"
        super().__init__(f"{id!r} has no {noun}{wanted}.")
