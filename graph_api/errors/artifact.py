"""What a call can get wrong about versions and their files."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from graph_api.errors.base import Conflict, Forbidden, GraphApiError, InvalidInput, NotFound, way


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


class AliasProtected(Forbidden):
    """An alias that only those may move who may administer its project."""

    code = "ALIAS_PROTECTED"

    def __init__(self, alias: str, project_id: str) -> None:
        self.alias = alias
        super().__init__("admin", project_id, f"To move the protected alias {alias!r}")


class AliasMoved(Conflict):
    """An alias points elsewhere by now than who takes it back believes."""

    code = "ALIAS_MOVED"

    def __init__(self, alias: str, believed: str | None, actual: str | None) -> None:
        super().__init__(
            f"The alias {alias!r} points at {actual or 'nothing'} by now, not at "
            f"{believed or 'nothing'}; look at its history, and say from where to take it back."
        )


class StageMoved(Conflict):
    """Another version is in a stage by now than who takes it back believes."""

    code = "STAGE_MOVED"

    def __init__(self, stage: str, believed: int | None, actual: int | None) -> None:
        there, named = (
            "no version" if index is None else f"version {index}" for index in (actual, believed)
        )
        super().__init__(
            f"In the stage {stage!r} is {there} by now, not {named}; look at its history, and say "
            "which one to take back."
        )


class NothingBefore(Conflict):
    """There is nothing to go back to."""

    code = "NOTHING_BEFORE"

    def __init__(self, what: str, way: str) -> None:
        super().__init__(f"{what} before that is still there; {way}.")


class NotADraft(Conflict):
    """A version's content never changes."""

    code = "NOT_A_DRAFT"

    def __init__(self, id: str, state: str) -> None:
        super().__init__(f"Artifact {id!r} is {state}; this can be done to a draft only.")


class NotCommitted(Conflict):
    """A draft has no content to read yet."""

    code = "NOT_COMMITTED"

    def __init__(self, id: str, state: str) -> None:
        super().__init__(f"Artifact {id!r} is {state}; its content can be read once COMMITTED.")


class Deleted(Conflict):
    """A version whose content can no longer be read, or not now."""

    code = "DELETED"

    def __init__(self, id: str, purge_at: datetime | None) -> None:
        super().__init__(
            f"Artifact {id!r} was deleted, and its bytes have gone; name another version."
            if purge_at is None
            else f"Artifact {id!r} was deleted; restore it before {purge_at.isoformat()}, when its "
            "bytes go."
        )


class Purged(Conflict):
    """A deleted version whose bytes have gone."""

    code = "PURGED"

    def __init__(self, id: str) -> None:
        super().__init__(f"The bytes of artifact {id!r} have gone; it cannot be restored.")


class Needed(GraphApiError):
    """Versions that are to be deleted, and that something needs."""

    code = "NEEDED"

    def __init__(self, path: Sequence[str], count: int) -> None:
        self.path = path
        others = "" if count == 1 else f", and along {count - 1:,} other way{'s' * (count > 2)}"
        super().__init__(
            f"Artifact {path[0]!r} is needed along {way(path)}{others}. The plan of its "
            "deletion tells why; take away what needs it, delete that, too, or force the deletion."
        )


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


class PartsMissing(Conflict):
    """An upload is to be completed of which parts have not arrived."""

    code = "PARTS_MISSING"

    def __init__(self, missing: list[int], count: int) -> None:
        self.missing = missing
        shown = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")
        super().__init__(
            f"{len(missing):,} of {count:,} parts have not arrived ({shown}); PUT them, then "
            "complete the upload."
        )

    @classmethod
    def check(cls, arrived: Iterable[int], count: int) -> None:
        """Raise it unless parts 1 to ``count`` have arrived."""
        if missing := sorted(set(range(1, count + 1)).difference(arrived)):
            raise cls(missing, count)


class WrongContent(InvalidInput):
    """What arrived is not the content that was announced; it does not count."""

    code = "WRONG_CONTENT"

    def __init__(self, what: str, size: int, sha256: str, got_size: int, got_sha256: str) -> None:
        super().__init__(
            f"{what} were to make {size} bytes with SHA-256 {sha256}, but make {got_size} bytes "
            f"with SHA-256 {got_sha256}; they do not count. Ask for the upload again, and send "
            "that content."
        )


class PackMissing(Conflict):
    """A pack is to be completed whose bytes have not arrived."""

    code = "PACK_MISSING"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"The pack {number} has not arrived: PUT its contents, one after the other, then "
            "complete it."
        )
