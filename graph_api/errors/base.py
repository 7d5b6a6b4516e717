"""The kinds of error, and those that any call can end with."""

import secrets
from collections.abc import Sequence
from typing import ClassVar


class GraphApiError(Exception):
    """Base of every error that a caller of the service can cause or should see."""

    code: ClassVar[str] = "INTERNAL"


class Incident(GraphApiError):
    """The fault is the service's, and its log tells the rest under the incident's id."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        super().__init__(f"Internal error; the service's log has it as incident {self.id}.")


class NotFound(GraphApiError):
    """What was named does not exist, or the viewer may not see it: the answers are the same."""

    code = "NOT_FOUND"


class InvalidInput(GraphApiError):
    """The call can never succeed as it stands."""

    code = "BAD_USER_INPUT"


class Conflict(GraphApiError):
    """The call does not fit what is there already."""

    code = "CONFLICT"


class NotPromoted(Conflict):
    """A version may not be promoted for what it is, or came of."""

    def __init__(self, message: str, path: Sequence[str]) -> None:
        self.path = path
        super().__init__(message)


class StoreUnavailable(GraphApiError):
    """The graph or the byte store does not answer; the same call may work later."""

    code = "UNAVAILABLE"

    def __init__(self, store: str) -> None:
        self.store = store
        super().__init__(f"The {store} does not answer; try again in a few seconds.")


class Unauthenticated(GraphApiError):
    """The request brings no key that lets it in."""

    code = "UNAUTHENTICATED"

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; send one as `Authorization: Bearer …`.")


class Forbidden(GraphApiError):
    """The viewer sees what the call is about, and may not do so with it."""

    code = "FORBIDDEN"

    def __init__(self, scope: str, project_id: str | None, doing: str = "This call") -> None:
        where = "the organization, where projects are made" if project_id is None else project_id
        super().__init__(
            f"{doing} takes the scope {scope!r} in {where}, which your key does not grant; ask "
            "whoever runs the service for one that does."
        )


class TooSlow(GraphApiError):
    """The graph gave a statement up."""

    code = "TIMEOUT"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The graph had no answer after {seconds:g} seconds; ask for less at once."
        )


class DeadlineExceeded(GraphApiError):
    """The request took too long; what it did in the graph was ended."""

    code = "DEADLINE_EXCEEDED"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The request was not done within {seconds:g} seconds (GRAPH_API_REQUEST_SECONDS) and "
            "was ended; ask for less at once. Of its mutations, the last may or may not be done."
        )


class BadInput(InvalidInput):
    """An argument is outside what it can be."""

    code = "BAD_USER_INPUT"


class QueryTooExpensive(InvalidInput):
    """A GraphQL operation could have more fields executed than one request may."""

    code = "QUERY_TOO_EXPENSIVE"

    def __init__(self, cost: int, most: int) -> None:
        super().__init__(
            f"The operation costs {cost:,}; it can cost {most:,} (GRAPH_API_COST). Ask for smaller "
            "pages, or split it into several requests."
        )


class DocumentTooLarge(InvalidInput):
    """A GraphQL document would take too long to look at; its parts are told by ``what``."""

    code = "DOCUMENT_TOO_LARGE"

    def __init__(self, what: str, found: int | None, most: int) -> None:
        # A few fragments that spread each other amount to numbers of many digits.
        has = f"more than {most:,}" if found is None or found > 10**9 else f"{found:,}"
        super().__init__(
            f"The document has {has} {what}; it can have {most:,}. Split it into several requests."
        )


def way(path: Sequence[str]) -> str:
    """Ids along which data flows, as a sentence holds them."""
    return " → ".join(path if len(path) <= 12 else [*path[:6], "…", *path[-5:]])
