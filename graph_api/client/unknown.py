"""What a client does not know that is offline."""

from graph_api.client.errors import GraphApiError


class Offline(GraphApiError):
    """Something that only the service can answer or do, asked of a client that is offline."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}, and this client is offline.",
            "OFFLINE",
            "Run `graph-api sync`, then ask a client that is not offline.",
        )


class UnknownOffline(Offline, AttributeError):
    """A part of a thing that is not known before the sync."""

    def __init__(self, thing: str, part: str) -> None:
        super().__init__(f"Only the service knows {part} of {thing}")
