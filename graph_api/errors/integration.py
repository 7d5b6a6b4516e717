"""What can go wrong with stored credentials. No message has any part of a secret."""

from graph_api.errors.base import Conflict, GraphApiError


class PlaceTaken(Conflict):
    """Another integration of the project signs for this bucket and prefix."""

    code = "PLACE_TAKEN"

    def __init__(self, bucket: str, prefix: str, name: str) -> None:
        super().__init__(
            f"The integration {name!r} of this project signs for s3://{bucket}/{prefix} already; "
            "update that one, or name a longer prefix."
        )


class EncryptionKeyMissing(GraphApiError):
    """The service has no key to encrypt a secret with."""

    code = "ENCRYPTION_KEY_MISSING"

    def __init__(self) -> None:
        super().__init__(
            "The service has no key to encrypt the secret with, so nothing was stored: whoever "
            "runs it sets GRAPH_API_ENCRYPTION_KEYS to the same on each of its machines; "
            "`openssl rand -base64 32` makes a key."
        )


class SecretUnreadable(GraphApiError):
    """A stored secret that none of the service's keys opens."""

    code = "SECRET_UNREADABLE"

    def __init__(self, what: str, key: str, again: str) -> None:
        super().__init__(
            f"The secret of {what} cannot be read: it was encrypted with the key {key}, which the "
            "service does not have, or was altered. Whoever runs the service adds that key to "
            "GRAPH_API_ENCRYPTION_KEYS, or an administrator of the project gives the secret again "
            f"by {again}."
        )
