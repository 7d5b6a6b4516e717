"""What can be wrong with the document of a request, before and after it is read."""

from graph_api.errors.base import GraphApiError, InvalidInput


class PersistedQueryNotFound(InvalidInput):
    """No document is kept under this hash; send it once more with its text."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        # Clients of the protocol know it by exactly this text.
        super().__init__("PersistedQueryNotFound")


class PersistedQueryMismatch(InvalidInput):
    """The hash that came with a document is not its SHA-256."""

    code = "PERSISTED_QUERY_MISMATCH"

    def __init__(self, named: str, sha256: str) -> None:
        super().__init__(
            f"The document came as {named[:80]!r}, but its SHA-256 is {sha256}; hash its text as "
            "it is sent."
        )


class DocumentNotTrusted(GraphApiError):
    """The service executes documents of its list only (GRAPH_API_TRUSTED_DOCUMENTS)."""

    code = "DOCUMENT_NOT_TRUSTED"

    def __init__(self) -> None:
        super().__init__(
            "The document is not among those that this service executes "
            "(GRAPH_API_TRUSTED_DOCUMENTS); name one of them by `documentId`."
        )
