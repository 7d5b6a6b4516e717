"""A file that is being written, and becomes an object only at the end."""

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock

# Bytes that may wait for the disk: at the end of an upload its client waits for them, too.
_SETTLE = 64 << 20


class Incoming:
    """A file in ``folder`` until it gets its name; ``discard`` ends it in any case.

    Runs in worker threads. One that its task no longer waits for may still be at work when the
    task discards the file: hence the lock.
    """

    def __init__(self, folder: Path) -> None:
        number, name = tempfile.mkstemp(dir=folder)
        self._file = os.fdopen(number, "wb")
        self._path = Path(name)
        self._hash = hashlib.sha256()
        self._lock = Lock()
        self._settled = 0
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, block: bytes | bytearray) -> None:
        with self._lock:
            self._file.write(block)
            self._hash.update(block)
            self.size += len(block)
            # A part of that size is copied, not kept: its bytes never need the disk here.
            if self.size - self._settled > _SETTLE:
                self._settle()

    def copy(self, path: Path, offset: int) -> None:
        """Write the bytes into the file ``path`` at ``offset``; they are on the disk then."""
        with self._lock, self._path.open("rb", 0) as source, path.open("r+b", 0) as target:
            self._file.flush()
            target.seek(offset)
            shutil.copyfileobj(source, target, 1 << 20)
            os.fsync(target.fileno())

    def link(self, path: Path) -> None:
        """Make the bytes the file ``path``; FileExistsError where there is one."""
        with self._lock:
            self._settle()
            make_folder(path.parent)
            os.link(self._path, path)
            sync(path.parent)

    def rename(self, path: Path) -> None:
        """Make the bytes the file ``path``, in place of one that may be there."""
        with self._lock:
            self._settle()
            make_folder(path.parent)
            self._path.replace(path)
            sync(path.parent)

    def discard(self) -> None:
        with self._lock:
            self._file.close()
            with suppress(FileNotFoundError):
                self._path.unlink()

    def _settle(self) -> None:
        # A name must not outlive a power failure that its bytes do not.
        self._file.flush()
        os.fsync(self._file.fileno())
        self._settled = self.size


def make_folder(folder: Path) -> None:
    """Make a folder and those it lies in, so that they outlive a power failure."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
