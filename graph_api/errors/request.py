"""Why a request is not looked into."""

import math

from graph_api.errors.base import GraphApiError, InvalidInput


class ForeignPage(GraphApiError):
    """A browser sends the request for a page of another origin."""

    code = "CSRF"

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"A browser sends this for {origin}: send the header `X-Graph-Api: 1` with it, or a "
            "POST of application/json. GRAPH_API_CORS_ORIGINS names pages that may do so without."
        )


class Misdirected(GraphApiError):
    """The request is for a host that this service does not go by."""

    code = "MISDIRECTED"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"This service does not go by the name {host[:100]!r}; GRAPH_API_ALLOWED_HOSTS gives "
            "it others."
        )


class TooBusy(GraphApiError):
    """As many requests as can be are under way; nothing of this one was carried out."""

    code = "TOO_BUSY"
    retry_after = 1
    """Seconds."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} requests are under way, the most at once (GRAPH_API_CONCURRENT_REQUESTS); "
            f"try again in {self.retry_after} second."
        )


class BodiesTooLarge(TooBusy):
    """The bodies of the requests under way take as much memory as they may."""

    def __init__(self, most: int) -> None:
        GraphApiError.__init__(
            self,
            f"The requests under way have bodies of {most:,} bytes, the most at once; try again "
            f"in {self.retry_after} second.",
        )


class TooManyConnections(TooBusy):
    """As many connections that last as can be are open."""

    def __init__(self, most: int, each: int) -> None:
        GraphApiError.__init__(
            self,
            f"{most:,} connections are open, or {each:,} of one user, the most at once "
            f"(GRAPH_API_CONNECTIONS); try again in {self.retry_after} second.",
        )


class TooManyStreams(TooBusy):
    """As many lineage answers as can be are streamed."""

    def __init__(self, most: int, each: int) -> None:
        GraphApiError.__init__(
            self,
            f"{most:,} lineage answers are streamed, or {each:,} to one user, the most at once "
            f"(GRAPH_API_STREAMS); try again in {self.retry_after} second.",
        )


class TooManyOperations(TooBusy):
    """As many operations as can be are under way over one WebSocket."""

    def __init__(self, most: int) -> None:
        GraphApiError.__init__(
            self,
            f"{most} operations are under way over this socket, the most at once; end one, or open "
            "another socket.",
        )


class RateLimited(GraphApiError):
    """A user asks faster than is agreed; nothing of this request was carried out."""

    code = "RATE_LIMITED"

    def __init__(self, rate: float, seconds: float) -> None:
        self.retry_after = math.ceil(seconds)
        super().__init__(
            f"A user can send {rate:g} requests per second (GRAPH_API_RATE); send the next in "
            f"{seconds:.3g} seconds."
        )


class IntrospectionOff(InvalidInput):
    """The schema is not told by the service itself."""

    code = "INTROSPECTION_OFF"

    def __init__(self, field: str) -> None:
        super().__init__(
            f"`{field}` is not answered here (GRAPH_API_INTROSPECTION is false); the schema is the "
            "file schema.graphql of graph-api."
        )
