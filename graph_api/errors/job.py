"""What can become of jobs."""

from graph_api.errors.base import Forbidden, GraphApiError, StoreUnavailable


class Cancelled(GraphApiError):
    """A job that somebody cancelled; what it had done stays."""

    code = "CANCELLED"

    def __init__(self, user: str, done: int, total: int) -> None:
        super().__init__(
            f"{user} cancelled it; what was done by then stays, {done:,} of {total:,}. Start it "
            "again to go on."
        )


class KeyEnded(Forbidden):
    """The key by which a job was asked for lets nobody in any more."""

    def __init__(self, reason: str) -> None:
        GraphApiError.__init__(
            self,
            f"The API key by which this was asked for {reason}; what was done by then stays. Start "
            "it again with another one to go on.",
        )


class InVain(StoreUnavailable):
    """A job that came no further, however often it was tried."""

    def __init__(self, tries: int) -> None:
        GraphApiError.__init__(
            self,
            f"The service came no further in {tries} tries, and its log says why; what was done by "
            "then stays. Have whoever runs it look there, then start it again to go on.",
        )


class RightsEnded(Forbidden):
    """A job that whoever started it may not do any more."""

    def __init__(self) -> None:
        GraphApiError.__init__(
            self,
            "Whoever started this may not do it any more; what was done by then stays. Start it "
            "again with a key that may to go on.",
        )
