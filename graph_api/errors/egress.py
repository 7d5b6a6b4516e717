"""What becomes of requests to addresses that users give. No message says where a name leads."""

from graph_api.errors.base import GraphApiError


class AddressRefused(GraphApiError):
    """The service does not connect there."""

    code = "ADDRESS_REFUSED"

    def __init__(self, host: str, why: str) -> None:
        super().__init__(
            f"{host} {why}, so nothing was sent. Whoever runs the service can allow a network by "
            "GRAPH_API_EGRESS_ALLOW."
        )


class NoAnswer(GraphApiError):
    """Nobody there has answered as HTTP does."""

    code = "NO_ANSWER"

    def __init__(self, host: str, what: str) -> None:
        super().__init__(f"{host} gave no answer {what}.")
