"""What can become of webhooks. Administrators of their project read it: it has nothing hidden."""

from graph_api.errors.base import Forbidden, GraphApiError, NotFound


class NotTaken(GraphApiError):
    """A receiver answered with another status than one of success."""

    code = "NOT_TAKEN"

    def __init__(self, host: str, status: int) -> None:
        super().__init__(
            f"{host} answered {status}, and only 200 to 299 says that an event was taken."
        )


class GaveUp(GraphApiError):
    """A webhook that was disabled, since its receiver took nothing for days, or said it is gone."""

    code = "GAVE_UP"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why} So the webhook was disabled, and no event is skipped: once it is enabled by "
            "updateWebhook, it goes on where it was."
        )


class MakerEnded(Forbidden):
    """The key by which a webhook was made lets nobody in any more."""

    def __init__(self) -> None:
        GraphApiError.__init__(
            self,
            "The API key by which this was made, or changed last, lets nobody in any more, so the "
            "webhook was disabled. Enable it by updateWebhook, with a key that may, to go on where "
            "it was.",
        )


class OutOfSight(NotFound):
    """What a webhook is about cannot be seen by whoever made it."""

    def __init__(self) -> None:
        super().__init__(
            "What this is about cannot be seen by whoever made it, or changed it last; name "
            "another entity as `of` by updateWebhook, or have it moved back."
        )
