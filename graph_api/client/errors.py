"""What can go wrong for a user of the client: each error has a code, a message and a next step."""

from collections.abc import Iterable
from pathlib import Path


class GraphApiError(Exception):
    """Base of every error of this package.

    ``code`` is stable and meant for programs, ``message`` says what happened, and ``next_step``,
    where there is one, what to do about it. ``str(error)`` holds message and next step.
    """

    def __init__(self, message: str, code: str, next_step: str | None = None) -> None:
        self.message, self.code, self.next_step = message, code, next_step
        super().__init__(f"{message} {next_step}" if next_step else message)


class Refused(GraphApiError):
    """The service understood the request and refused it; nothing was changed."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, code, _NEXT_STEPS.get(code))


class NotFound(Refused):
    """No such thing, or none that the caller may see."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "NOT_FOUND")


class Needed(Refused):
    """Something needs what was to be deleted.

    ``path`` has the ids along which data flows from there to the nearest thing that needs it;
    ``(hidden)`` stands for what the caller may not see.
    """

    def __init__(self, message: str, path: Iterable[str]) -> None:
        self.path = tuple(path)
        super().__init__(message, "NEEDED")


class Unreachable(GraphApiError):
    """Nothing answers at the address."""

    def __init__(self, url: str, reason: str, next_step: str) -> None:
        super().__init__(f"Cannot reach {url}: {reason}.", "UNREACHABLE", next_step)


class NotTheService(GraphApiError):
    """Something answers at the address, but not a graph-api service."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(
            f"{url} answered {status} without GraphQL in it.",
            "NOT_THE_SERVICE",
            "Is GRAPH_API_URL the address of a graph-api service?",
        )


class BadArgument(GraphApiError, ValueError):
    """An argument, or a combination of arguments, that means nothing."""

    def __init__(self, message: str, next_step: str | None = None) -> None:
        super().__init__(message, "BAD_USER_INPUT", next_step)


class ProjectMissing(GraphApiError, ValueError):
    """A call within a project, and no project was named."""

    def __init__(self) -> None:
        super().__init__(
            "No project is named.",
            "NO_PROJECT",
            "Name one: Client(…, project='name'), --project NAME, or set GRAPH_API_PROJECT.",
        )


class BadMetadata(GraphApiError, ValueError):
    """Metadata that is not JSON."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The metadata cannot be stored: {reason}.", "BAD_METADATA")


class FileMissing(GraphApiError, FileNotFoundError):
    """A local file or folder that is not there."""

    def __init__(self, path: Path, expected: str = "file") -> None:
        super().__init__(f"There is no {expected} {str(path)!r}.", "FILE_MISSING")


class NameMissing(GraphApiError, ValueError):
    """A stream, bytes or an object, which carry no name of their own, were added without one."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"A {kind} has no name of its own.", "NAME_MISSING", "Say add(…, name='…')."
        )


class PathTaken(GraphApiError, ValueError):
    """The draft has a file of this path."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The artifact already has a file {path!r}.",
            "PATH_TAKEN",
            "Pass overwrite=True to replace it.",
        )


class BadPath(GraphApiError, ValueError):
    """A path that no file of an artifact can have, or that would leave the target folder."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        super().__init__(f"The path {path!r} {reason}.", "BAD_PATH")


class NotADraft(GraphApiError):
    """The content of a logged version never changes."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is logged; its files cannot change.",
            "NOT_A_DRAFT",
            "new_draft() begins the next version with the same files.",
        )


class Sealed(GraphApiError):
    """The manifest of the draft has been read."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The manifest of {name} has been read; no files can be added or removed any more.",
            "SEALED",
        )


class NotLogged(GraphApiError):
    """A draft that exists on this machine only."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not logged yet.",
            "NOT_COMMITTED",
            "Log it first: run.log_artifact(artifact) or client.log_artifact(artifact).",
        )


class UnknownPath(GraphApiError, KeyError):
    """The artifact has no file of this path."""

    def __init__(self, artifact: str, path: str, close: Iterable[str] = ()) -> None:
        guesses = ", ".join(map(repr, close))
        super().__init__(
            f"{artifact} has no file {path!r}.",
            "NOT_FOUND",
            f"Did you mean {guesses}?" if guesses else None,
        )

    # KeyError would show the repr of the message.
    __str__ = Exception.__str__


class OnlyAReference(GraphApiError):
    """The bytes are not stored by the service, and nothing here can fetch them."""

    def __init__(self, path: str, reference: str) -> None:
        scheme = reference.partition(":")[0]
        super().__init__(
            f"{path!r} is a reference; its bytes are at {reference}, and nothing here fetches "
            f"{scheme!r}.",
            "REFERENCE",
            "Pass references=False (--no-references) to download only what is stored.",
        )


class RemoteRefused(GraphApiError):
    """Whatever has the bytes of a reference did not give them, or does not have them."""

    def __init__(self, uri: str, reason: str, *, signed: bool = False) -> None:
        self.uri = uri
        hint = "Is it there, and may this machine read it? (Credentials come from the environment.)"
        if signed:
            hint = "Is it there, and may the key of the project's integration for it get it?"
        super().__init__(f"{uri} cannot be read: {reason}.", "REMOTE_REFUSED", hint)


class RemoteChanged(GraphApiError):
    """A reference leads to other bytes than those that were logged; none of them were kept."""

    def __init__(self, path: str, uri: str, expected: str, actual: str) -> None:
        self.path, self.uri, self.expected, self.actual = path, uri, expected, actual
        super().__init__(
            f"{path!r} refers to {uri}, which had {expected} when it was logged and has {actual} "
            "now; nothing was kept.",
            "REMOTE_CHANGED",
            "Log it again, or pass references=False (--no-references) to download the rest.",
        )


class TooManyObjects(GraphApiError, ValueError):
    """A reference to a prefix or folder would make more entries than it may; none were made."""

    def __init__(self, uri: str, most: int) -> None:
        self.uri, self.most = uri, most
        super().__init__(
            f"There are more than {most:,} objects below {uri}.",
            "TOO_MANY_OBJECTS",
            "Pass max_objects=… for more, or collapse=True for one reference to all of them.",
        )


class SeveralFiles(GraphApiError, ValueError):
    """A call for artifacts of one file."""

    def __init__(self, artifact: str, count: int) -> None:
        super().__init__(
            f"{artifact} has {count:,} files, not one.",
            "NOT_ONE_FILE",
            "Use download() for all, or load(name) for one of them.",
        )


class WrongBytes(GraphApiError):
    """Bytes arrived that are not those of the version; none of them were kept."""

    def __init__(self, path: str, expected: str, actual: str) -> None:
        self.path, self.expected, self.actual = path, expected, actual
        super().__init__(
            f"{path!r} should have the SHA-256 {expected}, but what came has {actual}; "
            "nothing was kept.",
            "WRONG_BYTES",
            "Try again; if it stays, the stored object is damaged.",
        )


class FileChanged(GraphApiError):
    """A local file became another one after its hashing."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"{path!r} has changed since it was added; nothing was logged.",
            "FILE_CHANGED",
            "Add it again, with overwrite=True, once nothing writes to it.",
        )


class StoreRefused(GraphApiError):
    """The byte store did not take or give a file."""

    def __init__(self, method: str, path: str, status: int, body: str) -> None:
        super().__init__(
            f"The byte store answered {status} to the {method} of {path!r}: {body.strip()[:300]}",
            "STORE_REFUSED",
        )


class NamesCollide(GraphApiError):
    """The target's file system takes two of the version's names for one; nothing was written."""

    def __init__(self, pairs: list[tuple[str, str]], why: str) -> None:
        self.pairs = pairs
        shown = "; ".join(f"{first!r} and {second!r}" for first, second in pairs[:5])
        more = f" (and {len(pairs) - 5} more pairs)" if len(pairs) > 5 else ""
        super().__init__(
            f"{why}: {shown}{more}. Nothing was written.",
            "NAMES_COLLIDE",
            "Download to another file system, or fetch the zip.",
        )


class VerificationFailed(GraphApiError, ValueError):
    """A folder does not hold exactly the version's files."""

    def __init__(
        self,
        artifact: str,
        root: Path,
        different: dict[str, tuple[str, str]],
        missing: list[str],
        extra: list[str],
    ) -> None:
        self.different, self.missing, self.extra = different, missing, extra
        parts = [
            f"{path!r} should have the SHA-256 {expected} but has {actual}"
            for path, (expected, actual) in sorted(different.items())
        ]
        parts += [f"{path!r} is missing" for path in sorted(missing)]
        parts += [f"{path!r} is not part of it" for path in sorted(extra)]
        shown = "; ".join(parts[:10]) + (f"; and {len(parts) - 10} more" if len(parts) > 10 else "")
        super().__init__(f"{root} is not {artifact}: {shown}.", "VERIFICATION_FAILED")


class CannotSave(GraphApiError, ValueError):
    """An object has no file of that name that would give it back; nothing was added."""

    def __init__(self, kind: str, path: str, reason: str, next_step: str | None = None) -> None:
        super().__init__(
            f"An object of type {kind} cannot be saved as {path!r}: {reason}.",
            "CANNOT_SAVE",
            next_step or "Write a file by yourself, and add that.",
        )


class CannotRead(GraphApiError, ValueError):
    """Bytes are not what they should be, so nothing was made of them."""

    def __init__(self, what: str, reason: str, next_step: str | None = None) -> None:
        super().__init__(f"{what} cannot be read: {reason}.", "CANNOT_READ", next_step)


class WrongKey(GraphApiError, ValueError):
    """Bytes are encrypted with another key, or have changed since; nothing was made of them."""

    def __init__(self) -> None:
        super().__init__("The key is not that of these bytes, or they have changed.", "WRONG_KEY")


class UntrustedTypes(GraphApiError):
    """A saved object holds types that were not trusted; nothing of it was loaded."""

    def __init__(self, artifact: str, path: str, types: list[str]) -> None:
        self.types = types
        super().__init__(
            f"{path!r} of {artifact} holds types that are not trusted: {', '.join(types)}.",
            "UNTRUSTED_TYPES",
            "If you know them, pass trusted=[…] with their names.",
        )


class PickleRefused(GraphApiError):
    """An object is a pickle, and the caller did not ask for one; nothing of it was loaded."""

    def __init__(self, artifact: str, path: str) -> None:
        super().__init__(
            f"{path!r} of {artifact} is a pickle, which can run any code when it is loaded.",
            "PICKLE_REFUSED",
            "If you trust whoever made it, pass trust_pickle=True.",
        )


class PackageMissing(GraphApiError, ImportError):
    """A package that this one function needs is not installed."""

    def __init__(self, package: str, purpose: str, extra: str | None = None) -> None:
        of = f", which is in {extra}" if extra else ""
        super().__init__(
            f"{purpose} needs the package {package}{of}.",
            "PACKAGE_MISSING",
            f"Install it: pip install {package}",
        )


class SameContent(UserWarning):
    """The content was there already, so what was said of the new version was not stored."""


class ExpiresSoon(UserWarning):
    """A version is deleted soon, because no run has used it for long."""


class Collapsed(UserWarning):
    """There were too many objects to refer to each, so one reference stands for all."""


class PickleRisk(UserWarning):
    """A pickle is about to be loaded, and with it whatever code its maker put in."""


_NEXT_STEPS = {
    "DELETED": "As long as its bytes are there, restore() takes it back.",
    "NEEDED": "The plan is delete_plan() or --plan; force=True or --force deletes it all the same.",
    "UNAUTHENTICATED": "Set GRAPH_API_KEY, or pass api_key=… to Client.",
    "UNAVAILABLE": "The service is up, but one of its stores is not; try again in a few seconds.",
}
