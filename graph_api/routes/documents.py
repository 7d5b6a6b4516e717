"""Documents that a request names instead of carrying them.

By ``documentId`` (GraphQL over HTTP, appendix A) or ``extensions.persistedQuery`` (Apollo). Without
a list the worker keeps what comes with its hash for a while. With a list it executes nothing else.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Protocol, cast

from graph_api.errors import (
    BadInput,
    DocumentNotTrusted,
    PersistedQueryMismatch,
    PersistedQueryNotFound,
)
from graph_api.models.recent import Recent

# Of all documents that one worker keeps.
MOST_BYTES = 4 << 20

# What keeping one takes beside its text, in bytes.
_ENTRY = 512

_SHA256 = "sha256:"


class Documents(Protocol):
    """Finds the text of a request."""

    def text(self, id: str | None, query: str | None) -> str | None:
        """The document that was named, or came; None where there was neither."""
        ...


class Kept:
    """Documents that came with their hash; beyond ``most`` bytes the longest unused are dropped."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._texts = Recent[str, str](most, lambda text: len(text.encode()) + _ENTRY)

    def text(self, id: str | None, query: str | None) -> str | None:
        """PersistedQueryNotFound, PersistedQueryMismatch where the id has no such document."""
        if id is None:
            return query
        if query is None:
            if (known := self._texts.get(id)) is None:
                raise PersistedQueryNotFound
            return known
        digest = sha256(query.encode()).hexdigest()
        if id != _SHA256 + digest:
            raise PersistedQueryMismatch(id, digest)
        self._texts.put(id, query)
        return query


class Trusted:
    """The documents of a list, by their ids; a SHA-256 may stand there with its prefix or without.

    The ids are taken as they are: whoever wrote the list chose them.
    """

    def __init__(self, documents: Mapping[str, str]) -> None:
        self._texts = {id.removeprefix(_SHA256): text for id, text in documents.items()}
        self._known = frozenset(self._texts.values())

    def text(self, id: str | None, query: str | None) -> str | None:
        """DocumentNotTrusted where the list has no such id, or no such text."""
        found = query if id is None else self._texts.get(id.removeprefix(_SHA256))
        if found is not None and (found not in self._known or query not in (None, found)):
            found = None
        if found is None and (id, query) != (None, None):
            raise DocumentNotTrusted
        return found


def documents(trusted: Mapping[str, str] | None) -> Documents:
    """Where documents are found: in the list, if there is one."""
    return Kept() if trusted is None else Trusted(trusted)


def id_of(document_id: str | None, extensions: Mapping[str, Any] | None) -> str | None:
    """The id by which a request names its document; BadInput where that cannot be told."""
    found: object = (extensions or {}).get("persistedQuery")
    if found is None:
        return document_id
    persisted = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    digest = persisted.get("sha256Hash")
    if persisted.get("version") != 1 or not isinstance(digest, str) or document_id is not None:
        raise BadInput(
            "extensions.persistedQuery is `{version: 1, sha256Hash: …}`, and comes without "
            "`documentId`."
        )
    return _SHA256 + digest
