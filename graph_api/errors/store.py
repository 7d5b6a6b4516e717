"""What can go wrong with an object of the byte store."""

from datetime import datetime

from graph_api.errors.base import GraphApiError


class ObjectMissing(GraphApiError):
    """The byte store has no object under this key."""

    code = "BLOB_MISSING"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"The byte store has no object {key!r}.")


class UploadMissing(GraphApiError):
    """The byte store knows no such upload in parts: it is an object by now, or was given up."""

    code = "UPLOAD_MISSING"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"Nothing is on its way to {key!r} any more: ask for the upload again, which tells "
            "what is missing."
        )


class BadKey(GraphApiError):
    """A key that no object of the byte store can have."""

    code = "BAD_KEY"

    def __init__(self, key: str) -> None:
        shown = key if len(key) <= 120 else key[:117] + "…"
        super().__init__(
            f"The key {shown!r} is not made of segments of A-Z, a-z, 0-9, '.', '_' and '-' "
            "joined by '/' (at most 1,024 characters, 255 each, none of them '.' or '..')."
        )


class UrlForged(GraphApiError):
    """A request on a blob that no URL of this service allows."""

    code = "URL_FORGED"

    def __init__(self, method: str, key: str) -> None:
        super().__init__(
            f"No signed URL allows this {method} of {key!r}: send the URL and every header that "
            "came with it exactly as they were given."
        )


class UrlExpired(GraphApiError):
    """A signed URL whose time is over."""

    code = "URL_EXPIRED"

    def __init__(self, key: str, expired_at: datetime) -> None:
        super().__init__(
            f"The URL of {key!r} expired at {expired_at.isoformat()}; ask for a new one."
        )


class LengthMissing(GraphApiError):
    """An upload without Content-Length."""

    code = "LENGTH_MISSING"

    def __init__(self, key: str) -> None:
        super().__init__(f"The upload of {key!r} says no Content-Length; a chunked one is refused.")


class WrongBytes(GraphApiError):
    """The bytes that came are not those that the URL was made for; nothing was stored."""

    code = "WRONG_BYTES"

    def __init__(self, key: str, size: int, sha256: str, got_size: int, got_sha256: str) -> None:
        super().__init__(
            f"{key!r} was to be {size} bytes with SHA-256 {sha256}, but {got_size} bytes with "
            f"SHA-256 {got_sha256} came; nothing was stored."
        )


class AlreadyStored(GraphApiError):
    """The byte store has an object under this key, which is never overwritten."""

    code = "ALREADY_STORED"

    def __init__(self, key: str) -> None:
        super().__init__(f"{key!r} is stored already and was left as it is.")


class RangeNotSatisfiable(GraphApiError):
    """A Range that begins behind the end of the object."""

    code = "RANGE_NOT_SATISFIABLE"

    def __init__(self, key: str, range: str, size: int) -> None:
        self.size = size
        super().__init__(f"{key!r} has {size} bytes, so there is nothing at {range!r}.")
