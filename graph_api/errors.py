"""What can go wrong, in the words of the domain. GraphQL and HTTP are not known here."""

from datetime import datetime
from typing import ClassVar


class GraphApiError(Exception):
    """Base of every error that a caller of the service can cause or should see."""

    code: ClassVar[str] = "INTERNAL"


class NotFound(GraphApiError):
    """What was named does not exist, or the viewer may not see it: the answers are the same."""

    code = "NOT_FOUND"


class InvalidInput(GraphApiError):
    """The call can never succeed as it stands."""

    code = "BAD_USER_INPUT"


class Conflict(GraphApiError):
    """The call does not fit what is there already."""

    code = "CONFLICT"


class StoreUnavailable(GraphApiError):
    """The graph or the byte store does not answer; the same call may work later."""

    code = "UNAVAILABLE"

    def __init__(self, store: str) -> None:
        self.store = store
        super().__init__(f"The {store} does not answer; try again in a few seconds.")


class TooSlow(GraphApiError):
    """The graph gave a statement up."""

    code = "TIMEOUT"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The graph had no answer after {seconds:g} seconds; ask for less at once."
        )


class BadInput(InvalidInput):
    """An argument is outside what it can be."""

    code = "BAD_USER_INPUT"


class BadCursor(BadInput):
    """A cursor that no list gave out."""

    def __init__(self, cursor: str) -> None:
        super().__init__(f"{cursor[:120]!r} is no cursor; take one from pageInfo or an edge.")


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


class BadPath(InvalidInput):
    """A path that no file of an artifact can have."""

    code = "BAD_PATH"

    def __init__(self, path: str, reason: str) -> None:
        shown = path if len(path) <= 120 else path[:117] + "…"
        super().__init__(f"The path {shown!r} {reason}.")


class PathTaken(InvalidInput):
    """Two different files of one artifact have the same path, or one is the other's folder."""

    code = "PATH_TAKEN"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The path {path!r} is given twice with different content (paths are compared in "
            "Unicode NFC), or as a file and as a folder."
        )


class BadMetadata(InvalidInput):
    """Metadata that cannot be stored."""

    code = "BAD_METADATA"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The metadata cannot be stored: {reason}.")


class UnknownVersion(NotFound):
    """The collection has no such version or alias."""

    def __init__(self, name: str, version: str) -> None:
        super().__init__(f"{name!r} has no version or alias {version!r}.")


class WrongType(InvalidInput):
    """A name is bound to another type by its first version."""

    code = "WRONG_TYPE"

    def __init__(self, name: str, type: str, bound: str) -> None:
        super().__init__(
            f"{name!r} holds artifacts of type {bound!r}, not {type!r}; take another name."
        )


class VersionTaken(Conflict):
    """The chosen version exists already, or an alias has its name."""

    code = "VERSION_TAKEN"

    def __init__(self, name: str, version: str, by: str) -> None:
        super().__init__(f"{name!r} already has {by} {version!r}.")


class BadVersion(InvalidInput):
    """A version that cannot be chosen."""

    code = "BAD_VERSION"

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(f"The version {version!r} cannot be chosen: {reason}.")


class BadAlias(InvalidInput):
    """An alias that cannot be given."""

    code = "BAD_ALIAS"

    def __init__(self, alias: str, reason: str) -> None:
        super().__init__(f"The alias {alias!r} cannot be given: {reason}.")


class KeyReused(Conflict):
    """An idempotency key came with another request before."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The idempotency key {key!r} came with another request before; make a new one."
        )


class NotADraft(Conflict):
    """A version's content never changes."""

    code = "NOT_A_DRAFT"

    def __init__(self, id: str, state: str) -> None:
        super().__init__(f"Artifact {id!r} is {state}; files are added to drafts only.")


class NotCommitted(Conflict):
    """A draft has no content to read yet."""

    code = "NOT_COMMITTED"

    def __init__(self, id: str, state: str) -> None:
        super().__init__(f"Artifact {id!r} is {state}; its content can be read once COMMITTED.")


class NeedsUpload(GraphApiError):
    """Files of a draft whose bytes are not in the store."""

    code = "NEEDS_UPLOAD"

    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        shown = ", ".join(map(repr, paths[:5])) + (", …" if len(paths) > 5 else "")
        super().__init__(
            f"{len(paths):,} of the draft's files have not arrived ({shown}); request their "
            "uploads again, PUT them, then commit."
        )


class WrongSize(InvalidInput):
    """A file is said to have another size than its content has."""

    code = "WRONG_SIZE"

    def __init__(self, path: str, size: int | None, actual: int) -> None:
        super().__init__(f"{path!r} is said to have {size} bytes; its content has {actual}.")


class BadDigest(InvalidInput):
    """A digest that no content has."""

    code = "BAD_DIGEST"

    def __init__(self, path: str, digest: str) -> None:
        super().__init__(
            f"{digest[:80]!r}, the SHA-256 of {path!r}, is not 64 lower-case hexadecimal digits."
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


class ObjectMissing(GraphApiError):
    """The byte store has no object under this key."""

    code = "BLOB_MISSING"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"The byte store has no object {key!r}.")


class BadKey(GraphApiError):
    """A key that no object of the byte store can have."""

    code = "BAD_KEY"

    def __init__(self, key: str) -> None:
        shown = key if len(key) <= 120 else key[:117] + "…"
        super().__init__(
            f"The key {shown!r} is not made of segments of A-Z, a-z, 0-9, '.', '_' and '-' "
            "joined by '/' (at most 1,024 characters, 255 each, none of them '.' or '..')."
        )


class UrlForged(GraphApiError):
    """A request on a blob that no URL of this service allows."""

    code = "URL_FORGED"

    def __init__(self, method: str, key: str) -> None:
        super().__init__(
            f"No signed URL allows this {method} of {key!r}: send the URL and every header that "
            "came with it exactly as they were given."
        )


class UrlExpired(GraphApiError):
    """A signed URL whose time is over."""

    code = "URL_EXPIRED"

    def __init__(self, key: str, expired_at: datetime) -> None:
        super().__init__(
            f"The URL of {key!r} expired at {expired_at.isoformat()}; ask for a new one."
        )


class LengthMissing(GraphApiError):
    """An upload without Content-Length."""

    code = "LENGTH_MISSING"

    def __init__(self, key: str) -> None:
        super().__init__(f"The upload of {key!r} says no Content-Length; a chunked one is refused.")


class WrongBytes(GraphApiError):
    """The bytes that came are not those that the URL was made for; nothing was stored."""

    code = "WRONG_BYTES"

    def __init__(self, key: str, size: int, sha256: str, got_size: int, got_sha256: str) -> None:
        super().__init__(
            f"{key!r} was to be {size} bytes with SHA-256 {sha256}, but {got_size} bytes with "
            f"SHA-256 {got_sha256} came; nothing was stored."
        )


class AlreadyStored(GraphApiError):
    """The byte store has an object under this key, which is never overwritten."""

    code = "ALREADY_STORED"

    def __init__(self, key: str) -> None:
        super().__init__(f"{key!r} is stored already and was left as it is.")


class RangeNotSatisfiable(GraphApiError):
    """A Range that begins behind the end of the object."""

    code = "RANGE_NOT_SATISFIABLE"

    def __init__(self, key: str, range: str, size: int) -> None:
        self.size = size
        super().__init__(f"{key!r} has {size} bytes, so there is nothing at {range!r}.")
