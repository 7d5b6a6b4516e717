"""Objects of the folder store that go up in parts.

An upload is a folder: the file ``data`` holds the bytes at their places, and a part that is there
whole, checked and on the disk has an empty file with its number as its name. So the object needs
neither room nor time to be put together: ``data`` gets its name.

A part is received in ``incoming/`` and copied once it is checked: nobody holds ``data`` open who
could write to it later than it is an object. Copies share a lock of the upload's folder, which the
end of the upload has alone.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from graph_api.blobs.incoming import Incoming, make_folder, sync
from graph_api.blobs.store import Unfinished
from graph_api.errors import PartsMissing, UploadMissing

_DATA = "data"
# What no segment of a key begins with.
_MARK = "+"


class Multipart:
    """Blocking calls on the folder ``root``, for worker threads."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def begin(self, key: str) -> str:
        """A new upload; its name."""
        parent = self._root / key
        make_folder(parent)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=_MARK))
        (folder / _DATA).touch(0o600)
        return folder.name

    def store(self, key: str, upload: str, number: int, offset: int, incoming: Incoming) -> None:
        """Put a received part to its place; UploadMissing where there is no such upload."""
        folder = self._root / key / upload
        with _locked(folder, key, fcntl.LOCK_SH):
            incoming.copy(folder / _DATA, offset)
            (folder / str(number)).touch(0o600)
            sync(folder)

    def parts(self, key: str, upload: str) -> list[int]:
        """Numbers of the parts that are there; UploadMissing where there is no such upload."""
        folder = self._root / key / upload
        with _locked(folder, key, fcntl.LOCK_SH):
            return _numbers(folder)

    def assemble(self, key: str, upload: str, count: int, path: Path) -> None:
        """Make the bytes the file ``path``; PartsMissing, UploadMissing for no such upload."""
        folder = self._root / key / upload
        with _locked(folder, key, fcntl.LOCK_EX):
            PartsMissing.check(_numbers(folder), count)
            make_folder(path.parent)
            (folder / _DATA).replace(path)
            sync(path.parent)
            self._remove(key, folder)

    def unfinished(self, prefix: str) -> list[Unfinished]:
        """The uploads of keys with this prefix."""
        return [
            Unfinished(key, folder.name, _changed(folder))
            for folder in _walk(self._root)
            if (key := folder.parent.relative_to(self._root).as_posix()).startswith(prefix)
        ]

    def discard(self, key: str, upload: str) -> None:
        """Remove an upload, if it is there."""
        folder = self._root / key / upload
        with suppress(UploadMissing), _locked(folder, key, fcntl.LOCK_EX, ended=True):
            self._remove(key, folder)

    def _remove(self, key: str, folder: Path) -> None:
        # Without its data it is no upload any more, whatever of the rest goes.
        with suppress(FileNotFoundError):
            (folder / _DATA).unlink()
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            (self._root / key).rmdir()


@contextmanager
def _locked(folder: Path, key: str, how: int, *, ended: bool = False) -> Generator[None]:
    """The upload under its lock; also one that has ``ended`` halfway, if asked for."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UploadMissing(key) from error
    try:
        fcntl.flock(number, how)
        if not ended and not (folder / _DATA).exists():
            raise UploadMissing(key)
        yield
    finally:
        os.close(number)


def _numbers(folder: Path) -> list[int]:
    return sorted(int(name) for name in os.listdir(folder) if name.isdecimal())


def _walk(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        for inner in sorted(folder.iterdir()):
            if inner.name.startswith(_MARK):
                yield inner
            else:
                yield from _walk(inner)


def _changed(path: Path) -> datetime:
    with suppress(FileNotFoundError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return datetime.now(UTC)
