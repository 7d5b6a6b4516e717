"""The service's refusals, each under its own class where it has one."""

from collections.abc import Iterable

from graph_api.client.errors import Needed, NotFound, Refused


class Tainted(Refused):
    """What was to be promoted came of something that was withdrawn.

    ``path`` has the ids along which data flows from there; ``(hidden)`` stands for what the caller
    may not see.
    """

    def __init__(self, message: str, path: Iterable[str]) -> None:
        self.path = tuple(path)
        super().__init__(message, "TAINTED")


def refusal(message: str, code: str, path: Iterable[str] = ()) -> Refused:
    """The error of the service under its own class, where it has one."""
    match code:
        case "NOT_FOUND":
            return NotFound(message)
        case "NEEDED":
            return Needed(message, path)
        case "TAINTED":
            return Tainted(message, path)
        case _:
            return Refused(message, code)
