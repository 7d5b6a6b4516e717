"""Small files into the store together: one request for a thousand instead of one for each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from graph_api.client.api import Api
from graph_api.client.errors import FileChanged
from graph_api.client.file import File
from graph_api.client.progress import Transfer
from graph_api.client.store import Store, Upload, upload_of

# Bytes of the largest file that the service puts into one, and of all that is in memory at once.
_SMALL = 64 * 1024
LARGEST = 16 << 20


class Files(Protocol):
    """What a version is to have."""

    @property
    def changed(self) -> list[File]:
        """What is to be given, by path."""
        ...

    @property
    def removed(self) -> list[str]:
        """Paths of what is to go."""
        ...

    def local(self, path: str) -> Path:
        """Where the bytes of a stored file lie."""
        ...


@dataclass(frozen=True)
class Pack:
    """Files whose contents go up one after the other in one request."""

    number: int
    files: Sequence[File]
    upload: Upload


def weight(file: File) -> int:
    """How many bytes a file may add to a pack."""
    size = file.size or 0
    return size if file.reference is None and size <= _SMALL else 0


def pack_of(data: dict[str, Any], files: Sequence[File]) -> Pack:
    """The pack of some of these files that GraphQL describes."""
    by_sha256 = {file.sha256: file for file in files}
    wanted = [by_sha256[digest] for digest in data["sha256s"]]
    return Pack(data["number"], wanted, upload_of(data["upload"]))


def send(
    api: Api,
    store: Store,
    draft: Files,
    draft_id: str,
    pack: Pack,
    renewed: Callable[[Sequence[File]], Pack | None],
    counted: Transfer,
    stop: Callable[[], bool],
) -> None:
    """Send a pack, and have the service verify it content by content.

    ``renewed`` is asked for another pack of its files once its URL has expired; None means that
    their bytes have arrived by other means.
    """
    sent = _Sent(draft, pack)

    def again() -> Upload | None:
        sent.pack = renewed(pack.files)
        return sent.pack and sent.pack.upload

    store.put(sent, pack.upload, again, counted, stop)
    if sent.pack:
        number = sent.pack.number
        api.mutate("completePack", "PackPayload", "number", {"draft": draft_id, "number": number})


class _Sent:
    """The bytes of a pack, in memory."""

    def __init__(self, draft: Files, pack: Pack) -> None:
        self._draft = draft
        self._data: dict[str, bytes] = {}
        self.pack: Pack | None = pack
        for file in pack.files:
            data = draft.local(file.path).read_bytes()
            if sha256(data).hexdigest() != file.sha256:
                raise FileChanged(file.path)
            self._data[file.path] = data

    @property
    def path(self) -> str:
        return self.pack.files[0].path if self.pack else ""

    def chunks(self) -> Iterator[bytes]:
        files = self.pack.files if self.pack else ()
        yield b"".join(self._data[file.path] for file in files)
