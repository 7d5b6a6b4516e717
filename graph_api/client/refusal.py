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


class PolicyViolated(Refused):
    """What was to be promoted breaks the project's policy, or came of what does.

    ``path`` has the ids along which data flows from there, as that of Tainted;
    ``client.policies.check`` lists all that stands against it.
    """

    def __init__(self, message: str, path: Iterable[str]) -> None:
        self.path = tuple(path)
        super().__init__(message, "POLICY_VIOLATED")


class PolicyUnknown(Refused):
    """Whether a promotion breaks the project's policy cannot be told.

    ``path`` leads from what the caller may not see; it is empty where the service ran out of time.
    """

    def __init__(self, message: str, path: Iterable[str]) -> None:
        self.path = tuple(path)
        super().__init__(message, "POLICY_UNKNOWN")


def refusal(message: str, code: str, path: Iterable[str] = ()) -> Refused:
    """The error of the service under its own class, where it has one."""
    match code:
        case "NOT_FOUND":
            return NotFound(message)
        case "NEEDED":
            return Needed(message, path)
        case "TAINTED":
            return Tainted(message, path)
        case "POLICY_VIOLATED":
            return PolicyViolated(message, path)
        case "POLICY_UNKNOWN":
            return PolicyUnknown(message, path)
        case _:
            return Refused(message, code)
