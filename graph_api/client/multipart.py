"""A big file into the store, in parts: a connection that is cut costs the parts under way.

The service remembers what has arrived, for the user and the content: a later draft of the same
file, also in another process, sends only what is missing.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_api.client.api import Api
from graph_api.client.errors import FileChanged, NotFound, Refused
from graph_api.client.file import File
from graph_api.client.parallel import each
from graph_api.client.progress import Transfer
from graph_api.client.store import Gone, Source, Store, Upload, upload_of

_THREADS = 4
_TRIES = 3
_PAUSE = 0.5


@dataclass(frozen=True)
class Multipart:
    """An upload in parts, and the numbers of those that have arrived."""

    id: str
    part_size: int
    part_count: int
    uploaded: frozenset[int]


def multipart_of(data: dict[str, Any]) -> Multipart:
    """The upload that GraphQL describes."""
    return Multipart(
        data["upload"], int(data["partSize"]), data["partCount"], frozenset(data["uploaded"])
    )


def send(
    api: Api,
    store: Store,
    file: File,
    local: Path,
    begun: Multipart,
    renewed: Callable[[], Multipart | None],
    transfer: Transfer,
) -> None:
    """Send the parts that are missing, four at a time, and have the service verify the whole.

    ``renewed`` is asked for the upload as it is, should it have ended: another process may have
    completed it. None means that the bytes have arrived.
    """
    counted: set[int] = set()
    for tried in range(1, _TRIES + 1):
        for number in begun.uploaded - counted:
            transfer.advance(_source(file, local, begun, number).size)
        counted |= begun.uploaded
        try:
            _send(api, store, file, local, begun, counted, transfer)
            return _complete(api, file, begun.id)
        except (Gone, NotFound):
            if tried == _TRIES:
                raise
        except FileChanged:
            # Unless the parts that were wrong are those of an earlier process.
            if tried == _TRIES or not begun.uploaded:
                raise
        except Refused as refused:
            # The store has forgotten parts that it had.
            if refused.code != "PARTS_MISSING" or tried == _TRIES:
                raise
        again = renewed()
        if again is None:
            return None
        begun = again
    return None


def _send(
    api: Api,
    store: Store,
    file: File,
    local: Path,
    begun: Multipart,
    counted: set[int],
    transfer: Transfer,
) -> None:
    def part(number: int, stop: Callable[[], bool]) -> None:
        source = _source(file, local, begun, number)
        digest = hashlib.sha256()
        for chunk in source.chunks():
            digest.update(chunk)
        sha256 = digest.hexdigest()

        def request() -> Upload:
            answer = api.mutate(
                "requestParts",
                "PartsPayload",
                "uploads { method url headers { name value } }",
                {"upload": begun.id, "parts": [{"number": number, "sha256": sha256}]},
            )
            return upload_of(answer["uploads"][0])

        store.put(source, request(), request, transfer, stop)
        counted.add(number)

    missing = set(range(1, begun.part_count + 1)) - begun.uploaded
    each(sorted(missing), part, _THREADS)


def _source(file: File, local: Path, begun: Multipart, number: int) -> Source:
    offset = (number - 1) * begun.part_size
    size = min(begun.part_size, (file.size or 0) - offset)
    return Source(file.path, local, offset, size, last=number == begun.part_count)


def _complete(api: Api, file: File, id: str) -> None:
    """Wait until the service has read the whole: a call takes seconds, all of them may minutes."""
    try:
        while True:
            answer = api.mutate("completeUpload", "CompletePayload", "verified", {"upload": id})
            if answer["verified"]:
                return
            time.sleep(_PAUSE)
    except Refused as refused:
        if refused.code != "WRONG_CONTENT":
            raise
        raise FileChanged(file.path) from refused
