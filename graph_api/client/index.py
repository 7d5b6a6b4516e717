"""Which bytes local files have, without reading those that have not changed.

As in git's index, a file is known by its path, size, times and inode:

1. A batch of files takes the time, and then each file's stat.
2. If the file was hashed when it had that stat, its SHA-256 is known.
3. Else it is read. It is remembered only if it had not changed since a while before the batch:
   within one tick of the file system's clock, it could change once more and keep its stat.
"""

import hashlib
import os
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from io import BufferedReader, FileIO
from pathlib import Path

from graph_api.client import database, settings
from graph_api.client.database import Database
from graph_api.client.errors import FileMissing
from graph_api.client.file import SMALL, digested, is_small
from graph_api.client.file import hashed as read

# Nanoseconds: no file system has a coarser clock than FAT.
_TICK = 2_000_000_000
# Bytes of a SHA-256.
_DIGEST = 32
# Files that are remembered, at about 100 bytes each.
_MOST = 2_000_000


class Index:
    """The index during one batch of files. Safe for threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._before = time.time_ns() - _TICK
        self._new: dict[bytes, bytes] = {}

    def hashed(self, local: Path) -> tuple[int, str]:
        """Size and SHA-256 of a local file; :class:`FileMissing` if there is none."""
        try:
            with local.open("rb", buffering=0) as stream:
                return self.of(stream, local)
        except FileNotFoundError as error:
            raise FileMissing(local) from error

    def lightly(self, local: Path) -> tuple[int, str] | None:
        """The same of a small file; None for a big one."""
        try:
            with local.open("rb", buffering=0) as stream:
                small = is_small(os.fstat(stream.fileno()))
                return self.of(stream, local) if small else None
        except FileNotFoundError as error:
            raise FileMissing(local) from error

    def of(self, stream: FileIO | BufferedReader, local: Path) -> tuple[int, str]:
        """The same of one that is open, from its beginning."""
        # Not by its name: over a network, the stat of an open file is newer.
        found = os.fstat(stream.fileno())
        key = _key(local, found)
        for (sealed,) in self._database.rows(
            "SELECT CAST(sealed AS BLOB) FROM file WHERE stat = ?", key
        ):
            if sealed == _sealed(key, sealed[:_DIGEST]):
                return found.st_size, sealed[:_DIGEST].hex()
        size, digest = digested(stream, found)
        if (
            stat.S_ISREG(found.st_mode)
            and size == found.st_size
            and max(found.st_mtime_ns, found.st_ctime_ns) < self._before
        ):
            self._new[key] = _sealed(key, digest)
        return size, digest.hex()

    def save(self) -> None:
        """Remember what this batch hashed."""
        new = list(self._new.items())
        if new:
            self._database.change(
                lambda connection: (
                    connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?)", new),
                    connection.execute(
                        "DELETE FROM file WHERE rowid <= (SELECT max(rowid) FROM file) - ?",
                        (_MOST,),
                    ),
                )
            )


@contextmanager
def opened() -> Generator[Index]:
    """The user's index, for one batch of files."""
    with database.opened(settings.from_environment().cache) as remembered:
        index = Index(remembered)
        try:
            yield index
        finally:
            index.save()


def hashed(local: Path) -> tuple[int, str]:
    """Size and SHA-256 of a single file; :class:`FileMissing` if there is none."""
    if not local.exists() or local.stat().st_size < SMALL:
        return read(local)
    with opened() as index:
        return index.hashed(local)


def _key(local: Path, found: os.stat_result) -> bytes:
    """A file as it is now."""
    facts = found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    said = f"{os.path.abspath(local)}\0{facts}"
    return hashlib.blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).digest()


def _sealed(key: bytes, digest: bytes) -> bytes:
    """What a row holds. SQLite does not see every damage; this does."""
    return digest + hashlib.blake2b(key + digest, digest_size=8).digest()
